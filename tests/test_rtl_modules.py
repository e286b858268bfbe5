"""Every module of hw/rtl against its Python reference, in Verilator."""

import importlib
from pathlib import Path

import pytest

from hw.tools.bundle import bundle
from sim.runner import DEFAULT_BUILD_ROOT, Bench

RTL = Path(__file__).parents[1] / "hw/rtl"
MODULES = [
    "argmax",
    "depthwise",
    "fifo",
    "global_accumulate",
    "matvec",
    "pad",
    "sliding_window",
    "stream_add",
    "stream_fork",
    "thresholding",
    "width_converter",
]


def build_bench(module: str, source: Path) -> tuple[Bench, list[dict]]:
    """Build the bundle of a module's parameter sets."""
    folder = DEFAULT_BUILD_ROOT / f"rtl-{module}-bundle"
    folder.mkdir(parents=True, exist_ok=True)
    bench = importlib.import_module(f"sim.benches.bench_{module}")
    parameters = [getattr(bench, "hdl_parameters", dict)(p) for p in bench.CONFIGURATIONS]
    top = folder / "bundle.sv"
    top.write_text(bundle(source, parameters))
    return Bench(f"rtl-{module}", [top, source], "bundle").build(), bench.CONFIGURATIONS


@pytest.mark.parametrize("module", MODULES)
def test_module_equals_its_reference_under_stalls_and_reset(module):
    bench, configurations = build_bench(module, RTL / f"{module}.sv")
    bench.run(f"sim.benches.bench_{module}", configurations)

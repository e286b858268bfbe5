"""Run the bench of a layer, on its RTL or on a netlist made of it."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from hw.tools.bundle import bundle
from sim.runner import DEFAULT_BUILD_ROOT, Bench


def bench_of(layer: str) -> ModuleType:
    """Return the bench of a layer, ``sim/benches/bench_<layer>.py``."""
    return import_module(f"sim.benches.bench_{layer}")


def bundle_of(source: Path) -> str:
    """SystemVerilog of a layer in all parameter sets of its bench."""
    bench = bench_of(source.stem)
    return bundle(source, [getattr(bench, "hdl_parameters", dict)(p) for p in bench.CONFIGURATIONS])


def build(source: Path) -> Bench:
    """Build the bundle of a layer's parameter sets."""
    folder = DEFAULT_BUILD_ROOT / f"rtl-{source.stem}-bundle"
    folder.mkdir(parents=True, exist_ok=True)
    top = folder / "bundle.sv"
    top.write_text(bundle_of(source))
    return Bench(f"rtl-{source.stem}", [top, source], "bundle").build()


def check(layer: str, built: Bench) -> None:
    """Run what every layer has to pass, then the bench's own tests; AssertionError if one fails."""
    bench = bench_of(layer)
    config = {"bench": bench.__name__, "parameters": bench.CONFIGURATIONS}
    built.run(["sim.benches.every_layer", bench.__name__], config)

"""Yosys reads the RTL library as Verilator does: the benches pass on the netlists it makes."""

import importlib
import shutil
from pathlib import Path

import pytest

from hw.errors import HardwareError
from hw.tools import yosys
from hw.tools.bundle import bundle
from sim.runner import DEFAULT_BUILD_ROOT, Bench

RTL = Path(__file__).parents[1] / "hw/rtl"
# fifo is proven formally (test_rtl_formal); its bench reads a register that synthesis removes
MODULES = [
    "argmax",
    "depthwise",
    "global_accumulate",
    "matvec",
    "pad",
    "sliding_window",
    "stream_add",
    "stream_fork",
    "thresholding",
    "width_converter",
]


def elaborate(folder: Path, top: str, text: str, commands: list[str]) -> None:
    """Run Yosys commands on `text` and the library in `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(RTL, folder / "rtl")
    (folder / "top.sv").write_text(text)
    read = ["read_verilog -sv -defer top.sv rtl/*.sv", f"hierarchy -check -top {top}", "proc"]
    yosys.run(read + commands, folder, "elaborate")


@pytest.mark.parametrize("module", MODULES)
def test_netlist_of_yosys_equals_the_reference(module):
    bench = importlib.import_module(f"sim.benches.bench_{module}")
    parameters = [getattr(bench, "hdl_parameters", dict)(p) for p in bench.CONFIGURATIONS]
    folder = DEFAULT_BUILD_ROOT / f"yosys-{module}"
    commands = ["check -assert", "flatten", "opt", "memory", "opt", "write_verilog bundle.v"]
    elaborate(folder, "bundle", bundle(RTL / f"{module}.sv", parameters), commands)
    netlist = Bench(f"netlist-{module}", [folder / "bundle.v"], "bundle").build()
    netlist.run(f"sim.benches.bench_{module}", bench.CONFIGURATIONS)


@pytest.mark.parametrize("depth", [2, 5])
def test_fifo_elaborates_without_latch_or_loop(depth, tmp_path):
    text = bundle(RTL / "fifo.sv", [{"DATA_WIDTH": 8, "DEPTH": depth}])
    elaborate(tmp_path / "fifo", "bundle", text, ["check -assert", "select -assert-none t:$dlatch"])


def test_broken_parameter_stops_yosys_with_its_rule(tmp_path):
    text = bundle(RTL / "fifo.sv", [{"DATA_WIDTH": 8, "DEPTH": 1}])
    with pytest.raises(HardwareError, match="DEPTH must be at least 2"):
        elaborate(tmp_path / "fifo", "bundle", text, [])

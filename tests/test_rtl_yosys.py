"""Yosys reads the RTL library as Verilator does: the benches pass on the netlists it makes."""

import shutil
from pathlib import Path

import pytest

from hw.backends import LAYERS
from hw.backends.base import RTL_FOLDER
from hw.errors import HardwareError
from hw.tools import yosys
from hw.tools.bundle import bundle
from sim.benches.run import bench_of, bundle_of, check
from sim.runner import DEFAULT_BUILD_ROOT, Bench

# What a bench reads inside of its module synthesis may remove; such layers are proven formally
BENCHES = [layer for layer in LAYERS if not hasattr(bench_of(layer), "NEEDS_SOURCE")]


def elaborate(folder: Path, top: str, text: str, commands: list[str]) -> None:
    """Run Yosys commands on `text` and the library in `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(RTL_FOLDER, folder / "rtl")
    (folder / "top.sv").write_text(text)
    read = ["read_verilog -sv -defer top.sv rtl/*.sv", f"hierarchy -check -top {top}", "proc"]
    yosys.run(read + commands, folder, "elaborate")


@pytest.mark.parametrize("layer", BENCHES)
def test_netlist_of_yosys_equals_the_reference(layer):
    folder = DEFAULT_BUILD_ROOT / f"yosys-{layer}"
    commands = ["check -assert", "flatten", "opt", "memory", "opt", "write_verilog bundle.v"]
    elaborate(folder, "bundle", bundle_of(RTL_FOLDER / f"{layer}.sv"), commands)
    check(layer, Bench(f"netlist-{layer}", [folder / "bundle.v"], "bundle").build())


@pytest.mark.parametrize("depth", [2, 5])
def test_fifo_elaborates_without_latch_or_loop(depth, tmp_path):
    text = bundle(RTL_FOLDER / "fifo.sv", [{"DATA_WIDTH": 8, "DEPTH": depth}])
    elaborate(tmp_path / "fifo", "bundle", text, ["check -assert", "select -assert-none t:$dlatch"])


def test_broken_parameter_stops_yosys_with_its_rule(tmp_path):
    text = bundle(RTL_FOLDER / "fifo.sv", [{"DATA_WIDTH": 8, "DEPTH": 1}])
    with pytest.raises(HardwareError, match="DEPTH must be at least 2"):
        elaborate(tmp_path / "fifo", "bundle", text, [])

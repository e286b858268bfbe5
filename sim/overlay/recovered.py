"""The circuit that a bitstream holds, in place of the overlay's RTL, with DDR and processor."""

from __future__ import annotations

from pathlib import Path

from arrhythminet.files import write_text
from hw.readback.verilog import MODELS, TOP
from sim.overlay.simulated_board import SimulatedBoard, compile_library

# A flat module of some ten thousand signals: split for the compiler, which gains nothing above -O1
_OPTIONS = (
    *("--output-split", "40000", "--output-split-cfuncs", "2000", "-CFLAGS", "-O1"),
    *("-Wno-lint", "-Wno-style"),
)
_FAULT_NUMBER = Path(__file__).with_name("fault_number.cpp")


def compile_recovered(verilog: str, folder: Path) -> Path:
    """Compile a recovered netlist, unless ``folder`` holds it already.

    Parameters
    ----------
    verilog : str
        Text of :func:`hw.readback.verilog.write`.
    folder : Path
        Build folder.

    Returns
    -------
    Path
        The shared library.
    """
    source = folder / f"{TOP}.sv"
    if not source.is_file() or source.read_text() != verilog:
        write_text(source, verilog)
    sources = [source, *sorted(MODELS.glob("*.sv"))]
    if "chosen_fault" in verilog:
        sources.append(_FAULT_NUMBER)
    return compile_library(sources, folder / "model", _OPTIONS)


def recovered_board(verilog: str, folder: Path) -> SimulatedBoard:
    """A simulated board around a recovered netlist."""
    return SimulatedBoard.of(compile_recovered(verilog, folder))

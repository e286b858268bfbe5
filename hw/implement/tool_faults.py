"""Faults of nextpnr-xilinx that make a wrong bitstream without a word, by version.

``tool_faults.json`` names each by the upstream issue or pull request that reports it. Python 3.8
and no package, since the doctor reads it before anything is set up.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Callable, NamedTuple

TABLE = Path(__file__).with_suffix(".json")
MENDED, REFUSED = "mended", "refused"

_VERSION = re.compile(r"(\d+)\.(\d+)\.?(\d*)(?:-(\d+)-g[0-9a-f]+|-(\d+))?")


class Fault(NamedTuple):
    """One fault: versions from ``since`` up to, not including, ``fixed`` have it."""

    reference: str
    since: str | None
    fixed: str | None
    cells: str
    symptom: str
    answer: str


def parse(version: str) -> tuple[int, ...] | None:
    """Release and commits behind it of ``0.8.2-25-ge22bcf69``; None for a bare commit."""
    found = _VERSION.match(version)
    if found is None:
        return None
    major, minor, patch, behind, plain = found.groups()
    return int(major), int(minor), int(patch or 0), int(behind or plain or 0)


def known(version: str) -> list[Fault]:
    """Faults of a version of nextpnr-xilinx; all of them where it does not say its release."""
    faults = [Fault(**entry) for entry in json.loads(TABLE.read_text(encoding="utf-8"))]
    number = parse(version)
    if number is None:
        return faults
    return [fault for fault in faults if _has(fault, number)]


def _has(fault: Fault, number: tuple[int, ...]) -> bool:
    since = parse(fault.since) if fault.since else None
    fixed = parse(fault.fixed) if fault.fixed else None
    return (since is None or number >= since) and (fixed is None or number < fixed)


def touched(fault: Fault, cells: dict) -> str | None:
    """Name of a cell of a mapped netlist that the fault makes wrong, None if there is none.

    Parameters
    ----------
    fault : Fault
        A fault of the version in use.
    cells : dict
        Cells of a flat module of a Yosys JSON netlist, by name.
    """
    test = _TOUCHED.get(fault.reference.rpartition("#")[2])
    if test is None:
        return None
    return next((name for name, cell in cells.items() if test(cell)), None)


def _number(cell: dict, parameter: str) -> int:
    """A parameter as Yosys writes it, in binary; text and what is not there count as 0."""
    value = str(cell.get("parameters", {}).get(parameter, "0"))
    return int(value, 2) if re.fullmatch("[01]+", value) else 0


def _has_contents(cell: dict) -> bool:
    return cell["type"] in ("RAM32M", "RAM64M") and any(
        _number(cell, f"INIT_{port}") for port in "ABCD"
    )


def _widths(cell: dict) -> set[int]:
    ports = ("READ_WIDTH_A", "READ_WIDTH_B", "WRITE_WIDTH_A", "WRITE_WIDTH_B")
    return {_number(cell, port) for port in ports}


def _falling(cell: dict) -> bool:
    return cell["type"].startswith("RAM") and bool(_number(cell, "IS_WCLK_INVERTED"))


def _tied_low(cell: dict) -> bool:
    return any("0" in bits for bits in cell.get("connections", {}).values())


_TOUCHED: dict[str, Callable[[dict], bool]] = {
    "159": lambda cell: cell["type"] == "DSP48E1",
    "28": _has_contents,
    "142": lambda cell: cell["type"] in ("RAM128X1S", "RAM256X1S"),
    "94": lambda cell: cell["type"] == "RAMB36E1" and bool(_widths(cell) & {1, 9}),
    "150": lambda cell: (
        (cell["type"] == "RAMB18E1" and 36 in _widths(cell))
        or (cell["type"] == "RAMB36E1" and 72 in _widths(cell))
    ),
    "180": _tied_low,
    "201": _falling,
}

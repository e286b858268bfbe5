"""Electrical rules of a ``.bit`` as a table, and the report that other stages ask for."""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from rich.table import Table

from hw.errors import HardwareError
from hw.readback import mapped
from hw.readback.database import Database
from hw.readback.frames import read_bit
from hw.readback.netlist import Violation
from hw.readback.recover import Recovered, device, recover

RULES = {
    "unknown bit": "a set bit that no feature of the database explains",
    "two drivers": "a node with two drivers",
    "loop": "PIPs that drive each other in a ring",
    "no driver": "a routed branch that begins at no output, or at a site that is not configured",
    "dead end": "a routed branch that reaches no pin",
    "no source": "an output that is taken while its multiplexer selects nothing",
    "floating pin": "a used input pin with neither a driver nor a documented default",
    "clock": "a clock branch that is off, or a buffer whose control is no constant",
    "DSP constant": "a tile constant together with an active inverter",
    "DSP mode": "a mode in which the multiplier's products are wrong",
    "RAM mode": "widths or enables that no block RAM has",
    "RAM address": "write and read address of a LUT RAM differ in a constant bit",
    "PS7": "a pin of the processing system that reads another value than overlay_top ties",
    "mapped netlist": "a DSP or block RAM mode or content that the mapped netlist lacks",
    "not modelled": "a feature of the device that this reader does not know how to simulate",
}
"""Every rule and what breaks it."""


@dataclass(frozen=True)
class Checked:
    """A bitstream after the rules.

    Attributes
    ----------
    recovered : Recovered
        Netlist, nets, features.
    sha256 : str
        Digest of the file.
    seconds : float
        Time that reading and rules took.
    """

    recovered: Recovered
    sha256: str
    seconds: float

    @property
    def violations(self) -> list[Violation]:
        """Broken rules."""
        return self.recovered.netlist.violations


def check(bit: Path, prjxray_db: Path | None, mapped_netlist: Path | None = None) -> Checked:
    """Read a ``.bit`` back and apply every rule.

    Parameters
    ----------
    bit : Path
        The bitstream.
    prjxray_db : Path or None
        Project X-Ray's database.
    mapped_netlist : Path, optional
        Yosys' netlist that was placed, as JSON: its DSP and block RAM modes are compared.

    Raises
    ------
    HardwareError
        If file or database are missing or damaged, in one line.
    """
    if not bit.is_file():
        raise HardwareError(f"{bit} is missing: make it with `make bitstream NET={bit.stem}`")
    database = Database(prjxray_db)
    began = perf_counter()
    frames = read_bit(bit, database.part_json)
    recovered = recover(device(database), frames)
    if mapped_netlist is not None:
        mapped.compare(mapped_netlist, recovered.netlist)
    return Checked(recovered, frames.sha256, perf_counter() - began)


def table(checked: Checked) -> Table:
    """A row for every rule."""
    counts = dict.fromkeys(RULES, 0)
    for violation in checked.violations:
        counts[violation.rule] += 1
    shown = Table("rule", "broken", "by what", title=f"rules, {checked.seconds:.0f} s")
    for rule, count in counts.items():
        shown.add_row(rule, str(count) if count else "-", RULES[rule])
    return shown


def lines(violations: list[Violation], most: int = 20) -> list[str]:
    """One line each, of every rule the first few, ``most`` in all."""
    groups: dict[str, list[Violation]] = {}
    for violation in violations:
        groups.setdefault(violation.rule, []).append(violation)
    share = max(1, most // max(1, len(groups)))
    said = []
    for rule, members in groups.items():
        said += [f"{rule}: {v.place}: {v.message}" for v in members[:share]]
        if len(members) > share:
            said.append(f"{rule}: {len(members) - share} more")
    return said


def report(checked: Checked) -> dict[str, object]:
    """Keys of ``report/verify_bitstream.json`` that the rules know."""
    counts: dict[str, int] = {}
    for cell in checked.recovered.netlist.cells:
        counts[cell.kind] = counts.get(cell.kind, 0) + 1
    return {
        "bitstream_sha256": checked.sha256,
        "rule_violations": len(checked.violations),
        "unknown_bits": len(checked.recovered.features.unknown),
        "rules_seconds": round(checked.seconds, 1),
        "cells": counts,
    }

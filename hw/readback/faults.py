"""Does the check check: faults in the frames, and what notices each.

A fault that a rule names is done in a second. The circuits of all others go into one model, in
which the number of a fault chooses what it changes, so that a run costs seconds and no build.
"""

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from arrhythminet import golden
from arrhythminet.errors import ArrhythmiNetError
from arrhythminet.files import build_folder, write_json
from hw.errors import HardwareError
from hw.readback import inject, verilog
from hw.readback.database import Database
from hw.readback.difference import Difference, Effect
from hw.readback.frames import read_bit
from hw.readback.recover import Recovered, device, recover

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(stderr=True, soft_wrap=True)
NUMBER = "READBACK_FAULT"
RULES, SIMULATION, NOTHING, UNSEEN = "rules", "simulation", "changes nothing", "not seen"
_LIMIT_S = 0.0004


@dataclass
class Verdict:
    """A fault and what noticed it, with the rule or the difference."""

    fault: inject.Fault
    by: str
    why: str


def judge(prjxray_db: Path | None, bit: Path, each: int, seed: int) -> tuple[Recovered, list]:
    """Draw faults of every kind and apply the rules to each.

    Parameters
    ----------
    prjxray_db, bit : Path
        Database and a bitstream that breaks no rule.
    each : int
        Faults of a kind.
    seed : int
        Of the draw.

    Returns
    -------
    tuple
        The circuit without a fault, and a list of (fault, effect).
    """
    database = Database(prjxray_db)
    part = device(database)
    frames = read_bit(bit, database.part_json)
    base = recover(part, frames)
    if base.netlist.violations:
        raise HardwareError(f"{bit} breaks {len(base.netlist.violations)} rules before any fault")
    difference = Difference(part, base)
    injector = inject.Injector(database, frames, base.features, seed)
    found = []
    for kind in inject.KINDS:
        for fault in injector.draw(kind, each):
            wrong, region = inject.inject(frames, fault)
            tiles = inject.owners(database, frames, region)
            found.append((fault, difference.of(wrong, tiles, region)))
            console.print(f"{len(found)}: {kind}", highlight=False, end="\r")
    return base, found


def _run(board, folder: Path, beats: np.ndarray) -> np.ndarray | None:
    """Results of the golden beats, None where the circuit hangs or the driver refuses it."""
    from board.driver import ArrhythmiNet

    try:
        board.reload()
        with ArrhythmiNet(folder / f"{folder.name}.bit", board=board, timeout_s=_LIMIT_S) as driver:
            result = driver.classify(beats)
    except ArrhythmiNetError:
        return None
    return np.column_stack([result.logits, result.labels, result.latency_cycles])


def simulate(
    net: str, base: Recovered, found: list[tuple[inject.Fault, Effect]], beats: int
) -> list[Verdict]:
    """Verdict on every fault; those that no rule names are simulated."""
    from sim.overlay.recovered import recovered_board

    folder = build_folder(net)
    given = golden.load(folder / golden.FILE).repeated(beats).beats
    open_ = [effect for _, effect in found if _needs_run(effect)]
    text = verilog.write(base.netlist, base.ports, [effect.variant for effect in open_])
    board = recovered_board(text, folder / "readback" / "faults")
    os.environ[NUMBER] = "0"
    right = _run(board, folder, given)
    if right is None:
        raise HardwareError("the circuit without a fault does not answer")
    verdicts, number = [], 0
    for fault, effect in found:
        if effect.violations:
            first = effect.violations[0]
            verdicts.append(Verdict(fault, RULES, f"{first.rule}: {first.place}"))
        elif not _needs_run(effect):
            verdicts.append(Verdict(fault, NOTHING, "the recovered circuit is the same"))
        else:
            number += 1
            os.environ[NUMBER] = str(number)
            result = _run(board, folder, given)
            if result is None:
                verdicts.append(Verdict(fault, SIMULATION, "no answer"))
            elif (result != right).any():
                count = int((result != right).any(axis=1).sum())
                verdicts.append(Verdict(fault, SIMULATION, f"{count} of {beats} beats differ"))
            else:
                verdicts.append(Verdict(fault, UNSEEN, f"{beats} beats are the same"))
            console.print(f"{number} of {len(open_)} runs", highlight=False, end="\r")
    return verdicts


def _needs_run(effect: Effect) -> bool:
    return not effect.violations and bool(effect.variant.cells or effect.variant.alias)


def table(verdicts: list[Verdict]) -> Table:
    """Kinds of faults and what noticed them."""
    shown = Table("fault", "injected", RULES, SIMULATION, NOTHING, UNSEEN)
    counts = Counter((verdict.fault.kind, verdict.by) for verdict in verdicts)
    for kind in (*inject.KINDS, "all"):
        rows = [
            sum(n for (k, b), n in counts.items() if kind in (k, "all") and by in (b, "all"))
            for by in ("all", RULES, SIMULATION, NOTHING, UNSEEN)
        ]
        shown.add_row(kind, *(str(count) if count else "-" for count in rows))
    return shown


@app.command()
def main(
    net: Annotated[str, typer.Option(help="stem of the bitstream")] = "v2-w4a4",
    bit: Annotated[Path | None, typer.Option(help="default build/<net>/<net>.bit")] = None,
    each: Annotated[int, typer.Option(help="faults of a kind", min=1)] = 18,
    beats: Annotated[int, typer.Option(help="golden beats to run", min=1)] = 3,
    seed: Annotated[int, typer.Option(help="of the draw")] = 1,
    prjxray_db: Annotated[
        Path | None, typer.Option(envvar="PRJXRAY_DB", help="folder of prjxray-db")
    ] = None,
) -> None:
    """Inject faults into a bitstream's frames; writes build/<net>/report/bitstream_faults.json."""
    folder = build_folder(net)
    try:
        base, found = judge(prjxray_db, bit or folder / f"{net}.bit", each, seed)
        verdicts = simulate(net, base, found, beats)
    except ArrhythmiNetError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        raise typer.Exit(1) from None
    console.print(table(verdicts))
    listed = [
        {"kind": v.fault.kind, "place": v.fault.place, "by": v.by, "why": v.why} for v in verdicts
    ]
    write_json(folder / "report" / "bitstream_faults.json", listed)


if __name__ == "__main__":
    app()

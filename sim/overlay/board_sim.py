"""Try the board without a board: the driver over a Verilator model of the whole overlay."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from arrhythminet import golden
from arrhythminet.classes import CLASSES
from arrhythminet.errors import ArrhythmiNetError
from arrhythminet.files import build_folder, write_json
from board.driver import ArrhythmiNet
from board.result import Result
from sim.overlay.simulated_board import SimulatedBoard

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_EXAMPLES = """
Examples:

  python -m sim.overlay.board_sim --net v2-w4a4 --beats 50

  python -m sim.overlay.board_sim --net v2-w4a4 --record data/mitdb/208

Needs build/<net>/rtl and build/<net>/golden.npz (`make compile NET=<net>`). The first call builds
the model, which takes a minute or two. Writes build/<net>/report/board_sim.json.
"""


def compare(result: Result, logits: np.ndarray) -> int:
    """Number of beats whose label or logits differ from PyTorch's."""
    same = (result.logits == logits).all(axis=1) & (result.labels == logits.argmax(axis=1))
    return int(len(same) - same.sum())


def table(result: Result, rows: int) -> Table:
    """The first beats, a row each."""
    shown = Table("beat", "class", "probability", "latency", "interval", title="cycles per beat")
    probabilities = result.probabilities
    for index in range(min(rows, len(result.labels))):
        label = int(result.labels[index])
        chance = "" if probabilities is None else f"{probabilities[index, label]:.3f}"
        cycles = result.latency_cycles[index], result.interval_cycles[index]
        shown.add_row(str(index + 1), CLASSES[label], chance, *(f"{value:,}" for value in cycles))
    return shown


def report(result: Result, mismatches: int | None) -> dict[str, object]:
    """Figures for ``report/board_sim.json``."""
    intervals = result.intervals
    return {
        "beats": len(result.labels),
        "mismatches": mismatches,
        "latency_cycles": [int(result.latency_cycles.min()), int(result.latency_cycles.max())],
        "interval_cycles": [int(v) for v in (intervals.min(), intervals.max())]
        if len(intervals)
        else None,
        "total_cycles": result.total_cycles,
        "clock_mhz": result.clock_mhz,
        "beats_per_second": result.beats_per_second,
        "kind": result.kind,
    }


@app.command(epilog=_EXAMPLES)
def main(
    net: Annotated[str, typer.Option(help="stem of a compiled network")] = "v2-w4a4",
    beats: Annotated[int, typer.Option(help="beats of golden.npz, in one run", min=1)] = 50,
    record: Annotated[Path | None, typer.Option(help="WFDB record instead of golden.npz")] = None,
    rows: Annotated[int, typer.Option(help="beats to print", min=0)] = 10,
) -> None:
    """Classify beats on the simulated board; golden beats are compared with PyTorch's integers."""
    console = Console()
    folder = build_folder(net)
    try:
        with console.status("building the simulated board"):
            board = SimulatedBoard(net)
        with ArrhythmiNet(folder / f"{net}.bit", board=board, timeout_s=60.0) as driver:
            mismatches = None
            if record is not None:
                result = driver.classify(record)
            else:
                known = golden.load(folder / golden.FILE).repeated(beats)
                result = driver.classify(known.beats)
                mismatches = compare(result, known.logits)
    except ArrhythmiNetError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        raise typer.Exit(1) from None
    console.print(table(result, rows))
    console.print(result.summary(), soft_wrap=True)
    write_json(folder / "report" / "board_sim.json", report(result, mismatches))
    if mismatches is not None:
        count = len(result.labels)
        console.print(f"{count - mismatches} of {count} beats equal PyTorch's logits")
        if mismatches:
            raise typer.Exit(1)


if __name__ == "__main__":
    app()

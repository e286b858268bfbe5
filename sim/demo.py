"""The demo's last step: show what the simulated RTL said about each beat.

Reads what export and simulation wrote into one folder (golden.npz, report/) and computes nothing
but probabilities. ``make demo`` runs the steps before it.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from arrhythminet import golden
from arrhythminet.classes import CLASSES, probabilities
from arrhythminet.errors import ArrhythmiNetError
from arrhythminet.golden import Golden
from sim.ecg_plot import Mark, Strip, draw

RESULTS = "report/rtlsim_results.npz"
PERFORMANCE = "report/rtlsim_performance.json"

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class DemoError(ArrhythmiNetError):
    """A file of an earlier step is missing or does not belong to the others."""


@dataclass(frozen=True)
class DemoBeat:
    """One beat as the hardware saw it; ``annotation`` is "" without one."""

    time_s: float
    label: str
    probability: float
    agrees: bool
    annotation: str


@dataclass(frozen=True)
class Demo:
    """Everything that is shown."""

    strip: Strip
    beats: Sequence[DemoBeat]
    latency: np.ndarray
    interval: np.ndarray
    stream_mismatches: int


def load(folder: Path) -> Demo:
    """Read one demo folder.

    Parameters
    ----------
    folder : Path
        Holds golden.npz (with the strip's ``signal`` and ``peaks``), report/rtlsim_results.npz
        and report/rtlsim_performance.json.

    Raises
    ------
    DemoError
        If a file is missing or the numbers of beats differ.
    """
    for name in (golden.FILE, RESULTS, PERFORMANCE):
        if not (folder / name).is_file():
            raise DemoError(f"{folder / name} is missing: run `make demo`, which writes it")
    expected = golden.load(folder / golden.FILE)
    if expected.signal is None or expected.peaks is None:
        raise DemoError(f"{folder / golden.FILE} holds no stretch of ECG: run `make demo` again")
    with np.load(folder / RESULTS) as file:
        results = dict(file)
    performance = json.loads((folder / PERFORMANCE).read_text())
    wanted, simulated = len(expected.labels), len(results["labels"])
    if wanted != simulated:
        raise DemoError(
            f"{folder / RESULTS} holds {simulated} beats, not {wanted}: run `make demo` again"
        )
    strip = Strip(
        signal=expected.signal.astype(float),
        sample_rate=float(expected.meta["sample_rate"]),
        start_s=float(expected.meta["start_s"]),
        title=expected.meta["title"],
    )
    return Demo(
        strip=strip,
        beats=_beats(expected, expected.peaks, results, strip),
        latency=results["latency"],
        interval=results["interval"],
        stream_mismatches=performance["stream_mismatches"],
    )


def _beats(
    expected: Golden, peaks: np.ndarray, results: dict[str, np.ndarray], strip: Strip
) -> list[DemoBeat]:
    chances = probabilities(results["logits"], expected.logit_scale)
    same = (results["labels"] == expected.labels) & (results["logits"] == expected.logits).all(1)
    return [
        DemoBeat(
            time_s=strip.start_s + float(peak) / strip.sample_rate,
            label=CLASSES[label],
            probability=float(row[label]),
            agrees=bool(agrees),
            annotation=CLASSES[annotation] if annotation >= 0 else "",
        )
        for peak, label, row, agrees, annotation in zip(
            peaks,
            results["labels"],
            chances,
            same,
            expected.annotations,
            strict=True,
        )
    ]


def table(demo: Demo) -> Table:
    """Table of the beats; the annotated class has a column where any beat has one."""
    annotated = any(beat.annotation for beat in demo.beats)
    shown = Table()
    for name in ("beat", "time", "class", "softmax"):
        shown.add_column(name, justify="right" if name != "class" else "left")
    if annotated:
        shown.add_column("annotated")
    shown.add_column("RTL = PyTorch")
    for number, beat in enumerate(demo.beats, start=1):
        right = beat.annotation in ("", beat.label)
        row = [str(number), f"{beat.time_s:.3f} s", beat.label, f"{beat.probability:.4f}"]
        if annotated:
            row.append(beat.annotation if right else f"[yellow]{beat.annotation} (differs)[/]")
        row.append("[green]yes[/]" if beat.agrees else "[red]no[/]")
        shown.add_row(*row)
    return shown


def cycles(demo: Demo) -> str:
    """Latency and initiation interval in cycles, a range where beats differ."""

    def span(values: np.ndarray) -> str:
        if not len(values):
            return "needs two beats"
        low, high = int(values.min()), int(values.max())
        return f"{low:,}" if low == high else f"{low:,} to {high:,}"

    return (
        f"cycles per beat (simulated): latency {span(demo.latency)}, interval {span(demo.interval)}"
    )


def summary(demo: Demo) -> str:
    """How many beats agree with PyTorch and, where annotated, with the annotation."""
    agreeing = sum(beat.agrees for beat in demo.beats)
    text = (
        f"{agreeing} of {len(demo.beats)} beats: RTL = PyTorch on every logit; "
        f"{demo.stream_mismatches} differing values on the internal streams"
    )
    annotated = [beat for beat in demo.beats if beat.annotation]
    if annotated:
        right = sum(beat.label == beat.annotation for beat in annotated)
        text += f"\n{right} of {len(annotated)} annotated beats classified as annotated"
    return text


def marks(demo: Demo) -> list[Mark]:
    """Labels for the picture."""
    shown = []
    for beat in demo.beats:
        text = f"{beat.label} {beat.probability:.2f}"
        if beat.annotation and beat.annotation != beat.label:
            text += f"\nannotated {beat.annotation}"
        if not beat.agrees:
            text += "\nRTL ≠ PyTorch"
        shown.append(Mark(beat.time_s, beat.label, text))
    return shown


@app.command()
def main(
    folder: Annotated[Path, typer.Argument(help="Demo folder, e.g. build/v2-w4a4/demo")],
) -> None:
    """Print the beats of a demo folder and draw them to ecg.png in it.

    Example: python -m sim.demo build/v2-w4a4/demo
    """
    try:
        demo = load(folder)
    except ArrhythmiNetError as error:
        print(f"error: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    picture = folder / "ecg.png"
    draw(demo.strip, marks(demo), picture)
    print(f"\n{demo.strip.title}")
    Console().print(table(demo))
    print(cycles(demo), summary(demo), f"picture: {picture}", sep="\n")
    if demo.stream_mismatches or not all(beat.agrees for beat in demo.beats):
        print("error: the RTL differs from PyTorch", file=sys.stderr)
        raise typer.Exit(1)


if __name__ == "__main__":
    app()

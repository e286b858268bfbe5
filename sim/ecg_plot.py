"""Picture of an ECG with its beats labelled by the simulated hardware.

Rows of ten seconds on the grid of ECG paper; a label is red where hardware and PyTorch differ
and carries the annotated class where there is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from arrhythminet.classes import CLASSES, COLOURS
from arrhythminet.files import write_atomic

ROW_SECONDS = 10.0
MAX_ROWS = 6


@dataclass(frozen=True)
class Strip:
    """A stretch of one lead.

    Attributes
    ----------
    signal : numpy.ndarray
        Samples, float, shape (samples,).
    sample_rate : float
        Samples per second.
    start_s : float
        Time of the first sample within its record.
    title : str
        What the stretch is, e.g. "MIT-BIH record 208, MLII".
    unit : str
        Unit of the samples, for the axis.
    """

    signal: np.ndarray
    sample_rate: float
    start_s: float
    title: str
    unit: str = "mV"


@dataclass(frozen=True)
class Mark:
    """A labelled R peak: its time in the record, its class and what to write above it."""

    time_s: float
    label: str
    text: str


def draw(strip: Strip, marks: Sequence[Mark], path: Path) -> None:
    """Write the picture as PNG, at most :data:`MAX_ROWS` rows of it.

    Parameters
    ----------
    strip : Strip
        The signal.
    marks : sequence of Mark
        The beats, in order of time.
    path : Path
        File to write; replaced as a whole.
    """
    plt.switch_backend("Agg")
    times = strip.start_s + np.arange(len(strip.signal)) / strip.sample_rate
    length = times[-1] - times[0]
    row_seconds = min(ROW_SECONDS, length)
    rows = min(MAX_ROWS, max(1, int(np.ceil(length / ROW_SECONDS - 0.1))))
    figure, axes = plt.subplots(rows, 1, figsize=(11, 2.6 * rows + 0.6), squeeze=False)
    low, high = float(strip.signal.min()), float(strip.signal.max())
    span = (high - low) or 1.0
    for row, ax in enumerate(axes[:, 0]):
        start = times[0] + row * row_seconds
        shown = (times >= start) & (times <= start + row_seconds)
        _paper(ax, start, start + row_seconds, low - 0.1 * span, high + 0.35 * span)
        ax.plot(times[shown], strip.signal[shown], color="#1f2933", linewidth=1.0)
        ax.set_ylabel(strip.unit)
        for mark in marks:
            if start <= mark.time_s < start + row_seconds:
                _label(ax, mark, times, strip.signal, span)
    axes[0, 0].set_title(strip.title, loc="left", fontsize=10)
    axes[-1, 0].set_xlabel("time in the record, s")
    figure.tight_layout()
    write_atomic(path, lambda temporary: figure.savefig(temporary, format="png", dpi=130))
    plt.close(figure)


def _paper(ax: Axes, left: float, right: float, bottom: float, top: float) -> None:
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    ax.xaxis.set_major_locator(MultipleLocator(1.0))
    ax.xaxis.set_minor_locator(MultipleLocator(0.2))
    ax.grid(which="both", axis="x", color="#f3c6c6", linewidth=0.5)
    ax.grid(which="major", axis="y", color="#f3c6c6", linewidth=0.5)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def _label(ax: Axes, mark: Mark, times: np.ndarray, signal: np.ndarray, span: float) -> None:
    peak = float(signal[np.argmin(np.abs(times - mark.time_s))])
    around = signal[np.abs(times - mark.time_s) < 0.1]
    top = max(peak, float(around.max(initial=peak)))
    colour = dict(zip(CLASSES, COLOURS, strict=True)).get(mark.label, "#1f2933")
    ax.plot([mark.time_s], [peak], marker="o", markersize=4, color=colour)
    ax.annotate(
        mark.text,
        (mark.time_s, top),
        xytext=(0, 7),
        textcoords="offset points",
        ha="center",
        va="bottom",
        fontsize=8,
        color=colour,
        weight="bold",
    )

"""Axes that look like ECG paper: 25 mm/s and 10 mm/mV, a thin line each millimetre.

A millimetre is 40 ms or 0.1 mV, a thick line every 5 mm. Figures may be enlarged, which is told
in their caption; the ratio of the axes is kept. Colours are chosen for any colour vision and for
grey print: maps from white to dark blue, signed values orange against purple.
"""

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MultipleLocator

from arrhythminet.signal import SAMPLE_RATE

matplotlib.use("Agg")

MM = 1 / 25.4
"""Inches."""
SECOND_MM, MILLIVOLT_MM = 25.0, 10.0
THIN, THICK = "#f3c9c4", "#e39a92"
MAP_COLOURS, SIGNED_COLOURS = "Blues", "PuOr_r"
WAVE_COLOURS = {"P": "#0072B2", "QRS": "#D55E00", "T": "#009E73"}
"""Okabe and Ito."""


def rule(axes: Axes, seconds: tuple[float, float], millivolts: tuple[float, float]) -> None:
    """Draw the paper and set both ranges."""
    axes.set(xlim=seconds, ylim=millivolts)
    axes.xaxis.set_major_locator(MultipleLocator(0.2))
    axes.xaxis.set_minor_locator(MultipleLocator(0.04))
    axes.yaxis.set_major_locator(MultipleLocator(0.5))
    axes.yaxis.set_minor_locator(MultipleLocator(0.1))
    long = seconds[1] - seconds[0] > 2
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda x, _: f"{x:g}" if not long or abs(x - round(x)) < 1e-6 else "")
    )
    axes.grid(which="minor", color=THIN, linewidth=0.35)
    axes.grid(which="major", color=THICK, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(which="both", length=0, labelsize=7)
    for spine in axes.spines.values():
        spine.set_color(THICK)


def reach(signal: np.ndarray) -> tuple[float, float]:
    """Range in mV for a signal, on thin lines, with room for the names of its waves below.

    At least 2 mV.
    """
    low = float(np.floor((signal.min() - 0.55) * 10) / 10)
    high = float(np.ceil((signal.max() + 0.15) * 10) / 10)
    return low, max(high, low + 2.0)


def height_mm(millivolts: tuple[float, float], scale: float) -> float:
    """Height of axes with that range, enlarged ``scale`` times."""
    return (millivolts[1] - millivolts[0]) * MILLIVOLT_MM * scale


def sheet(width_mm: float, height_mm: float) -> Figure:
    """A figure of that size."""
    return Figure(figsize=(width_mm * MM, height_mm * MM))


def place(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at a place given in millimetres from the sheet's lower left corner."""
    total = np.array(figure.get_size_inches()) / MM
    return figure.add_axes(
        (left / total[0], bottom / total[1], width / total[0], height / total[1])
    )


def seconds_of(samples: int) -> np.ndarray:
    """Time of a beat's samples from its R peak, in seconds."""
    return (np.arange(samples) - samples // 2) / SAMPLE_RATE


def shade(axes: Axes, values: np.ndarray, signed: bool = False) -> None:
    """Colour the axes' background by one value per sample of a beat.

    Parameters
    ----------
    axes : Axes
        Ruled, time from the R peak in seconds.
    values : np.ndarray
        Float (n,). Unsigned: 0 is white, the largest is darkest. Signed: 0 is white, too.
    signed : bool
        Which of the two.
    """
    top = float(np.abs(values).max()) or 1.0
    low, high = axes.get_ylim()
    edges = seconds_of(len(values))
    axes.imshow(
        np.atleast_2d(values) / top,
        cmap=SIGNED_COLOURS if signed else MAP_COLOURS,
        vmin=-1 if signed else 0,
        vmax=1 if signed else 1.25,
        extent=(edges[0], edges[-1], low, high),
        aspect="auto",
        interpolation="nearest",
        zorder=0.2,
        alpha=0.85,
    )


def trace(axes: Axes, seconds: np.ndarray, signal: np.ndarray) -> None:
    """The lead, in black."""
    axes.plot(seconds, signal, color="black", linewidth=0.9, solid_joinstyle="round")


def waves(axes: Axes, borders: np.ndarray) -> None:
    """Bars at the lower edge over P, QRS and T, with their names.

    Parameters
    ----------
    axes : Axes
        Ruled, time from the R peak in seconds.
    borders : np.ndarray
        Float (6,), samples of the beat's window; NaN where a wave is not there.
    """
    low, high = axes.get_ylim()
    level, text = low + 0.12, low + 0.2
    for (name, colour), (onset, offset) in zip(
        WAVE_COLOURS.items(), np.reshape(borders, (3, 2)), strict=True
    ):
        if not np.isfinite([onset, offset]).all():
            continue
        start, end = (np.clip([onset, offset], 0, 359) - 180) / SAMPLE_RATE
        axes.plot([start, end], [level, level], color=colour, linewidth=2.5, solid_capstyle="butt")
        left = name == "P"  # away from the QRS complex, which may follow at once
        axes.text(
            start if left else (start + end) / 2,
            text,
            name,
            color=colour,
            fontsize=6.5,
            ha="left" if left else "center",
            path_effects=[withStroke(linewidth=1.6, foreground="white")],
        )

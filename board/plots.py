"""Figures of the notebook: labelled strip, confusion matrix, cycles and times per beat."""

from typing import Dict, Optional

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from arrhythminet.classes import CLASSES, COLOURS, MEANINGS
from arrhythminet.signal import SAMPLE_RATE
from board.result import Result


def draw_strip(signal: np.ndarray, result: Result, axes: Axes, title: str = "") -> None:
    """Lead (samples,) at 360 Hz with the class of every beat found in it."""
    seconds = np.arange(len(signal)) / SAMPLE_RATE
    axes.plot(seconds, signal, color="0.25", linewidth=0.9)
    low, high = float(signal.min()), float(signal.max())
    room = 0.12 * (high - low or 1)
    peaks = np.zeros(0, np.int64) if result.peaks is None else result.peaks
    for peak, label in zip(peaks, result.labels):
        place = peak / SAMPLE_RATE
        axes.plot(place, signal[peak], "o", color=COLOURS[label], markersize=4)
        axes.text(
            place,
            high + 0.35 * room,
            CLASSES[label],
            color=COLOURS[label],
            ha="center",
            weight="bold",
        )
    axes.set(xlabel="time (s)", ylabel="lead (mV)", title=title, ylim=(low - room, high + 2 * room))
    axes.margins(x=0)
    axes.grid(alpha=0.25)


def draw_map(beat: np.ndarray, values: np.ndarray, axes: Axes, title: str = "") -> None:
    """Beat (360,) over the map (360,) of what the network reacts to: white none, blue most."""
    seconds = (np.arange(len(beat)) - len(beat) // 2) / SAMPLE_RATE
    low, high = float(beat.min()) - 8, float(beat.max()) + 8
    axes.imshow(
        np.atleast_2d(values / max(float(values.max()), 1e-12)),
        cmap="Blues",
        vmin=0,
        vmax=1.25,
        extent=(seconds[0], seconds[-1], low, high),
        aspect="auto",
        interpolation="nearest",
    )
    axes.plot(seconds, beat, color="black", linewidth=1)
    axes.set(xlabel="time from the R peak (s)", ylabel="beat (int8)", title=title)


def confusion(annotations: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Count (5, 5): annotated class by row, the network's by column; -1 is left out."""
    known = np.asarray(annotations) >= 0
    counts = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(counts, (np.asarray(annotations)[known], np.asarray(labels)[known]), 1)
    return counts


def draw_confusion(counts: np.ndarray, axes: Axes) -> None:
    """Confusion matrix, shaded by the share of its row."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(*counts.shape):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour)
    rows = [f"{symbol} {meaning}" for symbol, meaning in zip(CLASSES, MEANINGS)]
    axes.set_xticks(range(len(CLASSES)), CLASSES)
    axes.set_yticks(range(len(CLASSES)), rows)
    axes.set(xlabel="network", ylabel="annotated")


def draw_cycles(result: Result, axes: Axes) -> None:
    """Latency and interval of every beat, in cycles."""
    beats = np.arange(1, len(result.labels) + 1)
    axes.plot(beats, result.latency_cycles, ".-", label="latency", color=COLOURS[1])
    known = result.interval_cycles > 0
    axes.plot(beats[known], result.interval_cycles[known], ".-", label="interval", color=COLOURS[4])
    axes.set(xlabel="beat", ylabel=f"clock cycles ({result.kind})", ylim=(0, None))
    axes.legend(frameon=False)
    axes.grid(alpha=0.25)


def times_us(result: Result, host: Optional[Dict]) -> Dict[str, float]:
    """Microseconds per beat: latency of the first beat, steady interval, host CPU if measured."""
    times = {f"overlay, latency ({result.kind})": result.microseconds(result.latency_cycles[0])}
    if len(result.intervals):
        mean = float(result.intervals.mean())
        times[f"overlay, interval ({result.kind})"] = result.microseconds(mean)
    if host is not None:
        times["host CPU, onnxruntime (measured)"] = host["microseconds_per_beat"]
    return times


def draw_times(times: Dict[str, float], axes: Axes) -> None:
    """Horizontal bars with their values."""
    names = list(times)[::-1]
    values = [times[name] for name in names]
    colours = ["0.6" if "CPU" in name else COLOURS[1] for name in names]
    axes.barh(names, values, color=colours)
    for place, value in enumerate(values):
        axes.text(value + 0.02 * max(values), place, f"{value:,.2f} us", va="center")
    axes.set_xlim(0, 1.3 * max(values))
    axes.set_xlabel("time per beat (us)")


def figure(width: float, height: float, columns: int = 1):
    """A figure and its axes, one or several beside each other."""
    made = Figure(figsize=(width, height), layout="constrained")
    return made, made.subplots(1, columns)

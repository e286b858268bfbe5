"""Pictures over many beats: the paper's figures 7 and 8, errors, curves, shares per wave."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from arrhythminet.classes import CLASSES
from arrhythminet.files import write_atomic
from quant_training.explain.pictures import ecg_paper
from quant_training.explain.waves.segments import SEGMENTS

DPI = 170
NAMES = {
    "N": "normal",
    "L": "left bundle branch block",
    "R": "right bundle branch block",
    "A": "atrial premature",
    "V": "premature ventricular",
}
SCALE = 1.5
"""Enlargement of the paper."""
_WIDTH_MM = ecg_paper.SECOND_MM * SCALE


def save(figure: Figure, path: Path) -> None:
    """Write a PNG as a whole or not at all."""
    write_atomic(path, lambda temporary: figure.savefig(temporary, dpi=DPI))


def beat_axes(axes: Axes, signal: np.ndarray, millivolts: tuple[float, float]) -> None:
    """Rule axes for one beat in mV and draw it."""
    ecg_paper.rule(axes, (-0.5, 0.5), millivolts)
    ecg_paper.trace(axes, ecg_paper.seconds_of(len(signal)), signal)


def classes_by_method(
    signals: np.ndarray,
    maps: dict[str, np.ndarray],
    borders: np.ndarray,
    captions: list[str],
    title: str,
    path: Path,
) -> None:
    """Five classes down, signal and every method across (figures 7 and 8 of the paper).

    Parameters
    ----------
    signals : np.ndarray
        Float (5, 360), mV.
    maps : dict
        Column title to float (5, 360); a column with negative values is drawn signed.
    borders : np.ndarray
        Float (5, 6).
    captions : list of str
        One a row.
    title, path :
        What it shows, and where it goes.
    """
    columns = ["signal", *maps]
    left, step = 14.0, _WIDTH_MM + 9.0
    ranges = [ecg_paper.reach(signal) for signal in signals]
    heights = [ecg_paper.height_mm(millivolts, SCALE) for millivolts in ranges]
    total = 28 + sum(heights) + 9 * len(signals)
    figure = ecg_paper.sheet(left + step * len(columns), total)
    bottom = total - 15.0
    for row, signal in enumerate(signals):
        bottom -= heights[row] + (9 if row else 4)
        for column, name in enumerate(columns):
            axes = ecg_paper.place(figure, left + step * column, bottom, _WIDTH_MM, heights[row])
            beat_axes(axes, signal, ranges[row])
            if column:
                ecg_paper.shade(axes, maps[name][row], signed=bool((maps[name] < 0).any()))
            else:
                axes.set_title(captions[row], fontsize=7, loc="left", pad=2)
                axes.set_ylabel("lead MLII (mV)", fontsize=7.5)
            ecg_paper.waves(axes, borders[row])
            if row == len(signals) - 1:
                axes.set_xlabel("time from the R peak (s)", fontsize=7.5)
            if not row:
                middle = (left + step * column + _WIDTH_MM / 2) / (left + step * len(columns))
                figure.text(middle, 1 - 13 / total, name, ha="center", fontsize=7, weight="bold")
    figure.text(0.5, 1 - 6 / total, title, ha="center", fontsize=9)
    save(figure, path)


def panels(
    signals: np.ndarray,
    maps: np.ndarray,
    borders: np.ndarray,
    captions: list[str],
    title: str,
    path: Path,
    columns: int = 4,
) -> None:
    """Beats with their maps beside each other, such as errors."""
    left, step = 14.0, _WIDTH_MM + 10.0
    ranges = [ecg_paper.reach(signal) for signal in signals]
    heights = [
        max(ecg_paper.height_mm(r, SCALE) for r in ranges[first : first + columns])
        for first in range(0, len(signals), columns)
    ]
    total = 26 + sum(heights) + 14 * len(heights)
    figure = ecg_paper.sheet(left + step * columns, total)
    bottom = total - 8.0
    for index, signal in enumerate(signals):
        row, column = divmod(index, columns)
        if not column:
            bottom -= heights[row] + 14
        own = ecg_paper.height_mm(ranges[index], SCALE)
        axes = ecg_paper.place(figure, left + step * column, bottom, _WIDTH_MM, own)
        beat_axes(axes, signal, ranges[index])
        ecg_paper.shade(axes, maps[index], signed=bool((maps < 0).any()))
        ecg_paper.waves(axes, borders[index])
        axes.set_title(captions[index], fontsize=7, loc="left", pad=2)
        if not column:
            axes.set_ylabel("lead MLII (mV)", fontsize=7.5)
        if index + columns >= len(signals):
            axes.set_xlabel("time from the R peak (s)", fontsize=7.5)
    figure.text(0.5, 1 - 6 / total, title, ha="center", fontsize=9)
    save(figure, path)


_LINES = ("-", "--", "-.", ":", (0, (3, 1, 1, 1, 1, 1)), (0, (1, 1)))
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "0.45")


def curves(found: dict[str, dict[str, Any]], shares: np.ndarray, path: Path) -> None:
    """Deletion and insertion curves; ``found``: network to method to ``curves``."""
    figure = Figure(figsize=(3.1 * len(found), 5.6), layout="constrained")
    axes = figure.subplots(2, len(found), sharex=True, sharey=True, squeeze=False)
    for column, (stem, methods) in enumerate(found.items()):
        for row, kind in enumerate(("deletion", "insertion")):
            plot = axes[row, column]
            for index, (name, figures) in enumerate(methods.items()):
                style = {"color": _COLOURS[index % 6], "linestyle": _LINES[index % 6]}
                plot.plot(100 * shares, figures["curves"][kind], label=name, **style)
            plot.grid(alpha=0.3)
            plot.set(ylim=(0, 1))
            plot.set_title(f"{stem}, {kind}", fontsize=9)
            plot.set_xlabel("windows kept (%)" if row else "windows gone (%)")
            if not column:
                plot.set_ylabel("probability of the class")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    save(figure, path)


def wave_shares(found: dict[str, dict[str, Any]], methods: list[str], path: Path) -> None:
    """Attribution per wave over its share of time, per class; 1 is what chance gives."""
    figure = Figure(figsize=(2.6 * len(CLASSES), 2.7 * len(found)), layout="constrained")
    axes = figure.subplots(len(found), len(CLASSES), sharey=True, squeeze=False)
    places = np.arange(len(SEGMENTS))
    for row, (stem, figures) in enumerate(found.items()):
        for column, symbol in enumerate(CLASSES):
            plot = axes[row, column]
            for index, method in enumerate(methods):
                ratios = figures[method]["waves"][symbol]
                heights = [ratios[name]["ratio"] or 0 for name in SEGMENTS]
                wide = 0.8 / len(methods)
                offset = (index - (len(methods) - 1) / 2) * wide
                hatch = ("", "///", "...", "xx")[index % 4]
                plot.bar(
                    places + offset,
                    heights,
                    wide,
                    color=_COLOURS[index],
                    hatch=hatch,
                    edgecolor="white",
                    linewidth=0.4,
                    label=method,
                )
            plot.axhline(1, color="black", linewidth=0.8)
            plot.set_xticks(places, SEGMENTS, rotation=60, fontsize=8)
            plot.set_title(f"{stem}: {symbol} {NAMES[symbol]}", fontsize=7.5)
            plot.grid(axis="y", alpha=0.3)
        axes[row, 0].set_ylabel("share of attribution\nover share of time", fontsize=8)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=8, frameon=False)
    save(figure, path)


def global_shap(values: dict[str, np.ndarray], signals: np.ndarray, path: Path) -> None:
    """Mean magnitude of SHAP per class over R-aligned beats, under the class's mean beat.

    Parameters
    ----------
    values : dict
        Network to float (5, 360).
    signals : np.ndarray
        Float (5, 360), mean beat of each class in mV.
    path : Path
        PNG.
    """
    figure = Figure(figsize=(2.6 * len(CLASSES), 2.2 * (1 + len(values))), layout="constrained")
    axes = figure.subplots(1 + len(values), len(CLASSES), sharex=True, sharey="row")
    seconds = ecg_paper.seconds_of(signals.shape[1])
    for column, symbol in enumerate(CLASSES):
        axes[0, column].plot(seconds, signals[column], color="black", linewidth=1)
        axes[0, column].set_title(f"{symbol} {NAMES[symbol]}", fontsize=8)
        for row, (stem, found) in enumerate(values.items(), start=1):
            plot = axes[row, column]
            plot.fill_between(seconds, found[column], color=_COLOURS[0], linewidth=0)
            if not column:
                plot.set_ylabel(f"{stem}\nmean |SHAP|", fontsize=8)
        axes[-1, column].set_xlabel("time from the R peak (s)", fontsize=8)
    axes[0, 0].set_ylabel("mean beat (mV)", fontsize=8)
    for plot in axes.flat:
        plot.grid(alpha=0.3)
        plot.tick_params(labelsize=7)
    save(figure, path)

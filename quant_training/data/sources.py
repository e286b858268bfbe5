"""Beats to export: from a protocol's test side, from a stretch of a record, or embedded."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from arrhythminet import beats
from arrhythminet.classes import BEAT_SYMBOLS, CLASSES, class_indices
from arrhythminet.denoise import denoise
from arrhythminet.errors import BeatError
from arrhythminet.excerpt import excerpt
from arrhythminet.records import read
from arrhythminet.signal import SAMPLE_RATE
from quant_training.data import dataset, protocols

SOURCES = ("test", "record", "embedded")
_MARGIN = SAMPLE_RATE
"""Samples of signal shown before the first and after the last beat of a stretch."""


@dataclass(frozen=True)
class Source:
    """Beats and, where they come from one stretch, that stretch.

    ``beats`` int8 (n, 360); ``annotations`` int8 (n,), class or -1; ``signal`` float32 (samples,)
    denoised; ``peaks`` int64 (n,), the beats' R peaks within ``signal``.
    """

    beats: np.ndarray
    annotations: np.ndarray
    title: str
    signal: np.ndarray | None = None
    peaks: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    start_s: float = 0.0


def embedded(form: str = "beat") -> Source:
    """The embedded ECG's beats; R peaks found by a detector."""
    return unannotated(*excerpt(), form)


def unannotated(signal: np.ndarray, title: str, start_s: float = 0.0, form: str = "beat") -> Source:
    """Beats of any 360 Hz signal.

    Raises
    ------
    BeatError
        If no beat is found whose window fits.
    """
    found = beats.from_signal(signal, form)
    if not len(found.beats):
        raise BeatError(f"no whole beat in the {len(signal)} samples of {title}: pass a longer one")
    none = np.full(len(found.beats), -1, np.int8)
    return Source(found.beats, none, title, found.clean.astype(np.float32), found.peaks, start_s)


def from_record(
    name: str, count: int = 20, folder: Path | None = None, form: str = "beat"
) -> Source:
    """``count`` successive annotated beats of a record, where most classes occur.

    Beats of other classes (paced, fusion, ...) are skipped.

    Raises
    ------
    BeatError
        If the record has fewer beats of the five classes.
    """
    record = read(name, folder)
    clean = denoise(record.signal)
    is_beat = np.isin(record.symbols, list(BEAT_SYMBOLS))
    peaks, labels = record.peaks[is_beat], class_indices(record.symbols[is_beat])
    annotated = np.flatnonzero(labels >= 0)
    windows, kept = beats.cut(clean, peaks[annotated])
    rows = annotated[kept]
    if len(rows) < count:
        raise BeatError(
            f"record {name} has {len(rows)} beats of classes {', '.join(CLASSES)}, "
            f"{count} are asked for: ask for fewer or take another record"
        )
    first = _most_varied(labels[rows], count)
    chosen = rows[first : first + count]
    found = peaks[chosen]
    begin, end = max(0, found[0] - _MARGIN), min(len(clean), found[-1] + _MARGIN)
    return Source(
        beats.quantise(windows[first : first + count], beats.intervals(peaks)[chosen], form),
        labels[chosen],
        f"MIT-BIH record {name}, {record.lead}",
        clean[begin:end].astype(np.float32),
        found - begin,
        float(begin / SAMPLE_RATE),
    )


def from_test_side(
    protocol: str, count: int = 200, folder: Path | None = None, form: str = "beat"
) -> Source:
    """``count`` test beats of a protocol, classes as evenly as there are beats, in mixed order.

    Raises
    ------
    BeatError
        If the test side has fewer beats.
    """
    data = dataset.load(folder, form=form)
    test = protocols.split(data, protocol).test
    if len(test) < count:
        raise BeatError(f"{count} beats are asked for, the test side has {len(test)}: ask for less")
    labels = data.labels[test]
    turn = np.zeros(len(test), np.int64)
    for index in range(len(CLASSES)):
        turn[labels == index] = np.arange((labels == index).sum())
    chosen = np.sort(np.argsort(turn, kind="stable")[:count])
    rows = test[chosen]
    return Source(data.beats[rows], data.labels[rows], f"MIT-BIH, test side of protocol {protocol}")


def _most_varied(labels: np.ndarray, count: int) -> int:
    """First of ``count`` successive beats with the most classes, then the most even ones."""
    one_hot = np.eye(len(CLASSES))[labels]
    sums = np.vstack([np.zeros(len(CLASSES)), one_hot.cumsum(axis=0)])
    counts = sums[count:] - sums[:-count]
    return int(np.argmax((counts > 0).sum(axis=1) + 1 - (counts**2).sum(axis=1) / (count**2 + 1)))

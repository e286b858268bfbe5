"""Test beats to explain, with borders of their waves."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.progress import track

from arrhythminet import beats
from arrhythminet.classes import BEAT_SYMBOLS, CLASSES
from arrhythminet.denoise import denoise
from arrhythminet.errors import BeatError
from arrhythminet.files import write_atomic
from arrhythminet.records import DATA, read
from quant_training.data import dataset, protocols
from quant_training.data.dataset import Dataset
from quant_training.explain.waves import delineate, segments


@dataclass(frozen=True)
class Sample:
    """Beats of one input form, one row each.

    ``beats`` int8 (n, 360); ``labels`` int8 (n,), annotated class; ``records`` int16 and ``peaks``
    int64 (n,), where they come from; ``borders`` float64 (n, 6) in samples of the window around
    the R peak.
    """

    beats: np.ndarray
    labels: np.ndarray
    records: np.ndarray
    peaks: np.ndarray
    borders: np.ndarray
    form: str

    def __len__(self) -> int:
        return len(self.beats)

    @property
    def segments(self) -> np.ndarray:
        """int8 (n, 360), see :func:`quant_training.explain.waves.segments.segment`."""
        return segments.segment(self.borders, self.form)

    def take(self, rows: np.ndarray) -> "Sample":
        """Some of the beats, in the order of ``rows``."""
        names = ("beats", "labels", "records", "peaks", "borders")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})


def choose(
    data: Dataset, protocol: str, count: int, form: str, seed: int, side: str = "test"
) -> Sample:
    """About ``count`` beats of a side, as many of every class, with delineated waves.

    Beats whose QRS or T the delineator does not find are left out before choosing.

    Raises
    ------
    BeatError
        If the side has too few beats of a class.
    """
    rows = getattr(protocols.split(data, protocol), side)
    labels = data.labels
    shuffled = np.random.default_rng(seed).permutation(rows)
    share = -(-count // len(CLASSES))
    most = share + share // 4 + 5  # some beats lack a border
    candidates = np.concatenate(
        [shuffled[labels[shuffled] == index][:most] for index in range(len(CLASSES))]
    )
    borders = of_rows(data, candidates)
    fit = candidates[segments.complete(borders)]
    known = borders[segments.complete(borders)]
    chosen = []
    for index, symbol in enumerate(CLASSES):
        mine = np.flatnonzero(labels[fit] == index)[:share]
        if len(mine) < share:
            raise BeatError(
                f"{share} {side} beats of class {symbol} are asked for, {len(mine)} have whole QRS "
                f"and T waves: ask for at most {len(mine) * len(CLASSES)} (--beats)"
            )
        chosen.append(mine)
    place = np.concatenate(chosen)
    rows = fit[place]
    return Sample(
        data.beats[rows],
        labels[rows],
        data.records[rows],
        data.peaks[rows],
        known[place],
        form,
    )


def background(data: Dataset, protocol: str, count: int, seed: int) -> np.ndarray:
    """Training beats, as many of every class, int8 (count, 360): what SHAP compares with."""
    side = protocols.split(data, protocol).train
    generator = np.random.default_rng(seed)
    share = -(-count // len(CLASSES))
    rows = [
        generator.choice(side[data.labels[side] == index], share, replace=False)
        for index in range(len(CLASSES))
    ]
    return data.beats[np.stack(rows, axis=1).ravel()[:count]]


def of_rows(data: Dataset, rows: np.ndarray, cache: Path = DATA / "cache") -> np.ndarray:
    """Borders of a data set's rows in samples of their windows, float64 (n, 6); cached."""
    key = f"{delineate.name()} {data.checksum} {np.asarray(rows, np.int64).tobytes().hex()}"
    path = cache / f"borders-{hashlib.sha256(key.encode()).hexdigest()[:16]}.npy"
    if path.is_file():
        return np.load(path)
    made = np.full((len(rows), len(segments.BORDERS)), np.nan)
    numbers = data.records[rows]
    for number in track(np.unique(numbers).tolist(), "wave borders", transient=True):
        record = read(str(number))
        peaks = record.peaks[np.isin(record.symbols, list(BEAT_SYMBOLS))]
        clean = denoise(record.signal)
        for place in np.flatnonzero(numbers == number):
            peak = data.peaks[rows[place]]
            borders = delineate.strip(clean, peaks, int(np.searchsorted(peaks, peak)))
            made[place] = borders - (peak - beats.BEAT_SAMPLES // 2)
    write_atomic(path, lambda temporary: np.save(temporary, made))
    return made


def load(protocol: str, count: int, form: str = "beat", seed: int = 0) -> tuple[Sample, Dataset]:
    """Chosen test beats and the data set that they come from."""
    data = dataset.load(form=form)
    return choose(data, protocol, count, form, seed), data

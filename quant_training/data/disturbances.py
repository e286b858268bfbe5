"""Test beats under a disturbance: made again from the records, the whole chain after the fault.

Noise is added to the raw signal, before denoising: record, noise, denoise, cut at the annotated
R peaks, quantise. Jitter moves the R peaks at which a clean record is cut. Gain errors act on
the quantised beats, since normalisation cancels any before it: they stand for a wrong estimate
of a beat's standard deviation.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from arrhythminet import beats, classes
from arrhythminet.denoise import denoise
from arrhythminet.errors import BeatError
from arrhythminet.records import Record, read
from quant_training.data import noise
from quant_training.data.dataset import Dataset

SNR_DB = (24, 12, 6, 0)
LEVELS = {
    "wander": SNR_DB,
    "muscle": SNR_DB,
    "electrode": SNR_DB,
    "jitter": (2, 5, 10),
    "gain": (-20, -10, 10, 20),
}
"""Signal-to-noise ratios in dB; largest shift of an R peak in samples; gain error in percent."""
ZERO_IS_CLEAN = ("jitter", "gain")
"""Kinds whose level 0 disturbs nothing; 0 dB of noise does."""


class Setting(NamedTuple):
    """One disturbance; ``CLEAN`` is none."""

    kind: str
    level: int


CLEAN = Setting("clean", 0)


def settings() -> list[Setting]:
    """``CLEAN``, then every kind at every level."""
    return [CLEAN, *(Setting(kind, level) for kind, levels in LEVELS.items() for level in levels)]


def axis(kind: str) -> list[int]:
    """Levels of a kind, with the clean one where it has a number, from left to right."""
    return sorted([*LEVELS[kind], 0]) if kind in ZERO_IS_CLEAN else list(LEVELS[kind])


def make(
    data: Dataset,
    rows: np.ndarray,
    form: str,
    makers: dict[str, noise.Maker],
    seed: int = 0,
    folder: Path | None = None,
    track: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> dict[Setting, np.ndarray]:
    """Beats of some rows of the data set under every setting.

    A record's noise is one draw, scaled to each ratio; it depends on ``seed``, the record and the
    kind only.

    Parameters
    ----------
    data : Dataset
        What the rows refer to.
    rows : np.ndarray
        Integer (n,).
    form : str
        Input form of the beats.
    makers : dict
        Noise by kind: ``noise.SYNTHESISED``, or :func:`quant_training.data.noise.recorded`.
    seed : int
        Of noise and jitter.
    folder : Path, optional
        Of the records; default MIT-BIH.
    track : callable
        Wraps the iteration over records, for a progress bar.

    Returns
    -------
    dict
        Setting to int8 (n, 360).
    """
    beats.check_form(form)
    shape = (len(rows), beats.BEAT_SAMPLES)
    made = {setting: np.zeros(shape, np.int8) for setting in settings()}
    numbers = data.records[rows]
    for number in track(np.unique(numbers).tolist()):
        record = read(str(number), folder)
        here = np.flatnonzero(numbers == number)
        parts = _record(record, data.peaks[rows[here]], form, makers, (seed, number))
        for setting, part in parts.items():
            made[setting][here] = part
    for percent in LEVELS["gain"]:
        made[Setting("gain", percent)] = with_gain(made[CLEAN], percent, form)
    return made


def _record(
    record: Record,
    wanted: np.ndarray,
    form: str,
    makers: dict[str, noise.Maker],
    seeds: tuple[int, int],
) -> dict[Setting, np.ndarray]:
    """The beats at ``wanted``, samples of annotated R peaks, under all but gain errors."""
    peaks = record.peaks[np.isin(record.symbols, list(classes.BEAT_SYMBOLS))]
    places = np.searchsorted(peaks, wanted)
    clean = denoise(record.signal)
    made = {CLEAN: _cut(clean, peaks, places, form)}
    for index, (kind, maker) in enumerate(makers.items()):
        added = maker(len(record.signal), np.random.default_rng((*seeds, index)))
        for level in LEVELS[kind]:
            factor = noise.gain(record.signal, peaks, added, level)
            noisy = denoise(record.signal + factor * added)
            made[Setting(kind, level)] = _cut(noisy, peaks, places, form)
    for level in LEVELS["jitter"]:
        moved = jittered(peaks, level, len(clean), np.random.default_rng((*seeds, 100)))
        made[Setting("jitter", level)] = _cut(clean, moved, places, form)
    return made


def _cut(signal: np.ndarray, peaks: np.ndarray, places: np.ndarray, form: str) -> np.ndarray:
    windows, kept = beats.cut(signal, peaks[places])
    if len(kept) != len(places):
        raise BeatError(
            f"{len(places) - len(kept)} of {len(places)} windows do not fit into the record: "
            "the data set was made from other records"
        )
    return beats.quantise(windows, beats.intervals(peaks)[places], form)


def jittered(
    peaks: np.ndarray, level: int, samples: int, generator: np.random.Generator
) -> np.ndarray:
    """R peaks moved by whole samples, uniform in ``-level .. level``.

    A peak whose window fits into the signal of ``samples`` stays where it fits.
    """
    lowest = beats.BEAT_SAMPLES // 2 - beats.EDGE_SAMPLES
    highest = samples - lowest
    moved = peaks + generator.integers(-level, level + 1, len(peaks))
    fits = (peaks >= lowest) & (peaks <= highest)
    return np.where(fits, np.clip(moved, lowest, highest), moved)


def with_gain(values: np.ndarray, percent: int, form: str = "beat") -> np.ndarray:
    """int8 beats times ``1 + percent / 100``, rounded and clipped; intervals stay as they are."""
    ecg = beats.BEAT_SAMPLES - (2 * beats.RHYTHM_SAMPLES if form == "rhythm" else 0)
    scaled = values.copy()
    exact = values[:, :ecg] * (1 + percent / 100)
    scaled[:, :ecg] = np.clip(np.rint(exact), -128, 127).astype(np.int8)
    return scaled

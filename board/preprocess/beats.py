"""Beats: 360 int8 values on each R peak, normalised one by one, in the form ``beat`` or ``rhythm``.

Same constants, forms and integers as ``quant_training.beats``.
"""

from typing import Optional, Tuple

import numpy as np

from board.errors import InputError
from board.registers import BEAT_SAMPLES

INPUT_SCALE = 1 / 16
"""Value of one step of the int8 input: z-scored samples are kept within -8 .. +7.94."""
EDGE_SAMPLES = 18
"""Samples of a window that may lie beyond the signal's ends, filled with the end's value."""
RHYTHM_SAMPLES = 30
RHYTHM_STEPS = 128
LOCAL_INTERVALS = 8
"""Length and step of the two intervals in the form ``rhythm``, and how many make a local mean."""


def cut(signal: np.ndarray, peaks: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Windows around R peaks.

    Parameters
    ----------
    signal : np.ndarray
        Float (n,), denoised.
    peaks : np.ndarray
        Integer (beats,), samples of the R peaks.

    Returns
    -------
    windows : np.ndarray
        float64 (kept, 360).
    kept : np.ndarray
        Indices into ``peaks`` of the beats whose windows fit.
    """
    half = BEAT_SAMPLES // 2
    peaks = np.asarray(peaks, np.int64)
    fits = (peaks >= half - EDGE_SAMPLES) & (peaks + half <= len(signal) + EDGE_SAMPLES)
    kept = np.flatnonzero(fits)
    padded = np.pad(np.asarray(signal, np.float64), EDGE_SAMPLES, mode="edge")
    first = peaks[kept] - half + EDGE_SAMPLES
    return padded[first[:, None] + np.arange(BEAT_SAMPLES)], kept


def intervals(peaks: np.ndarray) -> np.ndarray:
    """Intervals before and after each R peak, relative to the mean of the latest ones, minus 1.

    Parameters
    ----------
    peaks : np.ndarray
        Integer (n,), samples of all R peaks of a signal, in order; the first and last beat take
        their missing interval from their other side.

    Returns
    -------
    np.ndarray
        float64 (n, 2); zeros where there are fewer than two peaks.
    """
    peaks = np.asarray(peaks, np.int64)
    if len(peaks) < 2:
        return np.zeros((len(peaks), 2))
    between = np.diff(peaks)
    before = np.concatenate([between[:1], between])
    after = np.concatenate([between, between[-1:]])
    total = np.concatenate([[0], np.cumsum(before)])
    last = np.arange(1, len(peaks) + 1)
    first = np.maximum(0, last - LOCAL_INTERVALS)
    mean = np.maximum(1, total[last] - total[first]) / (last - first)
    return np.stack([before / mean - 1, after / mean - 1], axis=1)


def quantise(
    windows: np.ndarray, rhythm: Optional[np.ndarray] = None, form: str = "beat"
) -> np.ndarray:
    """Windows (n, 360) in an input form, z-scored and rounded to the int8 grid of ``INPUT_SCALE``.

    Raises
    ------
    InputError
        If the shape is not (n, 360), a window holds NaN or infinity, or the form ``rhythm``
        lacks its intervals (n, 2).
    """
    windows = np.asarray(windows, np.float64)
    if windows.ndim != 2 or windows.shape[1] != BEAT_SAMPLES:
        raise InputError(f"beats have shape {windows.shape}, not (n, {BEAT_SAMPLES})")
    bad = np.flatnonzero(~np.isfinite(windows).all(axis=1))
    if len(bad):
        raise InputError(f"beat {bad[0]} holds NaN or infinity: clean the signal before cutting")
    if form == "beat":
        return _int8(_z_scores(windows) / INPUT_SCALE)
    if rhythm is None:
        raise InputError(
            "this network also takes the intervals between R peaks (form rhythm), which windows "
            "lack: give a signal, a record, or int8 beats"
        )
    codes = np.asarray(rhythm, np.float64) * RHYTHM_STEPS
    middle = _z_scores(windows[:, RHYTHM_SAMPLES:-RHYTHM_SAMPLES]) / INPUT_SCALE
    return _int8(np.concatenate([middle, codes.repeat(RHYTHM_SAMPLES, axis=1)], axis=1))


def _z_scores(windows: np.ndarray) -> np.ndarray:
    centred = windows - windows.mean(axis=1, keepdims=True)
    deviation = windows.std(axis=1, keepdims=True)
    return np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-9)


def _int8(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), -128, 127).astype(np.int8)

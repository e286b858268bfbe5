"""Beats: 360-sample windows on R peaks, normalised one by one, as int8.

Same constants and integers as ``quant_training.beats``.
"""

from typing import Tuple

import numpy as np

from board.errors import InputError
from board.registers import BEAT_SAMPLES

INPUT_SCALE = 1 / 32
"""Value of one step of the int8 input: z-scored samples are kept within -4 .. +3.97."""
EDGE_SAMPLES = 18
"""Samples of a window that may lie beyond the signal's ends, filled with the end's value."""


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


def quantise(windows: np.ndarray) -> np.ndarray:
    """Z-score each window (n, 360) and round it to the int8 grid of ``INPUT_SCALE``.

    Raises
    ------
    InputError
        If the shape is not (n, 360) or a window holds NaN or infinity.
    """
    windows = np.asarray(windows, np.float64)
    if windows.ndim != 2 or windows.shape[1] != BEAT_SAMPLES:
        raise InputError(f"beats have shape {windows.shape}, not (n, {BEAT_SAMPLES})")
    bad = np.flatnonzero(~np.isfinite(windows).all(axis=1))
    if len(bad):
        raise InputError(f"beat {bad[0]} holds NaN or infinity: clean the signal before cutting")
    centred = windows - windows.mean(axis=1, keepdims=True)
    deviation = windows.std(axis=1, keepdims=True)
    scores = np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-9)
    return np.clip(np.rint(scores / INPUT_SCALE), -128, 127).astype(np.int8)

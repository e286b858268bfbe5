"""Beats: 360-sample windows on R peaks, normalised one by one, as int8.

A window is ``signal[peak - 180 : peak + 180]``. At most ``EDGE_SAMPLES`` of it may lie beyond the
signal's ends, filled with the end's value; beats that need more are dropped.
"""

import numpy as np

from quant_training.errors import BeatError, SignalError

BEAT_SAMPLES = 360
CLASSES = ("N", "L", "R", "A", "V")
"""Normal, left and right bundle branch block, atrial premature, ventricular: MIT-BIH's symbols."""
INPUT_SCALE = 1 / 32
"""Value of one step of the int8 input: z-scored samples are kept within -4 .. +3.97."""
EDGE_SAMPLES = 18


def cut(signal: np.ndarray, peaks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
    if not len(kept):
        return np.zeros((0, BEAT_SAMPLES)), kept
    padded = np.pad(np.asarray(signal, np.float64), EDGE_SAMPLES, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, BEAT_SAMPLES)
    return windows[peaks[kept] - half + EDGE_SAMPLES], kept


def quantise(windows: np.ndarray) -> np.ndarray:
    """Z-score each window and round it to the int8 grid of ``INPUT_SCALE``.

    A flat window becomes zeros. Float arithmetic is float64 throughout, so that numpy elsewhere
    (the board) gives the same integers.

    Parameters
    ----------
    windows : np.ndarray
        Float (n, 360).

    Returns
    -------
    np.ndarray
        int8 (n, 360); times ``INPUT_SCALE`` it is the network's input.

    Raises
    ------
    BeatError
        If the shape is not (n, 360).
    SignalError
        If a window holds NaN or infinity.
    """
    windows = np.asarray(windows, np.float64)
    if windows.ndim != 2 or windows.shape[1] != BEAT_SAMPLES:
        raise BeatError(f"beats have shape {windows.shape}, not (n, {BEAT_SAMPLES}): cut() them")
    bad = np.flatnonzero(~np.isfinite(windows).all(axis=1))
    if len(bad):
        raise SignalError(f"beat {bad[0]} holds NaN or infinity: clean the signal before cutting")
    centred = windows - windows.mean(axis=1, keepdims=True)
    deviation = windows.std(axis=1, keepdims=True)
    scores = np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-9)
    return np.clip(np.rint(scores / INPUT_SCALE), -128, 127).astype(np.int8)


def check(beats: np.ndarray) -> None:
    """Raise :class:`BeatError` unless ``beats`` are int8 (n, 360)."""
    if beats.ndim != 2 or beats.shape[1] != BEAT_SAMPLES or beats.dtype != np.int8:
        raise BeatError(
            f"beats are {beats.dtype} {beats.shape}, not int8 (n, {BEAT_SAMPLES}): quantise() them"
        )


def class_indices(symbols: np.ndarray) -> np.ndarray:
    """int8 (n,): position of each symbol in ``CLASSES``, -1 for others."""
    indices = np.full(len(symbols), -1, np.int8)
    for index, symbol in enumerate(CLASSES):
        indices[symbols == symbol] = index
    return indices

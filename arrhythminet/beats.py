"""Beats: 360 int8 values on each R peak, normalised one by one.

A window is ``signal[peak - 180 : peak + 180]``. At most ``EDGE_SAMPLES`` of it may lie beyond the
signal's ends, filled with the end's value; beats that need more are dropped.

Two input forms have the same 360 values and so the same hardware:

``beat``
    the window (1 s at 360 Hz).
``rhythm``
    its middle 300 samples, then 30 times the interval to the R peak before and 30 times the one
    to the R peak after, each as ``RHYTHM_STEPS * (interval / local mean - 1)``: prematurity and
    compensatory pause, which one second cannot show.

All arithmetic is float64, so that training and board get the same integers.
"""

from typing import NamedTuple, Optional, Tuple

import numpy as np

from arrhythminet.denoise import denoise
from arrhythminet.errors import BeatError, SignalError
from arrhythminet.frontend.detector import find_beats
from arrhythminet.stem import FORMS

BEAT_SAMPLES = 360
INPUT_SCALE = 1 / 16
"""Value of one step of the int8 input: z-scored samples are kept within -8 .. +7.94."""
EDGE_SAMPLES = 18
RHYTHM_SAMPLES = 30
"""Values of each interval in the form ``rhythm``."""
RHYTHM_STEPS = 128
LOCAL_INTERVALS = 8
"""Intervals up to a beat's own whose mean is its local mean."""


class SignalBeats(NamedTuple):
    """Beats of a signal: int8 (n, 360), their R peaks int64 (n,), the denoised signal."""

    beats: np.ndarray
    peaks: np.ndarray
    clean: np.ndarray


def from_signal(signal: np.ndarray, form: str = "beat") -> SignalBeats:
    """Denoise a lead in mV at 360 Hz, find its R peaks, cut and quantise the beats around them."""
    clean = denoise(signal)
    peaks = np.array([beat.place for beat in find_beats(np.asarray(signal))], np.int64)
    windows, kept = cut(clean, peaks)
    return SignalBeats(quantise(windows, intervals(peaks)[kept], form), peaks[kept], clean)


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


def check_form(form: str) -> None:
    """Raise :class:`BeatError` unless there is such an input form."""
    if form not in FORMS:
        raise BeatError(f"unknown input form {form!r}: choose {' or '.join(FORMS)}")


def quantise(
    windows: np.ndarray, rhythm: Optional[np.ndarray] = None, form: str = "beat"
) -> np.ndarray:
    """Windows in an input form: z-scored and rounded to the int8 grid of ``INPUT_SCALE``.

    A flat window becomes zeros.

    Parameters
    ----------
    windows : np.ndarray
        Float (n, 360), from :func:`cut`.
    rhythm : np.ndarray, optional
        Float (n, 2), from :func:`intervals`; for the form ``rhythm``.
    form : str
        One of ``FORMS``.

    Returns
    -------
    np.ndarray
        int8 (n, 360); times ``INPUT_SCALE`` it is the network's input.

    Raises
    ------
    BeatError
        If the shape is not (n, 360), or the form is unknown or lacks its intervals.
    SignalError
        If a window holds NaN or infinity.
    """
    check_form(form)
    windows = np.asarray(windows, np.float64)
    if windows.ndim != 2 or windows.shape[1] != BEAT_SAMPLES:
        raise BeatError(f"beats have shape {windows.shape}, not (n, {BEAT_SAMPLES}): cut() them")
    bad = np.flatnonzero(~np.isfinite(windows).all(axis=1))
    if len(bad):
        raise SignalError(f"beat {bad[0]} holds NaN or infinity: clean the signal before cutting")
    if form == "beat":
        return _int8(_z_scores(windows) / INPUT_SCALE)
    if rhythm is None:
        raise BeatError(
            "this network also takes the intervals between R peaks (form rhythm), which windows "
            "lack: give a signal, a record, or int8 beats"
        )
    if np.shape(rhythm) != (len(windows), 2):
        raise BeatError(
            f"intervals have shape {np.shape(rhythm)}, not ({len(windows)}, 2): intervals()"
        )
    codes = np.asarray(rhythm, np.float64) * RHYTHM_STEPS
    middle = _z_scores(windows[:, RHYTHM_SAMPLES:-RHYTHM_SAMPLES]) / INPUT_SCALE
    return _int8(np.concatenate([middle, codes.repeat(RHYTHM_SAMPLES, axis=1)], axis=1))


def check(beats: np.ndarray) -> None:
    """Raise :class:`BeatError` unless ``beats`` are int8 (n, 360)."""
    if beats.ndim != 2 or beats.shape[1] != BEAT_SAMPLES or beats.dtype != np.int8:
        raise BeatError(
            f"beats are {beats.dtype} {beats.shape}, not int8 (n, {BEAT_SAMPLES}): quantise() them"
        )


def _z_scores(windows: np.ndarray) -> np.ndarray:
    centred = windows - windows.mean(axis=1, keepdims=True)
    deviation = windows.std(axis=1, keepdims=True)
    return np.divide(centred, deviation, out=np.zeros_like(centred), where=deviation > 1e-9)


def _int8(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), -128, 127).astype(np.int8)

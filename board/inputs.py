"""From whatever the user has to int8 beats."""

from pathlib import Path
from typing import Any, Optional, Tuple

import numpy as np

from board.errors import InputError
from board.preprocess.beats import BEAT_SAMPLES, cut, intervals, quantise
from board.preprocess.denoise import denoise
from board.preprocess.peaks import find_peaks
from board.preprocess.wfdb212 import read_lead


def form_of(network: str) -> str:
    """Input form that a network's stem names: ``rhythm`` or ``beat``."""
    return "rhythm" if "rhythm" in network.split("-") else "beat"


def prepare(beats: Any, lead: str, form: str = "beat") -> Tuple[np.ndarray, Optional[np.ndarray]]:
    """Int8 beats (n, 360) and, for a signal, the R peaks (n,) they belong to.

    Raises
    ------
    InputError
        If it is no beat, signal or record, or a record cannot be read.
    """
    if isinstance(beats, (str, Path)):
        return from_signal(read_lead(Path(beats), lead), form)
    try:
        values = np.asarray(beats)
    except Exception as error:
        raise InputError(f"cannot make an array of {type(beats).__name__}: {error}") from error
    if values.dtype == np.int8:
        if values.shape == (BEAT_SAMPLES,):
            values = values[None]
        if values.ndim != 2 or values.shape[1] != BEAT_SAMPLES:
            raise InputError(f"int8 beats have shape {values.shape}, not (n, {BEAT_SAMPLES})")
        return np.ascontiguousarray(values), None
    if values.dtype.kind not in "fiu":
        raise InputError(f"values are {values.dtype}: give int8 beats, or floats or a signal in mV")
    values = values.astype(np.float64)
    if values.ndim == 1:
        return from_signal(values, form)
    if values.ndim != 2:
        raise InputError(f"an array of shape {values.shape} is neither beats (n, 360) nor a signal")
    return quantise(values, form=form), None


def from_signal(signal: np.ndarray, form: str = "beat") -> Tuple[np.ndarray, np.ndarray]:
    """Denoise a lead at 360 Hz, find its R peaks, cut and quantise the beats around them."""
    clean = denoise(signal)
    peaks = find_peaks(clean)
    windows, kept = cut(clean, peaks)
    return quantise(windows, intervals(peaks)[kept], form), peaks[kept]

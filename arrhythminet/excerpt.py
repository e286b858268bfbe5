"""The ECG that PyWavelets ships: it needs no data set, so it is what is shown without one."""

from typing import NamedTuple

import numpy as np

from arrhythminet.errors import DataError
from arrhythminet.signal import LEAD, SAMPLE_RATE

_STEPS_PER_MILLIVOLT = 200.0  # of record 101, as its header says
_FIRST_SAMPLE = 5050


class Excerpt(NamedTuple):
    """A stretch of one lead: float64 (samples,) in mV at 360 Hz, where it is from and begins."""

    signal: np.ndarray
    title: str
    start_s: float


def excerpt() -> Excerpt:
    """``pywt.data.ecg()``: MIT-BIH record 101, samples 5050 to 6073.

    Raises
    ------
    DataError
        If PyWavelets is not installed, as on the board.
    """
    try:
        import pywt.data
    except ImportError as error:
        raise DataError("PyWavelets, which ships an ECG, is missing: give a record") from error
    title = f"MIT-BIH record 101, {LEAD} (excerpt shipped with PyWavelets)"
    return Excerpt(pywt.data.ecg() / _STEPS_PER_MILLIVOLT, title, _FIRST_SAMPLE / SAMPLE_RATE)

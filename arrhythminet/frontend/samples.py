"""From what a recorder gives to integer samples: steps of 1/1024 mV, and which are missing."""

from typing import Tuple

import numpy as np

from arrhythminet.errors import SignalError
from arrhythminet.frontend.energy import STEPS_PER_MV
from arrhythminet.signal import SAMPLE_RATE

LIMIT_MV = 20.0
"""Beyond it a value is no ECG but a code for a gap."""
BRIDGED = 6
"""Samples in a row, 17 ms, that may be missing without a QRS complex being lost."""
FLAT = 2 * SAMPLE_RATE
"""Samples in a row of one value after which the signal is flat, and missing."""


class Samples:
    """Integer samples of a stream of millivolts.

    A missing sample takes the value of the one before it.
    """

    def __init__(self) -> None:
        self._value = 0
        self._lacking = 0  # samples in a row that had no value
        self._equal = 0  # samples in a row that had the same one

    def push(self, signal: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Take the next samples.

        Parameters
        ----------
        signal : np.ndarray
            Float (n,) in mV; NaN, infinite, masked and larger ones than ``LIMIT_MV`` are missing.

        Returns
        -------
        steps : np.ndarray
            int64 (n,), in ``STEPS_PER_MV``.
        missing : np.ndarray
            bool (n,), in a gap of more than ``BRIDGED`` samples, once it is that long.
        flat : np.ndarray
            bool (n,), after more than ``FLAT`` equal samples.

        Raises
        ------
        SignalError
            If the chunk is not one-dimensional or holds no numbers.
        """
        values = _numbers(signal)
        if not len(values):
            empty = np.zeros(0, bool)
            return np.zeros(0, np.int64), empty, empty
        with np.errstate(invalid="ignore"):
            present = np.abs(values) <= LIMIT_MV
        steps = np.rint(np.where(present, values, 0) * STEPS_PER_MV).astype(np.int64)
        latest = np.maximum.accumulate(np.where(present, np.arange(len(steps)), -1))
        steps = np.where(latest >= 0, steps[latest], self._value)
        lacking = _run_lengths(~present, self._lacking)
        equal = _run_lengths(np.diff(steps, prepend=self._value) == 0, self._equal)
        self._value = int(steps[-1])
        self._lacking, self._equal = int(lacking[-1]), int(equal[-1])
        return steps, lacking > BRIDGED, equal >= FLAT


def _numbers(signal: np.ndarray) -> np.ndarray:
    if isinstance(signal, np.ma.MaskedArray):
        signal = np.ma.filled(signal.astype(np.float64), np.nan)
    try:
        values = np.asarray(signal, np.float64)
    except (TypeError, ValueError) as error:
        raise SignalError(f"the signal holds no numbers ({error}): pass millivolts") from error
    if values.ndim != 1:
        raise SignalError(f"the signal has shape {values.shape}, not (samples,): pass one lead")
    return values


def _run_lengths(holds: np.ndarray, before: int) -> np.ndarray:
    """Of true values, up to and with each one; ``before`` went ahead."""
    count = np.arange(1, len(holds) + 1)
    broken = np.maximum.accumulate(np.where(holds, -before, count))
    return np.where(holds, count - broken, 0)

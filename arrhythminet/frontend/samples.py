"""From what a recorder gives to integer samples: steps of 1/1024 mV, and which are none."""

from typing import NamedTuple

import numpy as np

from arrhythminet.errors import SignalError
from arrhythminet.frontend.energy import STEPS_PER_MV
from arrhythminet.signal import SAMPLE_RATE

LIMIT_MV = 20.0
"""Beyond it a value is no ECG but a code for a gap."""
BRIDGED = 6
"""Samples in a row, 17 ms, that may be missing without a QRS complex being lost."""
FLAT = 2 * SAMPLE_RATE
"""Samples in a row of one value after which the signal is flat: even at 25 beats a minute, and
without any noise, there are fewer between two beats."""
RAILED = 5
"""Samples in a row of one value, reached by a step of at least ``RAIL_STEP``, that a clipped peak
has and no other."""
RAIL_STEP = STEPS_PER_MV // 16


class Steps(NamedTuple):
    """Samples: ``values`` int64 (n,), in ``STEPS_PER_MV``; the others of the same length.

    ``held`` is float64, the same in mV and not rounded. The others are bool: ``missing`` in a gap
    of more than ``BRIDGED`` samples, once it is that long; ``flat`` after ``FLAT`` equal samples;
    ``railed`` after ``RAILED`` that a clipped peak may have.
    """

    values: np.ndarray
    missing: np.ndarray
    flat: np.ndarray
    railed: np.ndarray
    held: np.ndarray


class Samples:
    """Integer samples of a stream of millivolts; a missing one is as the one before it."""

    def __init__(self) -> None:
        self._held = 0.0
        self._value = 0
        self._begun = False
        self._lacking = 0  # samples in a row that had no value
        self._equal = 0  # samples in a row that were as the one before
        self._step = 0  # by which the present value was reached

    def push(self, signal: np.ndarray) -> Steps:
        """Take the next samples.

        Parameters
        ----------
        signal : np.ndarray
            Float (n,) in mV; NaN, infinite, masked and larger ones than ``LIMIT_MV`` are missing.

        Raises
        ------
        SignalError
            If the chunk is not one-dimensional or holds no numbers.
        """
        numbers = _numbers(signal)
        if not len(numbers):
            nothing = np.zeros(0, bool)
            return Steps(np.zeros(0, np.int64), nothing, nothing, nothing, np.zeros(0))
        with np.errstate(invalid="ignore"):
            present = np.abs(numbers) <= LIMIT_MV
        latest = np.maximum.accumulate(np.where(present, np.arange(len(numbers)), -1))
        held = np.where(latest >= 0, numbers[latest], self._held)
        values = np.rint(held * STEPS_PER_MV).astype(np.int64)
        if not self._begun:
            self._value, self._begun = int(values[0]), True
        change = np.diff(values, prepend=self._value)
        lacking = _run_lengths(~present, self._lacking)
        equal = _run_lengths(change == 0, self._equal)
        reached = np.arange(len(values)) - equal
        step = np.where(reached >= 0, change[np.maximum(reached, 0)], self._step)
        self._held, self._value, self._step = float(held[-1]), int(values[-1]), int(step[-1])
        self._lacking, self._equal = int(lacking[-1]), int(equal[-1])
        railed = present & (equal >= RAILED - 1) & (np.abs(step) >= RAIL_STEP) & (equal < FLAT)
        return Steps(values, lacking > BRIDGED, equal >= FLAT, railed, held)


def _numbers(signal: np.ndarray) -> np.ndarray:
    if isinstance(signal, np.ma.MaskedArray):
        signal = np.ma.filled(signal.astype(np.float64), np.nan)
    try:
        numbers = np.asarray(signal, np.float64)
    except (TypeError, ValueError) as error:
        raise SignalError(f"the signal holds no numbers ({error}): pass millivolts") from error
    if numbers.ndim != 1:
        raise SignalError(f"the signal has shape {numbers.shape}, not (samples,): pass one lead")
    return numbers


def _run_lengths(holds: np.ndarray, before: int) -> np.ndarray:
    """Of true values, up to and with each one; ``before`` went ahead."""
    count = np.arange(1, len(holds) + 1)
    broken = np.maximum.accumulate(np.where(holds, -before, count))
    return np.where(holds, count - broken, 0)

"""The sym4 filter bank of :mod:`arrhythminet.wavelet` for streams: one level of it, either way.

Both give the coefficients of the whole signal's transform, whatever the chunks, symmetric
extension at the signal's ends included.
"""

import numpy as np

from arrhythminet.wavelet import (
    DECOMPOSE_HIGH,
    DECOMPOSE_LOW,
    RECONSTRUCT_HIGH,
    RECONSTRUCT_LOW,
    TAPS,
)

KEPT = 2 * TAPS
"""Samples that are kept: the filter's, and those that the end mirrors."""


class Split:
    """One level's decomposition: from a stream to two of half its rate."""

    def __init__(self) -> None:
        self._known = np.zeros(0)
        self._first = 0  # place of _known[0]
        self._next = 1  # place of the last sample under the filter, for the next coefficient

    def push(self, signal: np.ndarray) -> np.ndarray:
        """Take float64 (n,); float64 (2, m), the low and high coefficients that are now known."""
        begins = len(self._known) < TAPS
        self._known = np.concatenate([self._known, signal])
        if len(self._known) < TAPS:
            return np.zeros((2, 0))
        if begins:
            self._known = np.concatenate([self._known[TAPS - 1 :: -1], self._known])
            self._first = -TAPS
        return self._filter(self._first + len(self._known))

    def flush(self) -> np.ndarray:
        """The end of the stream: its last coefficients, float64 (2, m)."""
        end = self._first + len(self._known)
        self._known = np.concatenate([self._known, self._known[: -TAPS - 1 : -1]])
        return self._filter(end + TAPS - 1)

    def _filter(self, end: int) -> np.ndarray:
        last = np.arange(self._next, end, 2)
        coefficients = np.zeros((2, len(last)))
        for tap in range(TAPS):
            part = self._known[last - tap - self._first]
            coefficients[0] += DECOMPOSE_LOW[tap] * part
            coefficients[1] += DECOMPOSE_HIGH[tap] * part
        self._next += 2 * len(last)
        dropped = max(0, len(self._known) - KEPT)
        self._known, self._first = self._known[dropped:], self._first + dropped
        return coefficients


class Join:
    """One level's reconstruction: from two streams to one of twice their rate."""

    def __init__(self) -> None:
        self._low = np.zeros(0)
        self._high = np.zeros(0)

    def push(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Take float64 coefficients, of either as many as there are; the signal that is known."""
        self._low = np.concatenate([self._low, low])
        self._high = np.concatenate([self._high, high])
        half = TAPS // 2
        count = min(len(self._low), len(self._high)) - half + 1
        if count <= 0:
            return np.zeros(0)
        signal = np.zeros((count, 2))
        for phase in (0, 1):
            signal[:, phase] = self._filter(self._low, RECONSTRUCT_LOW[phase::2], count)
            signal[:, phase] += self._filter(self._high, RECONSTRUCT_HIGH[phase::2], count)
        self._low, self._high = self._low[count:], self._high[count:]
        return signal.ravel()

    @staticmethod
    def _filter(coefficients: np.ndarray, taps: tuple, count: int) -> np.ndarray:
        total = np.zeros(count)
        for tap, value in enumerate(taps):
            first = len(taps) - 1 - tap
            total += value * coefficients[first : first + count]
        return total

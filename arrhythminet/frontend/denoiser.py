"""The denoising of :mod:`arrhythminet.denoise` for streams: chunks of any size, the same result.

The transform is the whole signal's, sample for sample. What differs is the noise that details are
thresholded by: a running estimate, of the time before, for the median over the whole signal. State
does not grow with the signal.
"""

from typing import List, Optional

import numpy as np

from arrhythminet.denoise import LEVELS, NOISY_LEVELS, SHORTEST, THRESHOLD, denoise
from arrhythminet.frontend.filter_bank import Join, Split
from arrhythminet.signal import SAMPLE_RATE, check_signal

DELAY = SHORTEST
"""Samples (10 s) after a sample before its denoised value is known: the slowest filters' length."""
BLOCK_S = 4
"""Seconds whose median magnitude is one measurement of the noise."""
SLOWNESS = 8
"""Measurements over which it is averaged: 32 s."""


class Denoiser:
    """Baseline wander and fine noise removed from one lead at 360 Hz."""

    def __init__(self) -> None:
        self._waiting: List[np.ndarray] = []  # until a whole signal would not be a short one
        self._begun = False
        self._count = 0
        self._told = 0
        self._splits = [Split() for _ in range(LEVELS)]
        self._joins = [Join() for _ in range(LEVELS)]
        self._shrinkers = [_Shrinker(level) for level in range(1, NOISY_LEVELS + 1)]

    def push(self, signal: np.ndarray) -> np.ndarray:
        """The denoised samples, float64, that the next ones, float (n,), make known.

        Raises
        ------
        SignalError
            If the signal is not one-dimensional, or holds NaN or infinity.
        """
        signal = np.asarray(signal, np.float64)
        if signal.ndim != 1 or len(signal):
            check_signal(signal)
        self._count += len(signal)
        if not self._begun:
            self._waiting.append(signal)
            if self._count < SHORTEST:
                return np.zeros(0)
            signal, self._waiting, self._begun = np.concatenate(self._waiting), [], True
        return self._tell(self._run(signal, last=False))

    def flush(self) -> np.ndarray:
        """The samples that the signal's end makes known: as many as are still to come."""
        if not self._begun:
            whole = np.concatenate([np.zeros(0), *self._waiting])
            return denoise(whole) if len(whole) else whole
        return self._tell(self._run(np.zeros(0), last=True))

    def _tell(self, clean: np.ndarray) -> np.ndarray:
        clean = clean[: self._count - self._told]
        self._told += len(clean)
        return clean

    def _run(self, low: np.ndarray, last: bool) -> np.ndarray:
        highs = []
        for level, split in enumerate(self._splits):
            coefficients = split.push(low)
            if last:
                coefficients = np.concatenate([coefficients, split.flush()], axis=1)
            low, high = coefficients
            if level < NOISY_LEVELS:
                high = self._shrinkers[level].push(high, last)
            highs.append(high)
        signal = np.zeros_like(low)  # the baseline
        for join, high in zip(self._joins[::-1], highs[::-1]):
            signal = join.push(signal, high)
        return signal


class _Shrinker:
    """Soft threshold at THRESHOLD times a level's noise, block by block."""

    def __init__(self, level: int) -> None:
        self._block = BLOCK_S * SAMPLE_RATE >> level
        self._waiting = np.zeros(0)
        self._noise: Optional[float] = None

    def push(self, detail: np.ndarray, last: bool) -> np.ndarray:
        self._waiting = np.concatenate([self._waiting, detail])
        blocks = len(self._waiting) // self._block
        shrunk = []
        for block in np.split(self._waiting[: blocks * self._block], max(1, blocks)):
            if len(block):
                shrunk.append(self._shrink(block, 1.4826 * float(np.median(np.abs(block)))))
        self._waiting = self._waiting[blocks * self._block :]
        if last:
            # Too few for a measurement of their own
            shrunk.append(self._shrink(self._waiting, self._noise))
        return np.concatenate([np.zeros(0), *shrunk])

    def _shrink(self, block: np.ndarray, measured: Optional[float]) -> np.ndarray:
        if self._noise is None:
            self._noise = measured or 0.0
        else:
            self._noise += ((measured or 0.0) - self._noise) / SLOWNESS
        limit = THRESHOLD * self._noise
        return np.sign(block) * np.maximum(np.abs(block) - limit, 0)

"""R peaks in numpy, after Pan and Tompkins, IEEE Trans. Biomed. Eng. 32 (1985) 230.

Slope energy over 150 ms, thresholds that follow the peaks of signal and noise, a second look where
a beat is overdue. The peak itself is the largest deflection of the denoised signal near by.
"""

from typing import List

import numpy as np

from arrhythminet.signal import SAMPLE_RATE

REFRACTORY = int(0.2 * SAMPLE_RATE)
WINDOW = int(0.15 * SAMPLE_RATE)
NEAR = int(0.1 * SAMPLE_RATE)
SLOPE = 4
"""Samples over which the slope is taken: 11 ms keeps the QRS and drops what noise is left."""


def _smooth(values: np.ndarray, width: int) -> np.ndarray:
    """Centred moving average."""
    sums = np.concatenate([[0.0], np.cumsum(np.pad(values, (width // 2, width - width // 2 - 1)))])
    return (sums[width:] - sums[:-width]) / width


def _candidates(energy: np.ndarray) -> np.ndarray:
    """Local maxima of the energy, the largest within each REFRACTORY."""
    inner = energy[1:-1]
    maxima = np.flatnonzero((inner > energy[:-2]) & (inner >= energy[2:])) + 1
    kept: List[int] = []
    for place in maxima:
        if kept and place - kept[-1] < REFRACTORY:
            if energy[place] > energy[kept[-1]]:
                kept[-1] = int(place)
        else:
            kept.append(int(place))
    return np.array(kept, np.int64)


def find_peaks(signal: np.ndarray) -> np.ndarray:
    """Find R peaks.

    Parameters
    ----------
    signal : np.ndarray
        Float (n,) at 360 Hz, denoised.

    Returns
    -------
    np.ndarray
        int64 (beats,), ascending samples.
    """
    if len(signal) < SAMPLE_RATE // 2:
        return np.zeros(0, np.int64)
    slope = np.zeros_like(signal)
    slope[SLOPE:-SLOPE] = signal[2 * SLOPE :] - signal[: -2 * SLOPE]
    energy = _smooth(slope * slope, WINDOW)
    places = _candidates(energy)
    if not len(places):
        return places
    chosen = _select(places, energy[places])
    first = np.clip(chosen - NEAR, 0, len(signal) - 1)
    windows = np.minimum(first[:, None] + np.arange(2 * NEAR + 1), len(signal) - 1)
    peaks = first + np.abs(signal)[windows].argmax(axis=1)
    return np.unique(np.minimum(peaks, len(signal) - 1))


def _select(places: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Candidates that are beats."""
    start = heights[places < 8 * SAMPLE_RATE]
    level = float(np.percentile(start if len(start) else heights, 90))
    noise = 0.0
    chosen: List[int] = []
    beats: List[int] = []
    intervals: List[int] = []
    for index, (place, height) in enumerate(zip(places, heights)):
        threshold = noise + 0.25 * (level - noise)
        if beats and intervals:
            overdue = 1.66 * float(np.mean(intervals[-8:]))
            if place - beats[-1] > overdue:
                missed = range(chosen[-1] + 1, index)
                best = max(missed, key=lambda entry: heights[entry], default=-1)
                if best >= 0 and heights[best] > 0.4 * threshold:
                    intervals.append(int(places[best] - beats[-1]))
                    chosen.append(best)
                    beats.append(int(places[best]))
                    level += 0.25 * (float(heights[best]) - level)
        if height > threshold:
            if beats:
                intervals.append(int(place - beats[-1]))
            chosen.append(index)
            beats.append(int(place))
            level += 0.125 * (min(float(height), 3 * level) - level)
        else:
            noise += 0.125 * (float(height) - noise)
    return np.array(beats, np.int64)

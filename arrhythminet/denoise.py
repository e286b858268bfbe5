"""sym4 wavelet denoising: baseline removed, fine details soft-thresholded.

The paper (arXiv 2505.03787) names the wavelet and the thresholding of detail coefficients, no
level or threshold; the constants here are the project's. Whole signals only: denoise, then cut.
"""

import numpy as np

from arrhythminet.signal import check_signal
from arrhythminet.wavelet import decompose, reconstruct

LEVELS = 9
"""The approximation left after nine levels lies below 0.35 Hz at 360 Hz: the baseline."""
NOISY_LEVELS = 3
"""Details above 22.5 Hz are thresholded; slower ones carry the P, QRS and T waves."""
THRESHOLD = 3.0
"""In standard deviations of a level's noise, itself 1.4826 times the median magnitude."""

SHORTEST = 7 * 2**LEVELS
"""Samples; below it the filters of the last level exceed the signal, which is mirrored first."""


def denoise(signal: np.ndarray) -> np.ndarray:
    """Remove baseline wander and fine noise.

    Parameters
    ----------
    signal : np.ndarray
        Float (n,) at 360 Hz, any unit. Short signals are mirrored at their ends first.

    Returns
    -------
    np.ndarray
        float64 (n,), same unit, no baseline.

    Raises
    ------
    SignalError
        If the signal is empty, not one-dimensional, or holds NaN or infinity.
    """
    signal = np.asarray(signal, np.float64)
    check_signal(signal)
    before = max(0, -(-(SHORTEST - len(signal)) // 2))
    coefficients = decompose(np.pad(signal, before, mode="symmetric"), LEVELS)
    coefficients[0] = np.zeros_like(coefficients[0])
    for level in range(1, NOISY_LEVELS + 1):
        coefficients[-level] = _shrink(coefficients[-level])
    return reconstruct(coefficients)[before : before + len(signal)]


def _shrink(detail: np.ndarray) -> np.ndarray:
    """Soft threshold at THRESHOLD times the noise."""
    magnitude = np.abs(detail)
    limit = THRESHOLD * (1.4826 * np.median(magnitude))
    # A flat level divides 0 by 0
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = np.clip(1 - limit / magnitude, 0, None)
    return detail * np.where(np.isnan(kept), 0, kept)

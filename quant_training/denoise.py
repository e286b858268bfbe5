"""sym4 wavelet denoising: baseline removed, fine details soft-thresholded.

The paper (arXiv 2505.03787) names the wavelet and the thresholding of detail coefficients, no
level or threshold; the constants here are the project's. Whole signals only: denoise, then cut.
"""

import numpy as np
import pywt

from quant_training.errors import SignalError
from quant_training.records import check_finite

WAVELET = "sym4"
LEVELS = 9
"""The approximation left after nine levels lies below 0.35 Hz at 360 Hz: the baseline."""
NOISY_LEVELS = 3
"""Details above 22.5 Hz are thresholded; slower ones carry the P, QRS and T waves."""
THRESHOLD = 3.0
"""In standard deviations of a level's noise, itself 1.4826 times the median magnitude."""

_SHORTEST = 7 * 2**LEVELS  # below this the filters at the last level exceed the signal


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
        If the signal is empty, not one-dimensional, or holds NaN.
    """
    signal = np.asarray(signal, np.float64)
    check_finite(signal, "signal")
    if not len(signal):
        raise SignalError("signal has 0 samples: pass at least one beat, 360 samples")
    before = max(0, -(-(_SHORTEST - len(signal)) // 2))
    padded = np.pad(signal, before, mode="symmetric")
    coefficients = pywt.wavedec(padded, WAVELET, mode="symmetric", level=LEVELS)
    coefficients[0] = np.zeros_like(coefficients[0])
    for level in range(1, NOISY_LEVELS + 1):
        detail = coefficients[-level]
        noise = 1.4826 * np.median(np.abs(detail))
        with np.errstate(invalid="ignore"):  # a flat level divides 0 by 0
            shrunk = pywt.threshold(detail, THRESHOLD * noise, mode="soft")
        coefficients[-level] = np.nan_to_num(shrunk, nan=0.0)
    clean = pywt.waverec(coefficients, WAVELET, mode="symmetric")
    return clean[before : before + len(signal)]

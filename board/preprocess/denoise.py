"""sym4 denoising: baseline removed, fine details soft-thresholded.

Same constants and integers as ``quant_training.denoise``, in numpy alone.
"""

import numpy as np

from board.errors import InputError
from board.preprocess.wavelet import decompose, reconstruct

LEVELS = 9
NOISY_LEVELS = 3
THRESHOLD = 3.0
"""In standard deviations of a level's noise, itself 1.4826 times the median magnitude."""

_SHORTEST = 7 * 2**LEVELS


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
    InputError
        If the signal is empty, not one-dimensional, or holds NaN or infinity.
    """
    signal = np.asarray(signal, np.float64)
    if signal.ndim != 1 or not len(signal):
        raise InputError(f"the signal has shape {signal.shape}, not (samples,): give one lead")
    bad = np.flatnonzero(~np.isfinite(signal))
    if len(bad):
        raise InputError(
            f"the signal holds {signal[bad[0]]} at sample {bad[0]} ({len(bad)} such samples): "
            "cut or interpolate them"
        )
    before = max(0, -(-(_SHORTEST - len(signal)) // 2))
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

"""R peaks of signals without annotations, by wfdb's XQRS detector, checked.

On short strips XQRS also reports onsets and T waves (measured in the tests): a candidate is kept
only if its QRS-band energy is comparable to the other candidates', and moved to the R peak.
"""

import contextlib
import io

import numpy as np
import pywt
from wfdb import processing

from quant_training.denoise import WAVELET, denoise
from quant_training.records import SAMPLE_RATE

REFRACTORY_S = 0.2
REACH_S = 0.06
"""How far from a candidate its R peak may lie."""
WEAKEST = 0.25
"""Of the median QRS energy; weaker candidates are T waves, P waves or noise."""


def detect(signal: np.ndarray) -> np.ndarray:
    """Find R peaks.

    Parameters
    ----------
    signal : np.ndarray
        Float (n,) at 360 Hz, raw or denoised.

    Returns
    -------
    np.ndarray
        int64 (beats,), ascending samples; empty where nothing looks like a beat.

    Raises
    ------
    SignalError
        If the signal is empty or holds NaN.
    """
    clean = denoise(signal)
    if np.ptp(clean) < 1e-9:
        return np.zeros(0, np.int64)
    detector = processing.XQRS(sig=clean, fs=SAMPLE_RATE)
    with contextlib.redirect_stdout(io.StringIO()):
        detector.detect(learn=True, verbose=False)
    candidates = np.asarray(detector.qrs_inds, np.int64)
    if not len(candidates):
        return candidates
    energy = _qrs_energy(clean)
    reach = round(REACH_S * SAMPLE_RATE)
    peaks, strengths = [], []
    for candidate in candidates:
        first = max(0, candidate - reach)
        around = slice(first, candidate + reach + 1)
        peaks.append(first + int(np.argmax(np.abs(clean[around]))))
        strengths.append(float(energy[around].max()))
    strong = np.array(strengths) >= WEAKEST * np.median(strengths)
    return _apart(np.array(peaks)[strong], np.array(strengths)[strong])


def _qrs_energy(clean: np.ndarray) -> np.ndarray:
    """Magnitude of the 11 to 45 Hz band, where the QRS complex is and T and P waves are not."""
    padded = np.pad(clean, (0, -len(clean) % 16 + 16), mode="edge")
    coefficients = pywt.wavedec(padded, WAVELET, mode="symmetric", level=4)
    kept = [c if level in (1, 2) else np.zeros_like(c) for level, c in enumerate(coefficients)]
    return np.abs(pywt.waverec(kept, WAVELET, mode="symmetric")[: len(clean)])


def _apart(peaks: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """Of peaks within the refractory time of each other only the strongest."""
    kept: list[int] = []
    for index in np.argsort(-strengths, kind="stable"):
        if all(abs(peaks[index] - other) >= REFRACTORY_S * SAMPLE_RATE for other in kept):
            kept.append(int(peaks[index]))
    return np.array(sorted(kept), np.int64)

"""The sym4 wavelet transform in numpy, rounding as PyWavelets 1.9 does.

Products are summed in the order of PyWavelets' loops, so that coefficients are equal to the last
bit where its build does not fuse multiply and add. Symmetric extension only.
"""

from typing import List

import numpy as np

WAVELET = "sym4"
# Daubechies, Ten Lectures on Wavelets (1992), table 6.3: least asymmetric, 4 vanishing moments
DECOMPOSE_LOW = (
    -0.07576571478927333,
    -0.02963552764599851,
    0.49761866763201545,
    0.8037387518059161,
    0.29785779560527736,
    -0.09921954357684722,
    -0.012603967262037833,
    0.0322231006040427,
)
TAPS = len(DECOMPOSE_LOW)
RECONSTRUCT_LOW = DECOMPOSE_LOW[::-1]
DECOMPOSE_HIGH = tuple(
    value if index % 2 else -value for index, value in enumerate(RECONSTRUCT_LOW)
)
RECONSTRUCT_HIGH = DECOMPOSE_HIGH[::-1]


def _filter_down(signal: np.ndarray, taps: tuple) -> np.ndarray:
    """Every second output of the convolution of the extended signal."""
    length = len(signal)
    extended = np.concatenate([signal[TAPS - 1 :: -1], signal, signal[: -TAPS - 1 : -1]])
    ends = np.arange(1, length + TAPS - 1, 2)
    output = np.zeros(len(ends))
    for tap, value in enumerate(taps):
        output += value * extended[ends + TAPS - tap]
    # Beyond the signal's end PyWavelets starts from the tap that meets the last sample
    for index in np.flatnonzero(ends >= length):
        beyond = ends[index] - length
        total = 0.0
        for tap in [*range(beyond, -1, -1), *range(beyond + 1, TAPS)]:
            total += taps[tap] * extended[ends[index] + TAPS - tap]
        output[index] = total
    return output


def _filter_up(coefficients: np.ndarray, taps: tuple) -> np.ndarray:
    """Convolution of the coefficients with zeros between them, where the filter fits."""
    half = TAPS // 2
    count = len(coefficients) - half + 1
    output = np.zeros(2 * count)
    for tap in range(half):
        part = coefficients[half - 1 - tap : half - 1 - tap + count]
        output[0::2] += taps[2 * tap] * part
        output[1::2] += taps[2 * tap + 1] * part
    return output


def decompose(signal: np.ndarray, levels: int) -> List[np.ndarray]:
    """Coefficients of a float64 signal (n,), n >= 8: approximation, then details, finest last."""
    details = []
    for _ in range(levels):
        details.append(_filter_down(signal, DECOMPOSE_HIGH))
        signal = _filter_down(signal, DECOMPOSE_LOW)
    return [signal, *details[::-1]]


def reconstruct(coefficients: List[np.ndarray]) -> np.ndarray:
    """Inverse of :func:`decompose`; at most one sample longer than the signal was."""
    signal = coefficients[0]
    for detail in coefficients[1:]:
        low = _filter_up(signal[: len(detail)], RECONSTRUCT_LOW)
        signal = low + _filter_up(detail, RECONSTRUCT_HIGH)
    return signal

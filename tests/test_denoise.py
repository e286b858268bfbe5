"""Wavelet transform and denoising are PyWavelets' to the last bit."""

import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st

from arrhythminet import denoise, records, wavelet
from arrhythminet.excerpt import excerpt


def by_pywavelets(signal: np.ndarray) -> np.ndarray:
    """The same denoising by PyWavelets' functions."""
    before = max(0, -(-(7 * 2**denoise.LEVELS - len(signal)) // 2))
    padded = np.pad(signal, before, mode="symmetric")
    coefficients = pywt.wavedec(padded, wavelet.WAVELET, mode="symmetric", level=denoise.LEVELS)
    coefficients[0] = np.zeros_like(coefficients[0])
    for level in range(1, denoise.NOISY_LEVELS + 1):
        detail = coefficients[-level]
        noise = 1.4826 * np.median(np.abs(detail))
        with np.errstate(invalid="ignore"):
            shrunk = pywt.threshold(detail, denoise.THRESHOLD * noise, mode="soft")
        coefficients[-level] = np.nan_to_num(shrunk, nan=0.0)
    clean = pywt.waverec(coefficients, wavelet.WAVELET, mode="symmetric")
    return clean[before : before + len(signal)]


@pytest.mark.parametrize("length", [8, 9, 13, 14, 15, 100, 3584, 5001])
def test_wavelet_coefficients_are_pywavelets_to_the_last_bit(length):
    signal = np.random.default_rng(length).normal(size=length)
    approximation, detail = pywt.dwt(signal, wavelet.WAVELET)
    ours = wavelet.decompose(signal, 1)
    np.testing.assert_array_equal(ours[0], approximation)
    np.testing.assert_array_equal(ours[1], detail)
    back = pywt.idwt(approximation, detail, wavelet.WAVELET)
    np.testing.assert_array_equal(wavelet.reconstruct(ours), back)


@settings(max_examples=30, deadline=None)
@given(
    length=st.integers(1, 9000), seed=st.integers(0, 2**31), scale=st.sampled_from([1e-3, 1, 50])
)
def test_any_signal_is_denoised_as_by_pywavelets(length, seed, scale):
    rng = np.random.default_rng(seed)
    signal = scale * (rng.normal(size=length) + np.sin(np.arange(length) / rng.uniform(1, 500)))
    np.testing.assert_array_equal(denoise.denoise(signal), by_pywavelets(signal))


def test_the_excerpt_is_denoised_as_by_pywavelets():
    signal = excerpt().signal
    np.testing.assert_array_equal(denoise.denoise(signal), by_pywavelets(signal))


@pytest.mark.mitdb
@pytest.mark.parametrize("name", ["100", "114", "203", "231"])
def test_a_record_is_denoised_as_by_pywavelets(mitdb, name):
    signal = records.read(name, mitdb).signal
    np.testing.assert_array_equal(denoise.denoise(signal), by_pywavelets(signal))

"""Denoising of a stream: the whole signal's transform, with a running noise estimate."""

import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st

from arrhythminet import denoise as whole
from arrhythminet import wavelet
from arrhythminet.errors import SignalError
from arrhythminet.frontend import denoiser
from arrhythminet.frontend.denoiser import DELAY, Denoiser
from arrhythminet.frontend.filter_bank import Join, Split
from tests.conftest import made_up_ecg

SIGNAL, _ = made_up_ecg(60)


def streamed(signal: np.ndarray, ends: list[int]) -> np.ndarray:
    stream = Denoiser()
    parts = [stream.push(chunk) for chunk in np.split(signal, sorted(ends))]
    return np.concatenate([*parts, stream.flush()])


@given(st.integers(8, 200), st.lists(st.integers(0, 200), max_size=6))
def test_a_levels_coefficients_are_pywavelets(length: int, ends: list[int]):
    signal = np.random.default_rng(length).normal(size=length)
    split = Split()
    parts = [split.push(chunk) for chunk in np.split(signal, sorted(ends))]
    low, high = np.concatenate([*parts, split.flush()], axis=1)
    expected = pywt.dwt(signal, wavelet.WAVELET, mode="symmetric")
    np.testing.assert_allclose(low, expected[0], atol=1e-12)
    np.testing.assert_allclose(high, expected[1], atol=1e-12)


@given(st.integers(8, 200), st.lists(st.integers(0, 200), max_size=6))
def test_a_level_is_joined_as_pywavelets_does(length: int, ends: list[int]):
    low, high = np.random.default_rng(length).normal(size=(2, length))
    join = Join()
    chunks = zip(np.split(low, sorted(ends)), np.split(high, sorted(ends)), strict=True)
    joined = np.concatenate([join.push(*chunk) for chunk in chunks])
    np.testing.assert_allclose(joined, pywt.idwt(low, high, wavelet.WAVELET), atol=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([0, 1, 700, 3583, 3584, 5001, 9000]), st.lists(st.integers(0, 9000)))
def test_chunks_of_any_size_give_the_same_samples(length: int, ends: list[int]):
    signal = SIGNAL[:length]
    ends = [end for end in ends if end <= length]
    clean = streamed(signal, ends)
    assert len(clean) == length
    assert np.array_equal(clean, streamed(signal, []))


@pytest.mark.parametrize("length", [3584, 3585, 5001, 21_600])
def test_without_threshold_it_is_the_whole_signals_denoising(monkeypatch, length: int):
    monkeypatch.setattr(whole, "THRESHOLD", 0.0)
    monkeypatch.setattr(denoiser, "THRESHOLD", 0.0)
    signal = SIGNAL[:length]
    np.testing.assert_allclose(streamed(signal, []), whole.denoise(signal), atol=1e-12)


def test_short_signals_are_denoised_as_whole_ones():
    signal = SIGNAL[:3583]
    assert np.array_equal(streamed(signal, [100, 2000]), whole.denoise(signal))


def test_where_the_noise_is_steady_it_is_the_whole_signals_denoising():
    difference = streamed(SIGNAL, []) - whole.denoise(SIGNAL)
    assert np.sqrt((difference**2).mean()) < 0.002


def test_the_threshold_follows_the_noise():
    noise = np.random.default_rng(0).normal(0, 0.2, 120 * 360)
    noise[: 60 * 360] /= 20
    clean = streamed(noise, [])
    assert clean[100 * 360 : 115 * 360].std() < 0.4 * 0.2


def test_a_sample_is_known_within_the_delay():
    stream, told = Denoiser(), 0
    for count in range(25, 8001, 25):
        told += len(stream.push(SIGNAL[count - 25 : count]))
        assert count - told <= DELAY


def test_state_does_not_grow_with_the_signal():
    stream = Denoiser()

    def size() -> int:
        banks = [*stream._splits, *stream._joins, *stream._shrinkers]
        return sum(np.size(value) for bank in banks for value in vars(bank).values())

    sizes = []
    for _ in range(6):
        stream.push(SIGNAL)
        sizes.append(size())
    assert max(sizes) < 10_000


@pytest.mark.parametrize("bad", [np.array([1.0, np.nan]), np.zeros((5, 2))])
def test_what_is_no_signal_is_refused(bad: np.ndarray):
    with pytest.raises(SignalError):
        Denoiser().push(bad)

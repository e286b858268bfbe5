"""What of a stream is usable: every fault has its reason, whatever the chunks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrhythminet.frontend.detector import Detector
from arrhythminet.frontend.quality import (
    FLAT,
    GAP,
    NO_ECG,
    NOISY,
    REASONS,
    SATURATED,
    USABLE,
    Judged,
    Quality,
    Second,
)
from arrhythminet.frontend.samples import Samples
from tests.conftest import made_up_ecg

SIGNAL, PEAKS = made_up_ecg(60)
HOLE = slice(20 * 360, 40 * 360)


def judged(signal: np.ndarray, ends: list[int] | None = None) -> tuple[list[Judged], list[Second]]:
    samples, detector, quality = Samples(), Detector(), Quality()
    beats, seconds = [], []
    for chunk in np.split(signal, sorted(ends or [])):
        steps = samples.push(chunk)
        found = detector.push(steps.values, steps.missing | steps.flat)
        more_beats, more_seconds = quality.push(steps, found)
        beats += more_beats
        seconds += more_seconds
    more_beats, more_seconds = quality.flush(detector.flush())
    return beats + more_beats, seconds + more_seconds


def with_hole(value) -> np.ndarray:
    signal = SIGNAL.copy()
    signal[HOLE] = value
    return signal


def test_a_clean_signal_is_usable_from_end_to_end():
    beats, seconds = judged(SIGNAL)
    assert [beat.reason for beat in beats] == [USABLE] * len(PEAKS)
    assert [second.reason for second in seconds] == [USABLE] * 60
    assert [second.first for second in seconds] == list(range(0, 60 * 360, 360))


@pytest.mark.parametrize(
    ("signal", "reason"),
    [
        (np.full(21_600, 0.7), FLAT),
        (np.random.default_rng(0).integers(-1, 2, 21_600) / 200, NO_ECG),
        (np.sin(2 * np.pi * 50 * np.arange(21_600) / 360), NO_ECG),
        (np.full(21_600, np.nan), GAP),
        (np.full(21_600, -163.84), GAP),
    ],
)
def test_what_is_no_ecg_has_no_usable_beat_or_second(signal: np.ndarray, reason: str):
    beats, seconds = judged(signal)
    assert all(beat.reason == NO_ECG for beat in beats)
    assert {second.reason for second in seconds} == {reason}


@pytest.mark.parametrize(("value", "reason"), [(1.3, FLAT), (np.nan, GAP), (-163.84, GAP)])
def test_seconds_in_a_hole_and_beats_at_its_edges_say_so(value: float, reason: str):
    beats, seconds = judged(with_hole(value))
    assert [s.reason for s in seconds[20:40]] == [reason] * 20
    assert {s.reason for s in seconds[:20] + seconds[40:]} == {USABLE}
    for beat, found in beats:
        touched = HOLE.start - 180 < beat.place < HOLE.stop + 180
        assert found == (reason if touched else USABLE)


@pytest.mark.parametrize("scale", [0.05, 0.3, 2])
def test_beats_that_noise_makes_are_noisy(scale: float):
    noise = np.random.default_rng(0).normal(0, scale, 60 * 360)
    beats, seconds = judged(noise)
    assert np.mean([beat.reason == NOISY for beat in beats]) > 0.97
    assert np.mean([second.reason == NOISY for second in seconds]) > 0.9


def test_a_burst_of_noise_is_noisy_and_its_surroundings_are_not():
    signal = SIGNAL.copy()
    signal[HOLE] += np.random.default_rng(0).normal(0, 1.5, 20 * 360)
    beats, _ = judged(signal)
    inside = [found for beat, found in beats if HOLE.start + 360 < beat.place < HOLE.stop - 360]
    outside = [found for beat, found in beats if not HOLE.start - 99 < beat.place < HOLE.stop + 999]
    assert np.mean([found == NOISY for found in inside]) > 0.95
    assert set(outside) == {USABLE}


def test_clipped_beats_are_saturated():
    beats, _ = judged(np.clip(4 * SIGNAL, -1.0, 1.0))
    assert np.mean([beat.reason == SATURATED for beat in beats]) > 0.95


def test_beats_that_stand_alone_are_no_ecg():
    signal = np.random.default_rng(0).normal(0, 0.002, 60 * 360)
    for place in (2000, 12_000, 20_000):
        signal[place - 20 : place + 20] += np.hanning(40)
    beats, _ = judged(signal)
    assert {beat.reason for beat in beats} == {NO_ECG}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 7200), max_size=12), st.sampled_from(["clean", "holes", "noise"]))
def test_chunks_of_any_size_are_judged_alike(ends: list[int], kind: str):
    signal = SIGNAL[:7200].copy()
    if kind == "holes":
        signal[1000:1800] = np.nan
        signal[3000:4800] = 0.1
        signal[5000:5600] = np.clip(signal[5000:5600], -0.2, 0.4)
    elif kind == "noise":
        signal += np.random.default_rng(1).normal(0, 0.4, len(signal))
    assert judged(signal, ends) == judged(signal)


def test_state_does_not_grow_with_the_signal():
    samples, detector, quality = Samples(), Detector(), Quality()
    for _ in range(10):
        steps = samples.push(SIGNAL)
        quality.push(steps, detector.push(steps.values, steps.missing))
    assert quality._marks.shape[1] <= 12 * 360
    assert len(quality._beats) + len(quality._noisy) < 100


def test_every_reason_is_a_word_of_its_own():
    assert len(set(REASONS)) == 6

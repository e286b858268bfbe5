"""From a stream to windows: where they are cut, what is left out and why, whatever the chunks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrhythminet import beats as beat_windows
from arrhythminet.denoise import denoise
from arrhythminet.frontend.front_end import (
    EDGE,
    FrontEnd,
    WindowedBeat,
    intervals,
    is_inverted,
)
from tests.conftest import made_up_ecg

SIGNAL, PEAKS = made_up_ecg(60)


def streamed(signal: np.ndarray, ends: list[int] | None = None) -> list[WindowedBeat]:
    front_end, beats = FrontEnd(), []
    for chunk in np.split(signal, sorted(ends or [])):
        beats += front_end.push(chunk)[0]
    return beats + front_end.flush()[0]


def comparable(beats: list[WindowedBeat]) -> list[tuple]:
    return [(*beat[:4], None if beat.window is None else beat.window.tolist()) for beat in beats]


def test_windows_are_those_of_the_whole_signal():
    beats = streamed(SIGNAL)
    places = np.array([beat.place for beat in beats])
    expected, kept = beat_windows.cut(denoise(SIGNAL), places)
    assert len(kept) == len(beats) == len(PEAKS)
    windows = np.array([beat.window for beat in beats])
    assert np.sqrt(((windows - expected) ** 2).mean()) < 0.002
    quantised = beat_windows.quantise(windows).astype(int) - beat_windows.quantise(expected)
    assert np.abs(quantised).max() <= 1


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 9000), max_size=8), st.sampled_from([500, 3000, 9000]))
def test_chunks_of_any_size_give_the_same_windows(ends: list[int], length: int):
    signal = SIGNAL[:length].copy()
    signal[2000:2600] = np.nan
    ends = [end for end in ends if end <= length]
    assert comparable(streamed(signal, ends)) == comparable(streamed(signal))


def test_a_beat_whose_window_leaves_the_signal_has_no_window():
    first = PEAKS[0]
    beats = streamed(SIGNAL[first - 150 :])
    assert (beats[0].place, beats[0].reason, beats[0].window) == (150, EDGE, None)
    assert beats[1].window is not None


def test_a_window_may_reach_a_little_beyond_the_signal_as_in_training():
    first = PEAKS[0]
    cut = SIGNAL[first - 170 :]
    beat = streamed(cut)[0]
    assert beat.reason != EDGE
    assert np.array_equal(beat.window[:10], np.full(10, beat.window[10]))


def test_intervals_across_a_gap_are_no_intervals():
    signal = SIGNAL.copy()
    signal[20 * 360 : 40 * 360] = np.nan
    beats = streamed(signal)
    assert {beat.stretch for beat in beats} == {0, 1}
    rhythm = intervals(beats)
    assert rhythm.shape == (len(beats), 2)
    assert np.abs(rhythm).max() < 0.02


def test_no_beats_have_no_intervals():
    assert intervals([]).shape == (0, 2)


def test_an_inverted_lead_is_recognised():
    assert not is_inverted(streamed(SIGNAL))
    assert is_inverted(streamed(-SIGNAL))
    assert not is_inverted([])


@pytest.mark.parametrize("length", [0, 1, 10, 720])
def test_short_signals_are_taken(length: int):
    assert len(streamed(SIGNAL[:length])) <= 3


def test_state_does_not_grow_with_the_signal():
    front_end = FrontEnd()
    for _ in range(6):
        front_end.push(SIGNAL)
    assert len(front_end._clean) < 12 * 360
    assert len(front_end._judged) < 60

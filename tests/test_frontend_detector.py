"""R peaks of a stream: what recordings do to them, and that chunks do not matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrhythminet.errors import SignalError
from arrhythminet.frontend import energy
from arrhythminet.frontend.detector import Beat, Detector, find_beats
from arrhythminet.frontend.samples import Samples
from arrhythminet.records import read
from arrhythminet.signal import LEAD
from quant_training.evaluation.beat_matching import in_flutter, score
from quant_training.evaluation.detector import WITHOUT_MLII, beats_of
from tests.conftest import made_up_ecg

SECONDS = 60
SIGNAL, PEAKS = made_up_ecg(SECONDS)
RNG = np.random.default_rng(0)


def places(beats: list[Beat]) -> np.ndarray:
    return np.array([beat.place for beat in beats], np.int64)


def errors(signal: np.ndarray, peaks: np.ndarray, first: float = 0) -> tuple[int, int]:
    """Missed and false beats from a second on."""
    found = places(find_beats(signal))
    result = score(peaks[peaks >= first * 360], found[found >= first * 360 - 54])
    return result.missed, result.false


def streamed(signal: np.ndarray, ends: list[int]) -> list[Beat]:
    """Beats of a signal that comes in chunks with these ends."""
    samples, detector, beats = Samples(), Detector(), []
    for chunk in np.split(signal, sorted(ends)):
        steps = samples.push(chunk)
        beats += detector.push(steps.values, steps.missing | steps.flat)
    return beats + detector.flush()


def ecg_with_t_waves(height: float, width: float) -> tuple[np.ndarray, np.ndarray]:
    """R waves of 1 mV, T waves of so many, ``width`` samples to 1/e."""
    time = np.arange(SECONDS * 360)
    peaks = np.arange(250, len(time) - 250, 300)
    signal = RNG.normal(0, 0.01, len(time))
    for offset, spread, amplitude in ((0, 5, 1.0), (100, width, height)):
        distance = time[:, None] - (peaks + offset)
        signal += (amplitude * np.exp(-((distance / spread) ** 2))).sum(axis=1)
    return signal, peaks


def test_every_beat_of_a_clean_signal_is_found_in_its_place():
    found = places(find_beats(SIGNAL))
    assert len(found) == len(PEAKS)
    assert np.abs(found - PEAKS).max() <= 1


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 5400), max_size=12), st.sampled_from(["clean", "gaps", "noise"]))
def test_chunks_of_any_size_give_the_same_beats(ends: list[int], kind: str):
    signal = SIGNAL[:5400].copy()
    if kind == "gaps":
        signal[1000:1800] = np.nan
        signal[3000:3005] = -999.0
        signal[4000:4800] = signal[4000]
    elif kind == "noise":
        signal += np.random.default_rng(1).normal(0, 0.3, len(signal))
    assert streamed(signal, ends) == find_beats(signal)


def test_chunks_of_one_sample_give_the_same_beats():
    signal = SIGNAL[:1500]
    assert streamed(signal, list(range(1, 1500))) == find_beats(signal)


def test_a_long_chunk_is_worked_on_in_blocks_with_the_same_beats():
    signal = np.tile(SIGNAL[: 72 * 300], 4)
    assert streamed(signal, []) == streamed(signal, list(range(0, len(signal), 7777)))


def test_state_does_not_grow_with_the_signal():
    detector, samples, sizes = Detector(), Samples(), []
    for _ in range(20):
        steps = samples.push(SIGNAL)
        detector.push(steps.values, steps.missing)
        selection = detector._selection
        kept = len(selection._passed) + len(selection._queue) + len(selection._heights)
        sizes.append(len(detector._energy._steps) + kept + len(detector._gaps))
    assert max(sizes[1:]) < 400


def test_a_beat_is_told_with_a_fixed_delay():
    later = [beat.told - beat.place for beat in find_beats(SIGNAL) if beat.place > 4 * 360]
    assert max(later) <= energy.DELAY + energy.REACH


@pytest.mark.parametrize("start", [0, 20])
def test_beats_are_found_again_within_3_s_of_a_burst(start: int):
    signal = SIGNAL.copy()
    burst = slice(start * 360, (start + 5) * 360)
    signal[burst] += np.random.default_rng(1).normal(0, 1.5, 5 * 360)
    assert errors(signal, PEAKS, start + 5 + 3) == (0, 0)


@pytest.mark.parametrize("factor", [0.25, 4, 10])
def test_beats_are_found_when_the_amplitude_changes(factor: float):
    signal = SIGNAL.copy()
    signal[len(signal) // 3 :] *= factor
    missed, false = errors(signal, PEAKS)
    assert missed <= 0.01 * len(PEAKS)
    assert false <= 1  # the step itself


@pytest.mark.parametrize("start", [0, 20])
@pytest.mark.parametrize("silence", ["constant", "one step of noise", "hum"])
def test_beats_are_found_at_once_after_a_silence_without_false_ones(start: int, silence: str):
    signal = SIGNAL.copy()
    hole = slice(start * 360, (start + 15) * 360)
    time = np.arange(15 * 360)
    signal[hole] = {
        "constant": 0.0,
        "one step of noise": np.random.default_rng(0).integers(-1, 2, len(time)) / 200,
        "hum": 0.2 * np.sin(2 * np.pi * 50 * time / 360),
    }[silence]
    found = places(find_beats(signal))
    after = score(PEAKS[hole.stop + 100 < PEAKS], found[found > hole.stop + 50])
    assert (after.missed, after.false) == (0, 0)


@pytest.mark.parametrize("level", [0.0, 0.7, -4.9, 19.0])
def test_a_constant_signal_has_no_beats(level: float):
    assert find_beats(np.full(36_000, level)) == []


def test_one_step_of_noise_has_no_beats():
    assert find_beats(RNG.integers(-1, 2, 36_000) / 200) == []


@pytest.mark.parametrize("frequency", [50, 60])
def test_mains_hum_has_no_beats_but_where_it_begins_and_ends(frequency: float):
    hum = np.sin(2 * np.pi * frequency * np.arange(36_000) / 360)
    assert all(not 200 < beat.place < 35_800 for beat in find_beats(hum))


@pytest.mark.parametrize("frequency", [50, 60])
def test_mains_hum_hides_no_beat(frequency: float):
    hum = 0.5 * np.sin(2 * np.pi * frequency * np.arange(len(SIGNAL)) / 360)
    assert errors(SIGNAL + hum, PEAKS) == (0, 0)


@pytest.mark.parametrize("height", [1, 2, 3, 4])
@pytest.mark.parametrize("width", [25, 40, 60])
def test_tall_t_waves_are_not_beats(height: float, width: float):
    signal, peaks = ecg_with_t_waves(height, width)
    assert errors(signal, peaks) == (0, 0)


def test_an_inverted_lead_has_the_same_beats_pointing_down():
    found = find_beats(-SIGNAL)
    assert np.abs(places(found) - PEAKS).max() <= 1
    assert all(beat.deflection < 0 for beat in found)


@pytest.mark.parametrize("rate", [25, 40, 120, 180, 240])
def test_rates_from_25_to_240_a_minute_are_followed(rate: float):
    time = np.arange(SECONDS * 360)
    peaks = np.arange(250, len(time) - 250, 360 * 60 / rate)
    interval = 360 * 60 / rate
    signal = np.random.default_rng(0).normal(0, 0.01, len(time))
    for place, spread, height in (
        (peaks, 5, 1.0),
        (peaks + min(90, 0.4 * interval), min(18, 0.12 * interval), 0.2),
    ):
        distance = time[:, None] - place
        signal += (height * np.exp(-((distance / spread) ** 2))).sum(axis=1)
    assert errors(signal, np.rint(peaks).astype(int)) == (0, 0)


def test_search_back_takes_no_t_wave_where_the_heart_pauses():
    signal, peaks = ecg_with_t_waves(3.0, 30)
    pause = slice(peaks[30] - 60, peaks[33] - 60)
    signal[pause] = np.random.default_rng(0).normal(0, 0.01, pause.stop - pause.start)
    assert errors(signal, np.delete(peaks, [30, 31, 32])) == (0, 0)


def test_a_weak_beat_is_found_by_search_back():
    signal = SIGNAL.copy()
    weak = PEAKS[30]
    signal[weak - 60 : weak + 60] *= 0.3
    assert errors(signal, PEAKS) == (0, 0)
    late = {beat.place: beat.told - beat.place for beat in find_beats(signal)}
    assert max(late.values()) > 200


@pytest.mark.parametrize("gap", ["NaN", "masked", "code", "flat"])
def test_no_beat_is_found_in_a_gap_or_at_its_edges_and_stretches_tell_it(gap: str):
    hole = slice(20 * 360, 40 * 360)
    signal = SIGNAL.copy()
    if gap == "masked":
        signal = np.ma.array(signal, mask=False)
        signal[hole] = np.ma.masked
    else:
        signal[hole] = {"NaN": np.nan, "code": -163.84, "flat": 1.3}[gap]
    found = find_beats(signal)
    outside = (hole.start - 80 > PEAKS) | (hole.stop + 80 < PEAKS)
    assert set(PEAKS[outside]) <= {beat.place + shift for beat in found for shift in (-1, 0, 1)}
    assert not [beat for beat in found if hole.start <= beat.place < hole.stop]
    assert [beat.stretch for beat in found] == [int(beat.place > hole.start) for beat in found]


def test_a_few_missing_samples_are_bridged():
    signal = SIGNAL.copy()
    signal[5000:5006] = np.nan
    found = find_beats(signal)
    assert np.abs(places(found) - PEAKS).max() <= 1
    assert {beat.stretch for beat in found} == {0}


@pytest.mark.parametrize("length", [0, 1, 10, 100, 300, 720])
def test_short_signals_are_taken(length: int):
    assert all(0 <= beat.place < length for beat in find_beats(SIGNAL[:length]))


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (np.zeros((10, 2)), r"shape \(10, 2\).*pass one lead"),
        (np.array(["a", "b"]), "holds no numbers"),
    ],
)
def test_what_is_no_lead_is_refused(bad: np.ndarray, said: str):
    with pytest.raises(SignalError, match=said):
        find_beats(bad)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(600, 2000))
def test_only_integers_matter_so_beats_do_not_depend_on_what_came_long_before(seed, length):
    steps = np.random.default_rng(seed).integers(-2000, 2000, length)
    present = np.zeros(length, bool)
    whole = energy.QrsEnergy().push(steps, present)
    later = energy.QrsEnergy().push(steps[200:], present[200:])
    reach = 200 + 2 * energy.DELAY
    assert [c[1:] for c in whole if c.centre >= reach] == [
        (c.centre + 200, *c[2:]) for c in later if c.centre + 200 >= reach
    ]


def test_words_are_as_wide_as_the_module_says():
    largest = np.array([20 * energy.STEPS_PER_MV, -20 * energy.STEPS_PER_MV])
    signal = largest[(np.arange(4000) // 9) % 2]
    band = energy.band_pass(signal, *energy.ENERGY_BAND)
    assert np.abs(band).max() < 1 << 14
    assert energy._energy(band).max() < 1 << 28


@pytest.mark.mitdb
@pytest.mark.parametrize("name", ["100", "104", "108", "118", "203", "208"])
def test_records_that_the_driver_got_wrong_are_right(mitdb, name: str):
    record = read(name, mitdb, WITHOUT_MLII.get(name, LEAD))
    found = places(find_beats(record.signal))
    annotated, detected = beats_of(record, "beats", found)
    result = score(annotated, detected)
    assert min(result.sensitivity, result.predictivity) > (0.985 if name == "203" else 0.993)
    assert result.in_place > (0.77 if name == "208" else 0.98)


@pytest.mark.mitdb
def test_ventricular_flutter_is_between_its_annotations(mitdb):
    record = read("207", mitdb)
    waves = record.peaks[record.symbols == "!"]
    assert in_flutter(record, waves).all()
    assert not in_flutter(record, record.peaks[record.symbols == "L"]).any()

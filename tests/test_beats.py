"""Denoising, windows, quantisation and the cache of beats."""

from pathlib import Path

import numpy as np
import pytest
import wfdb
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from arrhythminet import beats, classes, denoise, records
from arrhythminet.errors import BeatError, DataError, SignalError
from arrhythminet.stem import FORMS
from quant_training.data import dataset, sources
from tests.conftest import made_up_ecg


def test_denoising_removes_the_baseline():
    time = np.arange(36_000) / 360
    wander = 2 * np.sin(2 * np.pi * 0.15 * time)
    assert np.abs(denoise.denoise(wander)[3600:-3600]).max() < 0.2


def test_denoising_removes_most_of_white_noise_above_22_hz():
    noise = np.random.default_rng(1).normal(size=36_000)
    spectrum = np.abs(np.fft.rfft(denoise.denoise(noise))) / np.abs(np.fft.rfft(noise))
    assert np.median(spectrum[len(spectrum) // 4 :]) < 0.1


def test_denoising_keeps_the_r_peaks():
    signal, r_peaks = made_up_ecg()
    clean = denoise.denoise(signal)
    assert np.abs(clean[r_peaks] - signal[r_peaks]).max() < 0.4


@given(st.integers(1, 5000))
def test_denoising_keeps_the_length(length: int):
    assert denoise.denoise(np.sin(np.arange(length))).shape == (length,)


def test_a_signal_with_silence_stays_finite():
    signal = made_up_ecg()[0]
    signal[:9000] = 0
    assert np.isfinite(denoise.denoise(signal)).all()
    assert not denoise.denoise(np.zeros(5000)).any()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_denoising_names_a_bad_sample(value: float):
    signal = np.zeros(1000)
    signal[17] = value
    with pytest.raises(SignalError, match="at sample 17"):
        denoise.denoise(signal)


def test_windows_are_centred_on_the_peak():
    windows, kept = beats.cut(np.arange(2000.0), np.array([500, 1000]))
    assert kept.tolist() == [0, 1]
    assert np.array_equal(windows[1], np.arange(820.0, 1180.0))


@pytest.mark.parametrize(
    ("peak", "fits"), [(161, False), (162, True), (180, True), (838, True), (839, False)]
)
def test_windows_may_lack_18_samples_at_an_end(peak: int, fits: bool):
    windows, kept = beats.cut(np.arange(1000.0), np.array([peak]))
    assert len(windows) == len(kept) == fits


def test_missing_samples_repeat_the_end():
    windows, _ = beats.cut(np.arange(1000.0), np.array([170]))
    assert windows[0, :11].tolist() == [0.0] * 11


@given(hnp.arrays(np.float64, (3, 360), elements=st.floats(-1e3, 1e3, width=32)))
def test_quantised_beats_are_int8_z_scores(windows: np.ndarray):
    values = beats.quantise(windows)
    beats.check(values)
    for window, value in zip(windows, values, strict=True):
        if window.std() > 1e-6:
            scores = (window - window.mean()) / window.std()
            inside = np.abs(scores) < 7.9
            assert np.abs(value * beats.INPUT_SCALE - scores)[inside].max() <= 1 / 32 + 1e-6


@given(st.floats(0.01, 100), st.floats(-10, 10))
def test_gain_and_offset_do_not_change_a_beat(gain: float, offset: float):
    window = made_up_ecg(2)[0][None, 70:430]
    change = beats.quantise(window * gain + offset).astype(int) - beats.quantise(window)
    assert np.abs(change).max() <= 1


def test_a_flat_beat_becomes_zeros():
    assert not beats.quantise(np.full((1, 360), 3.3)).any()


def test_intervals_are_relative_to_the_mean_of_the_latest_ones():
    premature = beats.intervals(np.array([0, 300, 600, 800, 1200]))
    assert premature[0].tolist() == [0, 0]
    assert premature[3].tolist() == pytest.approx([200 / 275 - 1, 400 / 275 - 1])
    assert premature[4].tolist() == pytest.approx([400 / 300 - 1, 400 / 300 - 1])


@given(st.lists(st.integers(0, 2000), max_size=40), st.integers(1, 5))
def test_intervals_do_not_depend_on_the_heart_rate(between: list[int], factor: int):
    peaks = np.cumsum([0, *(value + 1 for value in between)])
    assert np.allclose(beats.intervals(peaks), beats.intervals(peaks * factor))


def test_rhythm_form_is_the_middle_of_the_window_then_both_intervals():
    window = made_up_ecg(2)[0][None, 70:430]
    values = beats.quantise(window, np.array([[-0.25, 0.5]]), "rhythm")
    beats.check(values)
    assert set(values[0, 300:330]) == {-32}
    assert set(values[0, 330:]) == {64}
    other = window.copy()
    other[:, :30] = 9.0
    assert np.array_equal(beats.quantise(other, np.array([[-0.25, 0.5]]), "rhythm"), values)


@pytest.mark.parametrize(
    ("rhythm", "message"),
    [(None, "give a signal"), (np.zeros((2, 2)), r"shape \(2, 2\), not \(1, 2\)")],
)
def test_rhythm_form_without_its_intervals_is_an_error(rhythm: np.ndarray | None, message: str):
    with pytest.raises(BeatError, match=message):
        beats.quantise(np.zeros((1, 360)), rhythm, "rhythm")


def test_an_unknown_form_is_an_error():
    with pytest.raises(BeatError, match="choose beat or rhythm"):
        beats.quantise(np.zeros((1, 360)), form="2s")


@pytest.mark.parametrize("shape", [(360,), (2, 359), (1, 360, 1)])
def test_wrong_beat_shape_names_the_right_one(shape: tuple[int, ...]):
    with pytest.raises(BeatError, match=r"not \(n, 360\)"):
        beats.quantise(np.zeros(shape))


def test_a_beat_with_nan_is_an_error():
    windows = np.zeros((3, 360))
    windows[2, 5] = np.nan
    with pytest.raises(SignalError, match="beat 2"):
        beats.quantise(windows)


def test_float_beats_are_refused_where_int8_is_needed():
    with pytest.raises(BeatError, match="float64"):
        beats.check(np.zeros((1, 360)))


def test_symbols_outside_the_five_classes_have_no_index():
    assert classes.class_indices(np.array(list("NLRAVjF"))).tolist() == [0, 1, 2, 3, 4, -1, -1]


def test_the_embedded_ecg_gives_its_three_beats():
    embedded = sources.embedded()
    assert np.abs(embedded.peaks - [191, 519, 848]).max() <= 2
    assert embedded.beats.shape == (3, 360)


def test_detected_peaks_of_a_made_up_ecg_are_its_peaks():
    signal, r_peaks = made_up_ecg()
    found = beats.from_signal(signal).peaks
    assert len(found) == len(r_peaks)
    assert np.abs(found - r_peaks).max() <= 2


def test_a_flat_signal_has_no_beats():
    with pytest.raises(BeatError, match="no whole beat"):
        sources.unannotated(np.zeros(2000), "a flat line")


@pytest.fixture
def small_database(record_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(dataset, "MITDB_RECORDS", ("900",))
    return record_folder


def test_beats_are_made_once(small_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = dataset.load(small_database, tmp_path / "cache")
    monkeypatch.setattr(dataset, "make", None)
    again = dataset.load(small_database, tmp_path / "cache")
    assert np.array_equal(made.beats, again.beats)
    assert again.scale == beats.INPUT_SCALE


def test_changed_records_are_read_again(small_database: Path, tmp_path: Path):
    before = dataset.load(small_database, tmp_path / "cache")
    signal, r_peaks = made_up_ecg()
    wfdb.wrann("900", "atr", r_peaks[1:], ["N"] * (len(r_peaks) - 1), write_dir=str(small_database))
    after = dataset.load(small_database, tmp_path / "cache")
    assert len(after.beats) == len(before.beats) - 1


def test_a_damaged_cache_is_an_error_that_says_delete(small_database: Path, tmp_path: Path):
    dataset.load(small_database, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(DataError, match="delete it"):
        dataset.load(small_database, tmp_path / "cache")


def test_an_incomplete_database_names_the_missing_file(small_database: Path, tmp_path: Path):
    (small_database / "900.dat").unlink()
    with pytest.raises(DataError, match=r"900\.dat is missing"):
        dataset.load(small_database, tmp_path / "cache")


@pytest.mark.mitdb
def test_beats_of_each_class_in_the_46_records_with_mlii(mitdb: Path):
    labels = dataset.load(mitdb).labels
    assert np.bincount(labels[labels >= 0]).tolist() == [74751, 8071, 7255, 2546, 7123]


@pytest.mark.mitdb
def test_both_forms_hold_the_same_beats(mitdb: Path):
    one, two = (dataset.load(mitdb, form=form) for form in FORMS)
    assert np.array_equal(one.peaks, two.peaks)
    assert np.array_equal(one.symbols, two.symbols)
    assert (np.abs(two.beats[two.symbols == "A", 300]).mean() > 15).all()


@pytest.mark.mitdb
@pytest.mark.parametrize("name", ["100", "114"])
def test_detected_peaks_are_the_annotated_ones(mitdb: Path, name: str):
    record = records.read(name, mitdb)
    annotated = record.peaks[np.isin(record.symbols, [*classes.AAMI, "F"])]
    annotated = annotated[annotated < 100_000]
    found = beats.from_signal(record.signal[:100_000]).peaks
    distance = np.abs(annotated[:, None] - found)
    assert (distance.min(axis=1) <= 18).mean() > 0.99
    assert (distance.min(axis=0) <= 18).mean() > 0.99


@pytest.mark.mitdb
def test_a_stretch_of_record_208_shows_n_and_v(mitdb: Path):
    source = sources.from_record("208", 12, mitdb)
    assert source.beats.shape == (12, 360)
    assert set(source.annotations.tolist()) >= {0, 4}
    assert source.signal is not None
    assert (source.peaks < len(source.signal)).all()


@pytest.mark.mitdb
def test_more_beats_than_a_record_has_is_an_error(mitdb: Path):
    with pytest.raises(BeatError, match="ask for fewer"):
        sources.from_record("208", 100_000, mitdb)

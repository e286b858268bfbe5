"""The board's numpy preprocessing gives the integers of the host's."""

import os
from pathlib import Path

import numpy as np
import pytest
import pywt
from hypothesis import given, settings
from hypothesis import strategies as st

from board.errors import InputError
from board.inputs import from_signal, prepare
from board.preprocess import beats, denoise, peaks, wavelet, wfdb212
from quant_training import beats as host_beats
from quant_training import denoise as host_denoise

STRIP_PEAKS = [191, 519, 848]
"""Annotated R peaks of record 101 in the excerpt that PyWavelets ships."""


def strip():
    return pywt.data.ecg() / 200.0


@pytest.mark.parametrize("length", [8, 9, 13, 14, 15, 100, 3584, 5001])
def test_wavelet_coefficients_are_pywavelets_to_the_last_bit(length):
    signal = np.random.default_rng(length).normal(size=length)
    approximation, detail = pywt.dwt(signal, "sym4")
    ours = wavelet.decompose(signal, 1)
    np.testing.assert_array_equal(ours[0], approximation)
    np.testing.assert_array_equal(ours[1], detail)
    np.testing.assert_array_equal(
        wavelet.reconstruct(ours), pywt.idwt(approximation, detail, "sym4")
    )


@settings(max_examples=30, deadline=None)
@given(
    length=st.integers(1, 9000), seed=st.integers(0, 2**31), scale=st.sampled_from([1e-3, 1, 50])
)
def test_any_signal_is_denoised_to_the_same_values(length, seed, scale):
    rng = np.random.default_rng(seed)
    signal = scale * (rng.normal(size=length) + np.sin(np.arange(length) / rng.uniform(1, 500)))
    np.testing.assert_array_equal(denoise.denoise(signal), host_denoise.denoise(signal))


def test_beats_of_the_excerpt_are_the_same_integers():
    windows, kept = beats.cut(denoise.denoise(strip()), STRIP_PEAKS)
    host_windows, host_kept = host_beats.cut(host_denoise.denoise(strip()), np.array(STRIP_PEAKS))
    np.testing.assert_array_equal(kept, host_kept)
    ours = beats.quantise(windows)
    np.testing.assert_array_equal(ours, host_beats.quantise(host_windows))
    assert ours.dtype == np.int8


def test_flat_windows_and_extremes_are_the_same_integers():
    windows = np.random.default_rng(3).normal(size=(50, 360))
    windows[0] = 7.5
    windows[1, 17] = 1e6
    np.testing.assert_array_equal(beats.quantise(windows), host_beats.quantise(windows))


def test_constants_are_the_hosts():
    for name in ("LEVELS", "NOISY_LEVELS", "THRESHOLD"):
        assert getattr(denoise, name) == getattr(host_denoise, name)
    for name in ("INPUT_SCALE", "EDGE_SAMPLES", "BEAT_SAMPLES", "RHYTHM_SAMPLES", "RHYTHM_STEPS"):
        assert getattr(beats, name) == getattr(host_beats, name)
    assert beats.LOCAL_INTERVALS == host_beats.LOCAL_INTERVALS


@settings(max_examples=50, deadline=None)
@given(between=st.lists(st.integers(0, 1000), max_size=30), seed=st.integers(0, 2**31))
def test_the_rhythm_form_is_the_same_integers(between, seed):
    found = np.cumsum([100, *between])
    rhythm = beats.intervals(found)
    np.testing.assert_array_equal(rhythm, host_beats.intervals(found))
    windows = np.random.default_rng(seed).normal(size=(len(found), 360))
    np.testing.assert_array_equal(
        beats.quantise(windows, rhythm, "rhythm"), host_beats.quantise(windows, rhythm, "rhythm")
    )


def test_windows_without_intervals_are_refused_for_a_rhythm_network():
    with pytest.raises(InputError, match="intervals between R peaks"):
        prepare(np.zeros((3, 360)), "MLII", "rhythm")
    ready, found = prepare(strip(), "MLII", "rhythm")
    assert ready.shape == (len(found), 360)


def test_peaks_of_the_excerpt_are_the_annotated_ones():
    found = peaks.find_peaks(denoise.denoise(strip()))
    assert len(found) == len(STRIP_PEAKS)
    assert np.abs(found - STRIP_PEAKS).max() <= 3


def test_a_flat_or_short_signal_has_no_beats():
    for signal in (np.zeros(5000), np.ones(100)):
        ready, found = from_signal(signal)
        assert ready.shape == (0, 360)
        assert len(found) == 0


@pytest.mark.parametrize("bad", [np.zeros((2, 2)), np.zeros(0), np.array([1.0, np.nan] * 200)])
def test_a_bad_signal_is_refused(bad):
    with pytest.raises(InputError):
        denoise.denoise(bad)


def write_record(folder, samples, form="212", lead="MLII", gain="200", rate=360):
    """Two leads (n, 2) as a WFDB record, by the format's description."""
    flat = samples.reshape(-1) & 0xFFF
    if form == "212":
        pairs = flat.reshape(-1, 2)
        high = (pairs[:, 0] >> 8) | (pairs[:, 1] >> 8 << 4)
        data = np.stack([pairs[:, 0] & 255, high, pairs[:, 1] & 255], 1).astype(np.uint8)
    else:
        data = samples.astype("<i2")
    (folder / "r.dat").write_bytes(data.tobytes())
    header = f"r 2 {rate} {len(samples)}\n"
    header += f"r.dat {form} 200 11 1024 0 0 0 V5\nr.dat {form} {gain} 11 1024 0 0 0 {lead}\n"
    (folder / "r.hea").write_text(header + "# a comment\n")
    return folder / "r"


@pytest.mark.parametrize("form", ["212", "16"])
def test_a_record_is_read_by_lead_name(tmp_path, form):
    samples = np.random.default_rng(4).integers(-2047, 2048, (1001, 2))
    record = write_record(tmp_path, samples, form)
    for path in (record, record.with_suffix(".hea"), record.with_suffix(".dat")):
        np.testing.assert_array_equal(
            wfdb212.read_lead(path, "MLII"), (samples[:, 1] - 1024.0) / 200.0
        )


def test_gain_with_baseline_is_understood(tmp_path):
    record = write_record(tmp_path, np.full((10, 2), 100), gain="50(20)/mV")
    np.testing.assert_array_equal(wfdb212.read_lead(record, "MLII"), np.full(10, 1.6))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lead": "V1"}, "no lead 'MLII', only V5, V1"),
        ({"rate": 250}, "250 samples per second"),
        ({"form": "80"}, "format 80"),
    ],
)
def test_an_unusable_record_says_why(tmp_path, change, message):
    record = write_record(tmp_path, np.zeros((10, 2), int), **change)
    with pytest.raises(InputError, match=message):
        wfdb212.read_lead(record, "MLII")


def test_a_truncated_record_says_so(tmp_path):
    record = write_record(tmp_path, np.zeros((100, 2), int))
    data = record.with_suffix(".dat")
    data.write_bytes(data.read_bytes()[:-30])
    with pytest.raises(InputError, match="holds 90 samples, r.hea says 100"):
        prepare(str(record), "MLII")


@pytest.mark.mitdb
@pytest.mark.parametrize("name", ["100", "114", "203", "231"])
def test_a_real_record_gives_the_hosts_integers_and_nearly_all_beats(name):
    from quant_training import records

    folder = Path(os.environ.get("MITDB_DIR") or "data/mitdb")
    if not (folder / f"{name}.hea").is_file():
        pytest.skip("needs the MIT-BIH records: set MITDB_DIR or run `make data`")
    record = records.read(name, folder)
    signal = wfdb212.read_lead(folder / name, "MLII")
    np.testing.assert_array_equal(signal, record.signal)
    clean = denoise.denoise(signal)
    windows, kept = host_beats.cut(host_denoise.denoise(record.signal), record.peaks)
    ours, ours_kept = beats.cut(clean, record.peaks)
    np.testing.assert_array_equal(kept, ours_kept)
    np.testing.assert_array_equal(beats.quantise(ours), host_beats.quantise(windows))
    annotated = record.peaks[np.isin(record.symbols, list("NLRAVFjeaJSEQ/f"))]
    found = peaks.find_peaks(clean)
    distance = np.abs(found[:, None] - annotated).min(axis=0)
    assert (distance <= 54).mean() > 0.98

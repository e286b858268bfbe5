"""Segments of a beat, borders by cardiologists and by the delineator, where attribution falls."""

from pathlib import Path

import numpy as np
import pytest
import wfdb

from arrhythminet.errors import DataError, RecordError
from quant_training.explain.waves import segments
from tests.conftest import made_up_ecg

BORDERS = np.array([90, 120, 160, 200, 240, 300.0])


def test_every_sample_is_in_one_segment_and_in_order():
    found = segments.segment(BORDERS[None])[0]
    assert [int((found == i).sum()) for i in range(7)] == [90, 30, 40, 40, 40, 60, 60]
    assert (np.diff(found) >= 0).all()


def test_without_p_wave_all_before_the_qrs_complex_is_before():
    borders = BORDERS.copy()
    borders[:2] = np.nan
    found = segments.segment(borders[None])[0]
    assert [int((found == i).sum()) for i in range(4)] == [160, 0, 0, 40]


def test_borders_outside_the_window_end_with_it():
    borders = np.array([-30, -5, 20, 60, 300, 420.0])
    found = segments.segment(borders[None])[0]
    assert [int((found == i).sum()) for i in range(7)] == [0, 0, 20, 40, 240, 60, 0]


def test_rhythm_sees_the_windows_middle_and_two_intervals():
    found = segments.segment(BORDERS[None], "rhythm")[0]
    whole = segments.segment(BORDERS[None])[0]
    assert np.array_equal(found[:300], whole[30:330])
    assert [segments.names("rhythm")[i] for i in (found[300], found[359])] == [
        "RR before",
        "RR after",
    ]


@pytest.mark.parametrize(
    ("column", "value", "fits"),
    [(0, np.nan, True), (2, np.nan, False), (5, np.nan, False), (3, 150, False), (1, 170, False)],
)
def test_beats_need_qrs_and_t_in_order_but_no_p(column, value, fits):
    borders = BORDERS.copy()
    borders[column] = value
    assert segments.complete(borders[None]).tolist() == [fits]


def ludb_like(folder: Path, name: str = "1") -> tuple[np.ndarray, np.ndarray]:
    """A record of 500 Hz with annotated waves of every beat but the first two; its R peaks."""
    signal, peaks = made_up_ecg(10)
    time = np.arange(round(len(signal) / 360 * 500)) / 500
    slow = np.interp(time, np.arange(len(signal)) / 360, signal)
    wfdb.wrsamp(
        name,
        fs=500,
        units=["mV", "mV"],
        sig_name=["i", "ii"],
        p_signal=np.column_stack([-slow, slow]),
        fmt=["16", "16"],
        write_dir=str(folder),
    )
    samples, symbols = [], []
    for peak in peaks[2:] / 360 * 500:
        for offset, symbol in zip(
            (-95, -76, -55, -14, 0, 16, 85, 125, 165), "(p)(N)(t)", strict=True
        ):
            samples.append(round(peak + offset))
            symbols.append(symbol)
    wfdb.wrann(name, "ii", np.array(samples), symbols, fs=500, write_dir=str(folder))
    return signal, peaks


@pytest.fixture
def annotated():
    pytest.importorskip("neurokit2")
    from quant_training.explain.waves import annotated

    return annotated


def test_annotated_beats_are_resampled_and_keep_their_borders(annotated, tmp_path):
    _, peaks = ludb_like(tmp_path)
    found = annotated.load("ludb", tmp_path)
    assert len(found.beats) == len(peaks) - 2
    expected = 180 + np.array([-95, -55, -14, 16, 85, 165]) * 360 / 500
    assert np.abs(found.borders - expected).max() <= 1.5
    assert found.beats.dtype == np.int8
    assert (found.beats[:, 170:190].max(axis=1) == found.beats.max(axis=1)).all()


def test_a_wave_without_onset_is_read_as_such(annotated):
    waves = annotated.parse(np.array([10, 20, 30, 50, 60]), ["(", "N", ")", "t", ")"])
    assert waves[0] == ("N", 10, 20, 30)
    assert waves[1][0] == "t"
    assert np.isnan(waves[1][1])


def test_records_of_mitdb_in_qtdb_are_left_out(annotated):
    names = ["sel100", "sel232", "sel14046", "sel30", "sele0104", "sel301"]
    assert [n for n in names if annotated._of_mitdb(n)] == ["sel100", "sel232"]


def test_no_named_folder_is_no_data_and_an_empty_one_an_error(annotated, tmp_path, monkeypatch):
    monkeypatch.delenv("LUDB_DIR", raising=False)
    assert annotated.folder_of("ludb", None) is None
    with pytest.raises(DataError, match="holds no WFDB records: unpack LUDB"):
        annotated.folder_of("ludb", tmp_path)
    monkeypatch.setenv("LUDB_DIR", str(tmp_path))
    with pytest.raises(DataError):
        annotated.folder_of("ludb", None)


def test_a_damaged_record_is_named(annotated, tmp_path):
    ludb_like(tmp_path)
    (tmp_path / "1.dat").write_bytes(b"12")
    with pytest.raises(RecordError, match=r"1 cannot be read"):
        annotated.load("ludb", tmp_path)


def test_delineator_finds_the_waves_of_a_made_up_ecg():
    pytest.importorskip("neurokit2")
    from arrhythminet.denoise import denoise
    from quant_training.explain.waves import delineate

    signal, peaks = made_up_ecg(20)
    found = delineate.delineate(denoise(signal), peaks) - peaks[:, None]
    inner = found[2:-2]
    assert segments.complete(inner + 180).mean() > 0.9
    p, qrs, t = (inner[:, i : i + 2] for i in (0, 2, 4))
    assert ((p[:, 0] < -55) & (p[:, 1] > -55)).mean() > 0.9
    assert ((qrs[:, 0] < 0) & (qrs[:, 0] > -25) & (qrs[:, 1] > 0) & (qrs[:, 1] < 30)).mean() > 0.9
    assert ((t[:, 0] < 90) & (t[:, 1] > 90)).mean() > 0.9
    one = delineate.strip(denoise(signal), peaks, 7) - peaks[7]
    assert np.allclose(one, found[7], atol=3)


def test_delineator_gives_unknown_borders_for_one_beat_and_flat_signals():
    pytest.importorskip("neurokit2")
    from quant_training.explain.waves import delineate

    assert np.isnan(delineate.delineate(np.zeros(1000), np.array([500]))).all()
    assert delineate.delineate(np.zeros(4000), np.array([500, 900, 1300])).shape == (3, 6)


def test_border_errors_count_what_is_missed_and_what_nobody_annotated():
    pytest.importorskip("neurokit2")
    from quant_training.explain.waves.delineate import errors_ms

    annotated = np.tile(BORDERS, (3, 1))
    found = annotated + 3.6
    found[0, 0] = np.nan
    annotated[1, 1] = np.nan
    table = errors_ms(found, annotated)
    assert table["P onset"]["missed"] == 1
    assert table["P offset"]["unannotated"] == 1
    assert table["QRS onset"]["mean_ms"] == pytest.approx(10)

"""WFDB files are read as the wfdb package reads them; damaged ones are one line."""

import numpy as np
import pytest
import wfdb

from arrhythminet import wfdb_files
from arrhythminet.errors import InputError, RecordError
from arrhythminet.records import MITDB_RECORDS


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
            wfdb_files.read_lead(path, "MLII"), (samples[:, 1] - 1024.0) / 200.0
        )


def test_gain_with_baseline_is_understood(tmp_path):
    record = write_record(tmp_path, np.full((10, 2), 100), gain="50(20)/mV")
    np.testing.assert_array_equal(wfdb_files.read_lead(record, "MLII"), np.full(10, 1.6))


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
        wfdb_files.read_lead(record, "MLII")


def test_annotations_far_apart_with_notes_and_a_rate_of_their_own(tmp_path):
    samples = np.array([10, 500, 3_000_000, 3_000_001, 3_200_000])
    symbols, notes = ["+", "N", "V", "~", "A"], ["(N", "", "a note", "", "odd"]
    for rate in (None, 720):
        wfdb.wrann(
            "r",
            "atr",
            samples,
            symbols,
            aux_note=notes,
            fs=rate,
            write_dir=str(tmp_path),
            num=np.array([0, 0, 1, 2, 0]),
            chan=np.array([0, 1, 0, 0, 0]),
        )
        read, kinds = wfdb_files.read_annotations(tmp_path / "r.atr")
        np.testing.assert_array_equal(kinds, symbols)
        np.testing.assert_array_equal(read, np.rint(samples * (360 / (rate or 360))))


@pytest.mark.parametrize("size", [0, 1, 4, 7])
def test_a_truncated_annotation_file_is_one_line(tmp_path, size):
    wfdb.wrann("r", "atr", np.array([10, 500_000]), ["N", "V"], write_dir=str(tmp_path))
    path = tmp_path / "r.atr"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(RecordError, match="truncated or damaged"):
        wfdb_files.read_annotations(path)


@pytest.mark.mitdb
@pytest.mark.parametrize("name", MITDB_RECORDS)
def test_annotations_of_mit_bih_are_wfdbs(mitdb, name):
    samples, symbols = wfdb_files.read_annotations(mitdb / f"{name}.atr")
    expected = wfdb.rdann(str(mitdb / name), "atr")
    np.testing.assert_array_equal(samples, expected.sample)
    np.testing.assert_array_equal(symbols, expected.symbol)


@pytest.mark.mitdb
@pytest.mark.parametrize("name", ["100", "102", "114", "203", "231"])
def test_signals_of_mit_bih_are_wfdbs(mitdb, name):
    expected = wfdb.rdrecord(str(mitdb / name))
    for index, lead in enumerate(expected.sig_name):
        ours = wfdb_files.read_lead(mitdb / name, lead)
        np.testing.assert_array_equal(ours, expected.p_signal[:, index])

"""Records: the lead by name, and every way a record can be unusable."""

from pathlib import Path

import numpy as np
import pytest
import pywt.data

from arrhythminet import records
from arrhythminet.errors import DataError, LeadError, RecordError, SignalError
from tests.conftest import made_up_ecg


def test_lead_is_chosen_by_name_not_by_place(record_folder: Path):
    record = records.read("900", record_folder)
    assert np.corrcoef(record.signal, made_up_ecg()[0])[0, 1] > 0.99


def test_annotations_come_as_samples_and_symbols(record_folder: Path):
    record = records.read("900", record_folder)
    assert np.array_equal(record.peaks, made_up_ecg()[1])
    assert record.symbols[:3].tolist() == ["N", "V", "N"]


def test_absent_lead_names_the_leads_there_are(record_folder: Path):
    with pytest.raises(LeadError, match=r"900.hea has no lead 'II', only V5, MLII"):
        records.read("900", record_folder, lead="II")


@pytest.mark.parametrize("suffix", [".hea", ".dat", ".atr"])
def test_missing_file_is_named(record_folder: Path, suffix: str):
    (record_folder / f"900{suffix}").unlink()
    with pytest.raises(RecordError, match=rf"900\{suffix} is missing"):
        records.read("900", record_folder)


@pytest.mark.parametrize("size", [0, 1, 1000, 20_000])
def test_truncated_samples_are_an_error(record_folder: Path, size: int):
    with (record_folder / "900.dat").open("r+b") as file:
        file.truncate(size)
    with pytest.raises(
        RecordError, match=r"900\.dat holds \d+ samples, .*10800: it is truncated"
    ) as caught:
        records.read("900", record_folder)
    assert "\n" not in str(caught.value)


def test_damaged_header_is_an_error(record_folder: Path):
    (record_folder / "900.hea").write_text("not a header\n")
    with pytest.raises(RecordError, match=r"900\.hea"):
        records.read("900", record_folder)


def test_other_sample_rate_is_an_error(record_folder: Path):
    header = record_folder / "900.hea"
    header.write_text(header.read_text().replace("900 2 360", "900 2 250"))
    with pytest.raises(SignalError, match="250 samples per second, not 360"):
        records.read("900", record_folder)


def test_invalid_sample_is_an_error_that_names_it(record_folder: Path):
    # -2048 is format 212's mark of an invalid sample; 6 bytes hold two samples of both leads.
    with (record_folder / "900.dat").open("r+b") as file:
        file.seek(3 * 100)
        file.write(bytes([0x00, 0x88, 0x00]))
    with pytest.raises(SignalError, match="nan at sample 100"):
        records.read("900", record_folder)


def test_folder_without_records_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MITDB_DIR", str(tmp_path))
    with pytest.raises(DataError, match="MITDB_DIR"):
        records.mitdb_folder()


@pytest.mark.mitdb
def test_record_114_has_the_lead_second(mitdb: Path):
    assert len(records.read("114", mitdb).signal) == 650_000


@pytest.mark.mitdb
@pytest.mark.parametrize("name", ["102", "104"])
def test_paced_records_lack_the_lead(mitdb: Path, name: str):
    with pytest.raises(LeadError, match="V5, V2"):
        records.read(name, mitdb)


@pytest.mark.mitdb
def test_the_embedded_ecg_is_record_101(mitdb: Path):
    stretch = records.read("101", mitdb).signal[5050:6074]
    assert np.allclose(np.diff(stretch) * 200, np.diff(pywt.data.ecg().astype(float)))

"""Download of MIT-BIH with a downloader made here: verified, resumed, nothing half-written."""

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from arrhythminet.errors import DataError
from quant_training import download as data

ROOT = Path(__file__).resolve().parent.parent
FILES = {"900.dat": b"samples" * 50, "900.hea": b"header", "900.atr": b"annotations"}
SUMS = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
SILENT = Console(file=io.StringIO())


class Server:
    """Serves FILES; appends to partial files, as wfdb does. ``broken`` maps a name to a fault."""

    def __init__(self, **broken: str) -> None:
        self.broken = {name.replace("_", "."): fault for name, fault in broken.items()}
        self.asked: list[str] = []

    def __call__(self, name: str, folder: Path) -> None:
        self.asked.append(name)
        fault = self.broken.get(name.replace("900", "f"))
        if fault == "down":
            raise ConnectionError("Max retries\nexceeded")
        there = (folder / name).stat().st_size if (folder / name).exists() else 0
        content = FILES[name][there:]
        if fault == "damaged":
            content = b"?" * len(content)
        with (folder / name).open("ab") as file:
            file.write(content)


def fetch(folder: Path, server: Server) -> int:
    return data.fetch(folder, server, SUMS, SILENT)


def test_all_files_arrive_and_only_they(tmp_path: Path):
    assert fetch(tmp_path, Server()) == 3
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == FILES


def test_a_second_run_asks_for_nothing(tmp_path: Path):
    fetch(tmp_path, Server())
    again = Server()
    assert fetch(tmp_path, again) == 0
    assert again.asked == []


def test_a_partial_file_is_continued(tmp_path: Path):
    (tmp_path / ".partial").mkdir()
    (tmp_path / ".partial/900.dat").write_bytes(FILES["900.dat"][:10])
    fetch(tmp_path, Server())
    assert (tmp_path / "900.dat").read_bytes() == FILES["900.dat"]


def test_a_damaged_partial_file_is_fetched_anew(tmp_path: Path):
    (tmp_path / ".partial").mkdir()
    (tmp_path / ".partial/900.dat").write_bytes(b"rubbish")
    fetch(tmp_path, Server())
    assert (tmp_path / "900.dat").read_bytes() == FILES["900.dat"]


def test_a_damaged_file_is_replaced(tmp_path: Path):
    fetch(tmp_path, Server())
    (tmp_path / "900.hea").write_bytes(b"Header")
    assert fetch(tmp_path, Server()) == 1
    assert (tmp_path / "900.hea").read_bytes() == FILES["900.hea"]


def test_without_network_the_error_names_the_way_out(tmp_path: Path):
    with pytest.raises(DataError, match="MITDB_DIR") as caught:
        fetch(tmp_path, Server(f_hea="down"))
    assert "\n" not in str(caught.value)
    assert "Max retries exceeded" in str(caught.value)


def test_a_file_that_stays_damaged_never_reaches_its_place(tmp_path: Path):
    with pytest.raises(DataError, match=r"900\.hea.*SHA-256"):
        fetch(tmp_path, Server(f_hea="damaged"))
    assert not (tmp_path / "900.hea").exists()


def test_an_interrupted_download_resumes_at_the_missing_file(tmp_path: Path):
    with pytest.raises(DataError):
        fetch(tmp_path, Server(f_atr="down"))
    resumed = Server()
    fetch(tmp_path, resumed)
    assert resumed.asked == ["900.atr"]


def test_three_files_are_listed_for_each_of_the_48_records():
    names = data.checksums()
    assert len(names) == 144
    assert {len(digest) for digest in names.values()} == {64}


def test_verify_fails_in_one_line_on_an_incomplete_copy(tmp_path: Path):
    run = subprocess.run(
        [sys.executable, "-m", "quant_training.download", "--verify"],
        env={"PATH": "", "PYTHONPATH": str(ROOT), "MITDB_DIR": str(tmp_path)},
        text=True,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.startswith("error: 144 of 144 files")
    assert run.stderr.count("\n") == 1


@pytest.mark.mitdb
def test_the_copy_at_hand_is_physionets(mitdb: Path):
    assert data.wrong_files(mitdb) == []

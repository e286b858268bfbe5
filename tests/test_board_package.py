"""The archive for the board is complete, checked and installs with its notebook."""

import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pytest
from typer import Typer
from typer.testing import CliRunner

from arrhythminet import golden
from board import package, samples

STEM = "v1-w4a4"

app = Typer()
app.command()(package.main)


@pytest.fixture
def build(tmp_path):
    folder = tmp_path / "build" / STEM
    folder.mkdir(parents=True)
    (folder / f"{STEM}.bit").write_bytes(b"bits")
    (folder / f"{STEM}.hwh").write_text("<xml/>")
    (folder / "network.json").write_text(json.dumps({"stem": STEM, "logit_scale": 0.5}))
    rng = np.random.default_rng(1)
    beats, logits = rng.integers(-128, 128, (20, 360), np.int8), rng.integers(-99, 99, (20, 5))
    known = golden.Golden(beats, logits, rng.integers(-1, 5, 20), 0.5, {})
    golden.save(known, folder / golden.FILE)
    return folder.parent


def make(build, *options):
    return CliRunner().invoke(app, ["--net", STEM, "--build", str(build), *options])


@pytest.fixture
def unpacked(build, tmp_path):
    run = make(build, "--beats", "12")
    assert run.exit_code == 0, run.output
    with tarfile.open(build / STEM / f"{STEM}-board.tar.gz") as archive:
        # Python before 3.11.4 has no filters
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(tmp_path / "board")
    return tmp_path / "board" / f"arrhythminet-{STEM}"


def test_every_checksum_holds(unpacked):
    lines = (unpacked / "SHA256SUMS").read_text().splitlines()
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((unpacked / name).read_bytes()).hexdigest() == digest
    files = [path for path in unpacked.rglob("*") if path.is_file()]
    assert len(files) == len(lines) + 1


def test_instructions_are_three_lines(unpacked):
    assert len((unpacked / "README.txt").read_text().splitlines()) == 3


def test_sample_beats_can_be_loaded(unpacked):
    found = samples.load([unpacked / "nothing", unpacked / "board" / "notebooks"])
    assert found.beats.shape == (12, 360)
    assert found.logits.shape == (12, 5)
    assert len(found.strip) == 1024


def test_notebook_names_the_packaged_network(unpacked):
    text = (unpacked / "board" / "notebooks" / "cycles_per_beat.ipynb").read_text()
    code = "".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    assert f'"NET", "{STEM}"' in code


def test_driver_needs_numpy_and_pynq_only(unpacked):
    script = (
        "import sys\n"
        "import board.driver, board.samples\n"
        "heavy = {'torch', 'pywt', 'wfdb', 'typer', 'hw', 'sim', 'quant_training', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=unpacked, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


def test_a_wheel_of_it_carries_notebook_bitstream_and_entry_point(unpacked, tmp_path):
    command = [sys.executable, "setup.py", "-q", "bdist_wheel", "-d", str(tmp_path / "wheel")]
    run = subprocess.run(command, cwd=unpacked, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    (wheel,) = (tmp_path / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry = next(name for name in names if name.endswith("entry_points.txt"))
        assert "arrhythminet = board.notebooks" in archive.read(entry).decode()
    for name in (f"{STEM}.bit", f"{STEM}.hwh", f"{STEM}.json", samples.FILE):
        assert f"board/notebooks/{name}" in names
    assert "board/notebooks/cycles_per_beat.ipynb" in names
    assert "arrhythminet/wavelet.py" in names


@pytest.mark.parametrize(
    ("name", "step"),
    [(f"{STEM}.bit", "bitstream"), ("network.json", "compile"), ("golden.npz", "compile")],
)
def test_a_missing_file_names_the_step_and_leaves_no_archive(build, name, step):
    (build / STEM / name).unlink()
    run = make(build)
    assert run.exit_code == 1
    assert f"make {step}" in run.output
    assert not list((build / STEM).glob("*.tar.gz*"))

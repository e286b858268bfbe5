"""The archive for the board is complete, checked and installs with its notebook."""

import hashlib
import json
import re
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
NOTEBOOKS = "arrhythminet_board/notebooks/v1_w4a4"

app = Typer()
app.command()(package.main)


def known_good(folder, **change):
    """What `make verify-bitstream` reports of the folder's bitstream."""
    digest = hashlib.sha256((folder / f"{STEM}.bit").read_bytes()).hexdigest()
    report = {"bitstream_sha256": digest, "rule_violations": 0, "beats": 100, "mismatches": 0}
    (folder / "report" / "verify_bitstream.json").write_text(json.dumps({**report, **change}))


@pytest.fixture
def build(tmp_path):
    folder = tmp_path / "build" / STEM
    folder.mkdir(parents=True)
    (folder / f"{STEM}.bit").write_bytes(b"bits")
    (folder / f"{STEM}.hwh").write_text("<xml/>")
    (folder / "network.json").write_text(json.dumps({"stem": STEM, "logit_scale": 0.5}))
    (folder / "report").mkdir()
    (folder / "report" / "host_cpu.json").write_text('{"microseconds_per_beat": 900}')
    known_good(folder)
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


def test_text_says_what_is_proven_of_the_bitstream(unpacked):
    text = (unpacked / "README.txt").read_text()
    assert "gives PyTorch's logits for 100 beats" in text


def test_text_says_when_the_circuit_was_not_simulated(build, tmp_path):
    known_good(build / STEM, beats=0, mismatches=None)
    assert make(build).exit_code == 0
    with tarfile.open(build / STEM / f"{STEM}-board.tar.gz") as archive:
        text = archive.extractfile(f"arrhythminet-{STEM}/README.txt").read().decode()
    assert "was not simulated" in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rule_violations": 3}, "breaks 3 rules"),
        ({"mismatches": 7}, "differs in 7 beats"),
        ({"bitstream_sha256": "0" * 64}, "is about another file"),
    ],
)
def test_a_bitstream_that_is_not_known_to_be_right_is_not_packed(build, change, message):
    known_good(build / STEM, **change)
    run = make(build)
    assert run.exit_code == 1
    assert message in run.output
    assert "make verify-bitstream" in run.output
    assert not list((build / STEM).glob("*.tar.gz*"))


def test_a_second_delivery_replaces_the_first(unpacked):
    assert f"get-notebooks -f arrhythminet-{STEM} " in (unpacked / "README.txt").read_text()


def test_another_bitstream_is_another_version(build, unpacked):
    def version():
        assert make(build, "--beats", "12").exit_code == 0
        with tarfile.open(build / STEM / f"{STEM}-board.tar.gz") as archive:
            text = archive.extractfile(f"arrhythminet-{STEM}/setup.py").read().decode()
        return next(line for line in text.splitlines() if "version" in line)

    first = version()
    assert first in (unpacked / "setup.py").read_text()
    (build / STEM / f"{STEM}.bit").write_bytes(b"rebuilt")
    known_good(build / STEM)
    assert version() != first


def test_licence_and_attribution_of_the_beats_are_in_it(unpacked):
    assert "BSD 3-Clause" in (unpacked / "LICENSE").read_text()
    text = (unpacked / "ATTRIBUTION.txt").read_text()
    for word in ("MIT-BIH", "Moody", "ODC-BY 1.0", "opendatacommons.org/licenses/by/1-0"):
        assert word in text


def test_no_module_is_installed_under_somebody_elses_name(unpacked):
    tops = {path.name for path in unpacked.iterdir() if path.is_dir()}
    assert tops == {"arrhythminet", "arrhythminet_board"}
    for path in unpacked.rglob("*.py"):
        assert not re.search(r"^\s*(from|import) board\b", path.read_text(), re.MULTILINE), path


def test_sample_beats_can_be_loaded(unpacked):
    found = samples.load([unpacked / "nothing", unpacked / NOTEBOOKS])
    assert found.beats.shape == (12, 360)
    assert found.logits.shape == (12, 5)
    assert len(found.strip) == 1024


def test_notebook_names_the_packaged_network(unpacked):
    text = (unpacked / NOTEBOOKS / "cycles_per_beat.ipynb").read_text()
    code = "".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    assert f'"NET", "{STEM}"' in code


def test_driver_needs_numpy_and_pynq_only(unpacked):
    script = (
        "import sys\n"
        "import arrhythminet_board.driver, arrhythminet_board.samples\n"
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
        delivered = f"arrhythminet-{STEM} = {NOTEBOOKS.replace('/', '.')}"
        assert delivered in archive.read(entry).decode()
    for name in (f"{STEM}.bit", f"{STEM}.hwh", f"{STEM}.json", samples.FILE, "host_cpu.json"):
        assert f"{NOTEBOOKS}/{name}" in names
    assert f"{NOTEBOOKS}/cycles_per_beat.ipynb" in names
    assert "arrhythminet/wavelet.py" in names


@pytest.mark.parametrize(
    ("name", "step"),
    [
        (f"{STEM}.bit", "make bitstream"),
        ("network.json", "make compile"),
        ("golden.npz", "make compile"),
        ("report/host_cpu.json", "python -m sim.overlay.host_cpu"),
        ("report/verify_bitstream.json", "make verify-bitstream"),
    ],
)
def test_a_missing_file_names_the_step_and_leaves_no_archive(build, name, step):
    (build / STEM / name).unlink()
    run = make(build)
    assert run.exit_code == 1
    assert step in run.output
    assert not list((build / STEM).glob("*.tar.gz*"))

"""Wrong requests on the command lines: one line with the fix, status 1, nothing written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(folder: Path, module: str, *arguments: str, **environment: str):
    """Run a module of the project in another working folder, where it would leave its files."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        text=True,
        capture_output=True,
        check=False,
    )


def error_lines(result: subprocess.CompletedProcess) -> list[str]:
    return [
        line for line in (result.stdout + result.stderr).splitlines() if line.startswith("error:")
    ]


FAULTS = [
    ("quant_training.export", ["--net", "v9-w4a4"], "v9-w4a4"),
    ("quant_training.export", ["--source", "record", "--record", "999"], "999"),
    ("quant_training.train", ["--net", "v9-w4a4"], "v9-w4a4"),
    ("quant_training.train", ["--protocol", "fold"], "fold"),
    ("hw.compile", ["--net", "v9-w4a4"], "v9-w4a4"),
    ("hw.synth", ["--net", "v9-w4a4"], "v9-w4a4"),
    ("hw.bitstream", ["--net", "v9-w4a4"], "v9-w4a4"),
    ("sim.simulate", ["--net", "v9-w4a4"], "v9-w4a4"),
    ("sim.overlay.board_sim", ["--net", "v9-w4a4"], "v9-w4a4"),
    ("sim.demo", ["build/v9-w4a4/demo"], "v9-w4a4"),
]


@pytest.mark.parametrize(("module", "arguments", "named"), FAULTS)
def test_a_wrong_request_is_one_line_and_writes_nothing(module, arguments, named, tmp_path):
    result = run(tmp_path, module, *arguments, MITDB_DIR=str(tmp_path / "absent"))
    assert result.returncode == 1, result.stderr
    assert len(error_lines(result)) == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert named in error_lines(result)[0] or "MITDB_DIR" in error_lines(result)[0]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("cycles", ["0", "-5", "many"])
def test_an_impossible_interval_is_refused(cycles, tmp_path):
    result = run(tmp_path, "hw.compile", "--net", "v2-w4a4", "--ii", cycles)
    assert result.returncode != 0
    assert "--ii" in result.stderr
    assert list(tmp_path.iterdir()) == []

"""``python -m sim.overlay.board_sim``: golden beats compared, faults told in one line."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from arrhythminet import golden
from sim.overlay import board_sim, simulated_board, stand_in

pytestmark = pytest.mark.xdist_group("board")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder whose build/stand-in holds golden beats."""
    models = simulated_board.DEFAULT_FOLDER.resolve()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(simulated_board.SimulatedBoard.__init__, "__defaults__", (models, 100.0))
    build = tmp_path / "build" / stand_in.STEM
    build.mkdir(parents=True)
    beats = stand_in.random_beats(np.random.default_rng(1), 6, 360)
    known = golden.Golden(beats, stand_in.logits(beats), np.full(len(beats), -1), 1.0, {})
    golden.save(known, build / golden.FILE)
    return build


def run(*options):
    return CliRunner().invoke(board_sim.app, list(options))


def test_golden_beats_are_repeated_and_compared(folder):
    done = run("--net", stand_in.STEM, "--beats", "20")
    assert done.exit_code == 0, done.output
    assert "20 of 20 beats equal PyTorch's logits" in done.output
    report = json.loads((folder / "report" / "board_sim.json").read_text())
    assert report["mismatches"] == 0
    assert report["interval_cycles"] == [360, 360]
    assert report["kind"] == "simulated"


def test_a_difference_fails(folder):
    known = golden.load(folder / golden.FILE)
    known.logits[3, 2] += 1
    golden.save(known, folder / golden.FILE)
    done = run("--net", stand_in.STEM, "--beats", "6")
    assert done.exit_code == 1
    assert "5 of 6 beats equal" in done.output


def test_a_network_that_is_not_compiled_names_the_step(folder):
    done = run("--net", "v2-w4a4")
    assert done.exit_code == 1
    assert "make compile NET=v2-w4a4" in done.output


def test_a_missing_record_is_told(folder):
    done = run("--net", stand_in.STEM, "--record", str(Path("no") / "record"))
    assert done.exit_code == 1
    assert "record.hea is missing" in done.output

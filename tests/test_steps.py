"""Finished work is not repeated, and what was interrupted never counts as finished."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from arrhythminet import steps
from sim.runner import Bench

ROOT = Path(__file__).resolve().parent.parent
KILL = "os.kill(os.getpid(), signal.SIGKILL)"


def killed(script: str, folder: Path) -> None:
    """Run a script in ``folder`` that ends by SIGKILL."""
    lines = "import os, signal\nfrom pathlib import Path\nfrom arrhythminet import steps\n" + script
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    status = subprocess.run([sys.executable, "-c", lines], cwd=folder, env=environment).returncode
    assert status == -signal.SIGKILL


def write_file(path: Path) -> None:
    path.write_text("whole")


def write_folder(path: Path) -> None:
    path.mkdir()
    (path / "part").write_text("whole")


@pytest.mark.parametrize("make", [write_file, write_folder])
def test_finished_work_is_not_repeated_until_its_key_changes(tmp_path, make):
    output = tmp_path / "out"
    assert steps.once(output, "a", make)
    assert not steps.once(output, "a", lambda _: pytest.fail("made again"))
    assert steps.once(output, "b", make)
    assert not steps.finished(output, "a")


@pytest.mark.parametrize("make", [write_file, write_folder])
def test_an_output_that_was_deleted_is_made_again(tmp_path, make):
    output = tmp_path / "out"
    steps.once(output, "a", make)
    output.rename(tmp_path / "elsewhere")
    assert steps.once(output, "a", make)


@pytest.mark.parametrize("make", ["p.write_text('half')", "p.mkdir(); (p / 'x').write_text('')"])
def test_killed_while_making_leaves_no_output(tmp_path, make):
    killed(f"def make(p):\n  {make}; {KILL}\nsteps.once(Path('out'), 'a', make)", tmp_path)
    output = tmp_path / "out"
    assert not output.exists()
    assert steps.once(output, "a", write_file)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "out.key"]


def test_killed_between_output_and_key_is_unfinished_even_for_the_key_before(tmp_path):
    output = tmp_path / "out"
    steps.once(output, "a", write_file)
    killed(
        f"steps.write_text = lambda *_: {KILL}\n"
        "steps.once(Path('out'), 'b', lambda p: p.write_text('other'))",
        tmp_path,
    )
    assert not steps.finished(output, "a")
    assert not steps.finished(output, "b")
    assert steps.once(output, "a", write_file)
    assert output.read_text() == "whole"


def test_killed_while_writing_in_place_is_unfinished(tmp_path):
    output = tmp_path / "out"
    steps.once(output, "a", write_file)
    killed(
        f"with steps.finishing(Path('out'), 'a'):\n  Path('out').write_text('half'); {KILL}",
        tmp_path,
    )
    assert not steps.finished(output, "a")


def test_a_fault_while_making_keeps_what_was_finished(tmp_path):
    output = tmp_path / "out"
    steps.once(output, "a", write_folder)

    def fail(partial: Path) -> None:
        write_folder(partial)
        raise steps.StepError("broke")

    with pytest.raises(steps.StepError, match="broke"):
        steps.once(output, "b", fail)
    assert steps.finished(output, "a")
    assert not output.with_name("out.tmp").exists()


def test_an_empty_folder_is_no_result(tmp_path):
    with pytest.raises(steps.StepError, match="came out empty"):
        steps.once(tmp_path / "out", "a", Path.mkdir)


def test_a_simulation_killed_while_verilator_runs_is_built_again(tmp_path, monkeypatch):
    (tmp_path / "wire.sv").write_text("module wire_top; endmodule\n")
    make = "Bench('wire', [Path('wire.sv')], 'wire_top', build_root=Path('.'))"
    killed(
        "import sim.runner\nfrom sim.runner import Bench\n"
        "def half(_, build_dir, **kw):\n"
        f"  (build_dir / 'wire_top').write_text('half'); {KILL}\n"
        f"sim.runner.Verilator.build = half\n{make}.build()",
        tmp_path,
    )
    monkeypatch.chdir(tmp_path)
    built = []
    monkeypatch.setattr(
        "sim.runner.Verilator.build",
        lambda _, build_dir, **kw: built.append((build_dir / "wire_top").write_text("whole")),
    )
    Bench("wire", [Path("wire.sv")], "wire_top", build_root=Path(".")).build()
    assert built
    assert (tmp_path / "wire" / "wire_top").read_text() == "whole"


def test_a_failed_step_keeps_nothing_and_is_tried_again(tmp_path):
    output = tmp_path / "made"

    def fail(partial):
        partial.write_text("half")
        raise steps.StepError("broke")

    with pytest.raises(steps.StepError, match="broke"):
        steps.once(output, "key", fail)
    assert not list(tmp_path.iterdir())
    assert steps.once(output, "key", lambda partial: partial.write_text("whole"))
    assert not steps.once(output, "key", fail)
    assert output.read_text() == "whole"


def test_a_full_disk_is_an_error_that_names_the_file(tmp_path):
    def full(_):
        raise OSError(28, "No space left on device")

    with pytest.raises(steps.StepError, match="cannot write .*made: No space left on device"):
        steps.once(tmp_path / "made", "key", full)

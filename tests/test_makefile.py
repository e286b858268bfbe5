"""The front door: what `make` says, refuses and does not do twice. Nothing is installed here."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETUP_FILES = ("Makefile", "pyproject.toml", "constraints.txt", "scripts/setup.sh")


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "VENV"))}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={**clean, **environment},
        text=True,
        capture_output=True,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with the files that setup reads, and no environment."""
    for name in SETUP_FILES:
        target = tmp_path / "project" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    return tmp_path / "project"


@pytest.fixture
def environment(project: Path) -> Path:
    """Return an environment that setup made, whose Python writes its arguments to a log."""
    venv = project / ".venv"
    script(venv / "bin" / "python", f'echo "$@" >> {venv}/calls')
    script(venv / "bin" / "pip", "exit 1")
    (venv / ".created-by-setup").touch()
    return venv


def phony_targets() -> set[str]:
    return set(re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_help_lists_every_target():
    listed = set(re.findall(r"^  ([a-z-]+) ", make(ROOT, "help").stdout, re.MULTILINE))
    assert listed == phony_targets()


def test_make_alone_prints_help(project):
    assert make(project).stdout == make(project, "help").stdout


def test_setup_without_a_fitting_python_names_the_versions_and_creates_nothing(project, tmp_path):
    old = script(tmp_path / "python3.9", "exit 1")
    result = make(project, "setup", PYTHON=str(old))
    assert result.returncode != 0
    assert f"error: no Python 3.11 or 3.12 among: {old};" in result.stderr
    assert not (project / ".venv").exists()


def test_setup_without_ensurepip_names_the_package_to_install(project, tmp_path):
    bare = script(tmp_path / "python3.11", 'case "$2" in *ensurepip*) exit 1;; esac')
    result = make(project, "setup", PYTHON=str(bare))
    assert result.returncode != 0
    assert "sudo apt install python3.11-venv" in result.stderr
    assert not (project / ".venv").exists()


def test_setup_takes_torch_from_the_given_index_before_anything_needs_it(project, environment):
    result = make(project, "setup", TORCH_INDEX="https://example.org/cpu")
    assert result.returncode == 0, result.stderr
    calls = (environment / "calls").read_text().splitlines()
    torch = next(i for i, c in enumerate(calls) if "--index-url https://example.org/cpu" in c)
    rest = next(i for i, c in enumerate(calls) if "--constraint constraints.txt" in c)
    assert "torch==" in calls[torch]
    assert torch < rest


def test_setup_without_an_index_leaves_torch_to_the_default_one(project, environment):
    make(project, "setup")
    assert "--index-url" not in (environment / "calls").read_text()


def test_a_second_setup_installs_nothing(project, environment):
    make(project, "setup")
    before = (environment / "calls").read_text()
    assert make(project, "setup").returncode == 0
    assert (environment / "calls").read_text() == before


def test_changed_constraints_are_installed(project, environment):
    make(project, "setup")
    before = (environment / "calls").read_text()
    later = (environment / ".setup-done").stat().st_mtime + 10
    os.utime(project / "constraints.txt", (later, later))
    make(project, "setup")
    assert len((environment / "calls").read_text()) > len(before)


def test_a_failed_installation_is_not_taken_for_a_finished_one(project, environment):
    script(environment / "bin" / "python", "exit 1")
    assert make(project, "setup").returncode != 0
    assert not (environment / ".setup-done").exists()


def test_an_environment_of_ones_own_is_used_as_it_is(project, tmp_path):
    own = tmp_path / "own"
    script(own / "bin" / "python", f'echo "$@" >> {own}/calls')
    assert make(project, "lint", f"VENV={own}").returncode == 0
    assert "pip" not in (own / "calls").read_text()


def test_fold_without_a_target_says_so_before_anything_runs(project, environment):
    result = make(project, "fold")
    assert result.returncode != 0
    assert "error: II is missing; for example: make fold NET=v2-w4a4 II=2000" in result.stderr
    assert not (environment / "calls").exists()


@pytest.mark.parametrize("net", ["v1-w4a4", "v1-w4a4-dsp0"])
def test_dsp_0_names_the_network_without_dsp_slices(project, environment, net):
    make(project, "setup")
    (environment / "calls").write_text("")
    assert make(project, "compile", f"NET={net}", "DSP=0").returncode == 0
    assert "-m hw.compile --net v1-w4a4-dsp0" in (environment / "calls").read_text()


def test_another_dsp_count_is_refused(project, environment):
    result = make(project, "compile", "DSP=20")
    assert result.returncode != 0
    assert "DSP=20: the only other choice is DSP=0" in result.stderr


@pytest.mark.parametrize("target", ["train", "evaluate", "demo RECORD=208"])
def test_targets_that_need_records_fetch_them_first(project, environment, target):
    make(project, "setup")
    (environment / "calls").write_text("")
    assert make(project, *target.split()).returncode == 0
    assert (environment / "calls").read_text().splitlines()[0] == "-m quant_training.download"


def test_the_demo_needs_no_records(project, environment):
    assert make(project, "demo").returncode == 0
    assert "quant_training.download" not in (environment / "calls").read_text()


def test_a_simulation_exports_the_beats_it_asks_for(project, environment):
    assert make(project, "simulate", "BEATS=20").returncode == 0
    calls = (environment / "calls").read_text().splitlines()
    assert "-m quant_training.export --net v2-w4a4 --beats 20" in calls
    assert "-m sim.simulate --net v2-w4a4 --beats 20" in calls


def test_every_pinned_dependency_agrees_with_the_constraints():
    def pins(text: str) -> dict[str, str]:
        return {n.lower(): v for n, v in re.findall(r'^ *"?([\w-]+)==([\w.]+)', text, re.MULTILINE)}

    constraints = pins((ROOT / "constraints.txt").read_text())
    for name, version in pins((ROOT / "pyproject.toml").read_text()).items():
        assert constraints[name] == version, name

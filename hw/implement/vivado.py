"""The vendor's bitstream flow: one non-project Vivado run over the same sources and constraints."""

import re
import shutil
from pathlib import Path

from arrhythminet import steps
from hw.errors import HardwareError
from hw.implement.device import PART
from hw.tools import program

SCRIPT = Path(__file__).with_name("vivado.tcl")
_ROWS = {
    "LUT": ("Slice LUTs", "CLB LUTs"),
    "LUTRAM": ("LUT as Memory",),
    "FF": ("Register as Flip Flop",),
    "DSP48E1": ("DSPs",),
    "RAMB18E1": ("RAMB18",),
    "RAMB36E1": ("RAMB36/FIFO",),
}


def available() -> bool:
    """Whether ``vivado`` is on PATH."""
    return shutil.which("vivado") is not None


def implement(sources: list[Path], top: str, xdc: Path, folder: Path, output: Path) -> None:
    """Run Vivado from sources to ``.bit``; logs and reports stay in ``folder``."""
    if not available():
        raise HardwareError("vivado is not on PATH; source settings64.sh of your installation")
    base = (folder / "vivado").resolve()
    command: list[str | Path] = [
        *("vivado", "-mode", "batch", "-nojournal", "-log", f"{base}.log"),
        *("-source", str(SCRIPT)),
        *("-tclargs", PART, top, str(xdc.resolve()), str(base)),
        *(path.resolve() for path in sources),
    ]

    def make(partial: Path) -> None:
        program.run("vivado", command, folder / "vivado.out", folder, Path(f"{base}.log"))
        Path(f"{base}.bit").replace(partial)

    steps.once(output, steps.digest([*sources, xdc, SCRIPT], top, PART), make)


def used(report: str) -> dict[str, int]:
    """Resources from the text of ``report_utilization``."""
    counts = {}
    for key, names in _ROWS.items():
        rows = "|".join(re.escape(name) for name in names)
        found = re.search(rf"^\|\s*(?:{rows})\*?\s*\|\s*([\d,.]+)\s*\|", report, re.MULTILINE)
        if found is None:
            raise HardwareError(f"Vivado's utilisation report has no row {names[0]!r}")
        counts[key] = round(float(found.group(1).replace(",", "")))
    return counts


def timing(report: str) -> tuple[float, float]:
    """Frequency reached and asked for, in MHz, from the text of ``report_timing_summary``."""
    slack = re.search(r"Design Timing Summary.*?\n\s*-+[- ]*\n\s*(-?[\d.]+)\s", report, re.DOTALL)
    clock = re.search(r"^ap_clk\s+\{[^}]*\}\s+([\d.]+)\s", report, re.MULTILINE)
    if slack is None or clock is None:
        raise HardwareError("Vivado's timing report has no slack or no clock ap_clk")
    period_ns = float(clock.group(1))
    return round(1000 / (period_ns - float(slack.group(1))), 2), round(1000 / period_ns, 3)


def report(folder: Path) -> dict:
    """``post_route.json`` of what lies in ``folder``."""
    fmax, asked = timing((folder / "vivado_timing.rpt").read_text())
    utilisation = (folder / "vivado_utilisation.rpt").read_text()
    tool = re.search(r"Tool Version\s*:\s*(.*)", utilisation)
    return {
        "stage": "routed",
        "fmax_mhz": fmax,
        "clock_mhz": asked,
        "constraints_met": fmax >= asked,
        "utilisation": used(utilisation),
        "tool": tool.group(1).strip() if tool else "Vivado",
    }

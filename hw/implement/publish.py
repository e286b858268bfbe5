"""Put a finished bitstream where people take it from, once nothing is known to be wrong with it."""

import json
import shutil
from pathlib import Path

from arrhythminet import steps
from arrhythminet.files import sha256, write_json
from hw.errors import HardwareError
from hw.implement import bitfile
from hw.overlay import hwh
from hw.readback import check

REPORT = "verify_bitstream.json"
BEATS = 100
"""Golden beats that VERIFY=full runs through the circuit in the file."""


def products(build: Path) -> dict[str, Path]:
    """Published files by suffix."""
    return {suffix: build / f"{build.name}{suffix}" for suffix in (".bit", ".bin", ".hwh")}


def withdraw(build: Path) -> None:
    """Delete published files: they are of another design, or wrong."""
    for path in products(build).values():
        path.unlink(missing_ok=True)


def check_rules(build: Path, bit: Path, database: Path, netlist: Path | None = None) -> None:
    """Read a bitstream back, apply the electrical rules, write ``report/verify_bitstream.json``.

    Not done again for the same file, so that the report of a simulation stays.

    Parameters
    ----------
    build : Path
        Build folder of the network.
    bit : Path
        The file.
    database : Path
        Project X-Ray's.
    netlist : Path, optional
        Mapped netlist that the file was made from.

    Raises
    ------
    HardwareError
        If a rule is broken; nothing of an earlier run stays published then.
    """
    path = build / "report" / REPORT
    if _passed(path, bit):
        return
    checked = check.check(bit, database, netlist)
    write_json(path, check.report(checked) | {"beats": 0, "mismatches": None})
    if checked.violations:
        withdraw(build)
        raise HardwareError(
            f"{bit} breaks {len(checked.violations)} rules and is not published; "
            f"{check.lines(checked.violations)[0]} "
            f"(all of them: python -m hw.verify_bitstream --net {build.name} --bit {bit})"
        )


def _passed(path: Path, bit: Path) -> bool:
    """Whether the report at ``path`` says of this very file that it breaks no rule."""
    try:
        report = json.loads(path.read_text())
    except (OSError, ValueError):
        return False
    return report.get("bitstream_sha256") == sha256(bit) and report.get("rule_violations") == 0


def demand_simulation(build: Path, database: Path | None) -> None:
    """Run golden beats through the circuit in the published file; withdraw it if a logit differs.

    Raises
    ------
    HardwareError
        With the number of beats that differ.
    """
    # The simulated board is sim's, which builds on hw; only this demand looks that way
    from hw.verify_bitstream import simulate

    checked = check.check(products(build)[".bit"], database)
    report = check.report(checked) | simulate(build.name, checked, BEATS)
    write_json(build / "report" / REPORT, report)
    if report["mismatches"]:
        withdraw(build)
        raise HardwareError(
            f"the circuit in the bitstream of {build.name} differs from PyTorch in "
            f"{report['mismatches']} of {report['beats']} beats; it is not published"
        )


def publish(build: Path, result: dict) -> None:
    """``report/post_route.json`` and, if the clock was met, ``<stem>.bit``, ``.bin``, ``.hwh``.

    Files of an earlier run go when this one missed its clock: they are of another design.
    """
    write_json(build / "report" / "post_route.json", result)
    bit = build / "bitstream" / "overlay.bit"
    outputs = products(build)
    if not result["constraints_met"]:
        withdraw(build)
        if result["stage"] != "routed":
            raise HardwareError(
                f"{build}/bitstream/nextpnr.log ends before routing: its figures are estimates of "
                "a placement; delete that folder and run again"
            )
        raise HardwareError(
            f"{result['fmax_mhz']} MHz reached of {result['clock_mhz']:g} MHz: try another --seed, "
            f"or a slower clock with --clock-mhz {int(result['fmax_mhz'])}"
        )
    key = steps.digest([bit])
    steps.once(outputs[".bin"], key, lambda partial: bitfile.write_bin(bit, partial))
    steps.once(outputs[".bit"], key, lambda partial: shutil.copyfile(bit, partial))
    hwh.write(build.name, result["clock_mhz"], outputs[".hwh"])

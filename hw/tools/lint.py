"""Lint every module of hw/rtl with Verilator, all warnings on, default parameters.

    python -m hw.tools.lint
    python -m hw.tools.lint hw/rtl/fifo.sv

Exits with 1 when a module has a warning.
"""

import sys
from pathlib import Path

from hw.errors import HardwareError
from hw.tools.verilator import lint

RTL = Path(__file__).resolve().parent.parent / "rtl"


def main(arguments: list[str]) -> int:
    """Lint the given files, by default the whole library; return the exit status."""
    files = [Path(argument) for argument in arguments] or sorted(RTL.glob("*.sv"))
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        print(f"no such file: {', '.join(missing)}; name files of {RTL}", file=sys.stderr)
        return 1
    try:
        reports = {file: lint([file], file.stem) for file in files}
    except HardwareError as error:
        print(error, file=sys.stderr)
        return 1
    for report in filter(None, reports.values()):
        print(report)
    bad = sum(bool(report) for report in reports.values())
    print(f"{len(files)} modules linted, {bad} with warnings")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

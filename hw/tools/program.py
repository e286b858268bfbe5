"""Run an outside program with its log kept; a failure is one line."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from hw.errors import HardwareError


def run(
    name: str,
    command: Sequence[str | Path],
    log: Path,
    folder: Path | None = None,
    own_log: Path | None = None,
) -> None:
    """Run the program ``name``, its output in ``log``; a failure names log and last error.

    ``own_log`` is a log that the program writes itself, read for the error when it is there.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as file:
            status = subprocess.run(
                [str(part) for part in command],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
    except OSError as error:
        raise HardwareError(f"{name} cannot run: {error}") from error
    if status != 0:
        logs = [path for path in (own_log, log) if path is not None and path.is_file()]
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        raise HardwareError(f"{name} failed ({how}): {_reason(logs)} (log: {logs[0]})")


def _reason(logs: list[Path]) -> str:
    """Last line of the logs that names an error, else their last line."""
    lines: list[str] = []
    for path in logs:
        lines += [line.strip() for line in path.read_text(errors="replace").splitlines()]
    lines = [line for line in lines if line]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it said nothing"])[-1][:300]

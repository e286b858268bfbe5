"""Steps that run a tool over files: repeated only when their inputs changed, never half-done.

:func:`once` is the one "do not repeat finished work"; where several outputs are written in
place, ask :func:`finished` before the work and write them under :func:`finishing`.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from arrhythminet.files import write_text
from hw.errors import HardwareError


def digest(paths: Iterable[Path], *settings: str) -> str:
    """SHA-256 over names and contents of files, in order, and over what else matters."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.name}\0".encode())
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    for setting in settings:
        total.update(f"\0{setting}".encode())
    return total.hexdigest()


def finished(output: Path, key: str) -> bool:
    """Whether ``output``, a file or a folder, is there as made from inputs with this key."""
    record = _record(output)
    return output.exists() and record.is_file() and record.read_text() == key


@contextmanager
def finishing(output: Path, key: str) -> Iterator[None]:
    """Do the last part of some work: from its beginning ``output`` counts as unfinished.

    It is :func:`finished` again when the block has ended without a fault. Interrupted in between,
    even by a signal that nothing can catch, it stays unfinished.
    """
    record = _record(output)
    record.unlink(missing_ok=True)
    yield
    write_text(record, key)


def once(output: Path, key: str, make: Callable[[Path], object]) -> bool:
    """Make ``output`` unless it was made from inputs with the same ``key``.

    Parameters
    ----------
    output : Path
        The file or folder to make; ``<output>.key`` beside it records what it was made from.
    key : str
        Digest of everything that the output depends on, see :func:`digest`.
    make : callable
        Writes the file, or makes the folder, at the path it is given; renamed to ``output``
        when it returns.

    Returns
    -------
    bool
        Whether it had to be made.

    Raises
    ------
    HardwareError
        If nothing was made, or the disk refuses. What was there before stays as it was.
    """
    if finished(output, key):
        return False
    partial = output.with_name(output.name + ".tmp")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        _remove(partial)
        make(partial)
        if _is_empty(partial):
            raise HardwareError(f"{output.name} came out empty; logs are in {output.parent}")
        with finishing(output, key):
            if partial.is_dir():
                _remove(output)
            partial.replace(output)
    except OSError as error:
        raise HardwareError(f"cannot write {output}: {error.strerror or error}") from error
    finally:
        _remove(partial)
    return True


def _record(output: Path) -> Path:
    return output.with_name(output.name + ".key")


def _is_empty(path: Path) -> bool:
    if path.is_dir():
        return not any(path.iterdir())
    return not path.is_file() or path.stat().st_size == 0


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


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

"""Work on files that is repeated only when its inputs changed, and never left half-done.

:func:`once` is the one "do not repeat finished work"; where several outputs are written in
place, ask :func:`finished` before the work and write them under :func:`finishing`.
"""

import hashlib
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterable, Iterator

from arrhythminet.errors import ArrhythmiNetError
from arrhythminet.files import sha256, write_text


class StepError(ArrhythmiNetError):
    """Some work left nothing behind, or the disk refused it."""


def digest(paths: Iterable[Path], *settings: str) -> str:
    """SHA-256 over names and contents of files, in order, and over what else matters."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.name}\0{sha256(path)}".encode())
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
    _remove(record)
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
    StepError
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
            raise StepError(f"{output.name} came out empty; logs are in {output.parent}")
        with finishing(output, key):
            if partial.is_dir():
                _remove(output)
            partial.replace(output)
    except OSError as error:
        raise StepError(f"cannot write {output}: {error.strerror or error}") from error
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
        shutil.rmtree(str(path))
    elif path.exists():
        path.unlink()

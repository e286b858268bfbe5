"""``python -m quant_training.download``: MIT-BIH from PhysioNet through wfdb, checksums verified.

A file arrives under ``.partial`` and moves to its place once its SHA-256 is PhysioNet's, so an
interrupted download resumes and a folder never holds a damaged file. Where ``MITDB_DIR`` is set
nothing is downloaded: that copy is verified.
"""

import contextlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
import wfdb
from rich.console import Console
from rich.progress import track

from arrhythminet.errors import DataError, run_cli
from arrhythminet.files import sha256
from arrhythminet.records import DATA

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

SUMS = Path(__file__).with_name("data") / "mitdb.sha256"
"""SHA-256 of the 144 .atr, .dat and .hea files, from PhysioNet's SHA256SUMS.txt (mitdb 1.0.0)."""
_ATTEMPTS = 3

Download = Callable[[str, Path], None]
"""Fetches one named file into a folder, appending to what is already there."""


def checksums(path: Path = SUMS) -> dict[str, str]:
    """File name to SHA-256."""
    pairs = (line.split() for line in path.read_text().splitlines() if line.strip())
    return {name: digest for digest, name in pairs}


def from_physionet(name: str, folder: Path) -> None:
    """Download one file of MIT-BIH; wfdb appends to a partial file."""
    with contextlib.redirect_stdout(io.StringIO()):
        wfdb.dl_files("mitdb", str(folder), [name], keep_subdirs=False, overwrite=False)


def wrong_files(folder: Path, sums: dict[str, str] | None = None) -> list[str]:
    """Names of files that are absent or whose checksum differs."""
    sums = checksums() if sums is None else sums
    return [
        name
        for name, digest in sums.items()
        if not (folder / name).is_file() or sha256(folder / name) != digest
    ]


def fetch(
    folder: Path,
    download: Download = from_physionet,
    sums: dict[str, str] | None = None,
    console: Console | None = None,
) -> int:
    """Bring ``folder`` to the complete data set.

    Parameters
    ----------
    folder : Path
        Where the files go.
    download : callable
        See :data:`Download`.
    sums : dict, optional
        File name to SHA-256; default PhysioNet's.

    Returns
    -------
    int
        Number of files downloaded; 0 when all were there.

    Raises
    ------
    DataError
        If a file cannot be fetched or stays wrong after three attempts.
    """
    sums = checksums() if sums is None else sums
    missing = wrong_files(folder, sums)
    partial = folder / ".partial"
    for name in track(missing, "MIT-BIH from PhysioNet", console=console, transient=True):
        partial.mkdir(parents=True, exist_ok=True)
        _fetch_one(name, sums[name], partial, download)
        (partial / name).replace(folder / name)
    if partial.is_dir() and not any(partial.iterdir()):
        partial.rmdir()
    return len(missing)


def _fetch_one(name: str, digest: str, partial: Path, download: Download) -> None:
    reason = ""
    for _ in range(_ATTEMPTS):
        try:
            download(name, partial)
        except Exception as error:
            reason = " ".join(str(error).split())[:160] or type(error).__name__
            continue
        if not (partial / name).is_file():
            reason = "nothing arrived"
        elif sha256(partial / name) == digest:
            return
        else:
            reason = f"its SHA-256 is not {digest[:12]}..."
            (partial / name).unlink()
    raise DataError(
        f"cannot fetch {name} of MIT-BIH from physionet.org ({reason}): check the network and run "
        "make data again, which resumes, or set MITDB_DIR to a copy"
    )


@app.command()
def main(
    verify: Annotated[bool, typer.Option("--verify", help="Check only, download nothing")] = False,
    folder: Annotated[Path, typer.Option(help="Where downloads go")] = DATA / "mitdb",
) -> None:
    """Download MIT-BIH, or verify the copy that MITDB_DIR names.

    Example: python -m quant_training.download --verify
    """
    copy = os.environ.get("MITDB_DIR")
    if copy or verify:
        place = Path(copy) if copy else folder
        wrong = wrong_files(place)
        if wrong:
            raise DataError(
                f"{len(wrong)} of {len(checksums())} files in {place} are missing or damaged, "
                f"first {wrong[0]}: replace them, or unset MITDB_DIR and run make data"
            )
        print(f"{place}: {len(checksums())} files, all SHA-256 as published")
        return
    count = fetch(folder)
    print(f"{folder}: complete, {count} files downloaded")


if __name__ == "__main__":
    run_cli(app)

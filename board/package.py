"""One archive to copy to the board: bitstream, handoff, driver, notebook, sample beats.

Runs on the host, on the files that the earlier steps left in ``build/<stem>``.
"""

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Dict, Optional

import numpy as np
import typer

import arrhythminet
from arrhythminet import golden
from arrhythminet.errors import ArrhythmiNetError
from arrhythminet.excerpt import excerpt
from arrhythminet.files import write_atomic
from arrhythminet.signal import LEAD, SAMPLE_RATE
from arrhythminet.wfdb_files import read_lead
from board import samples
from board.errors import BoardError

SOURCES = (Path(arrhythminet.__file__).parent, Path(__file__).parent)
HOST_ONLY = {"package.py"}

SETUP = """\
from setuptools import find_packages, setup

setup(
    name="arrhythminet-board",
    version="1.0.0",
    python_requires=">=3.8",
    packages=find_packages(),
    include_package_data=True,
    package_data={"board.notebooks": ["*"]},
    entry_points={"pynq.notebooks": ["arrhythminet = board.notebooks"]},
)
"""

INSTRUCTIONS = """\
sha256sum -c SHA256SUMS
sudo bash -lc "pip3 install --no-index --no-build-isolation $PWD"
sudo bash -lc 'pynq get-notebooks arrhythminet -p $PYNQ_JUPYTER_NOTEBOOKS'
"""


def contents(stem: str, build: Path, sample: samples.Samples) -> Dict[str, bytes]:
    """Files of the archive by name.

    Parameters
    ----------
    stem : str
        Network, such as ``v2-w4a4``.
    build : Path
        Folder that holds ``<stem>/<stem>.bit``, ``.hwh`` and ``network.json``.
    sample : Samples
        Beats for the notebook.

    Raises
    ------
    BoardError
        If a file is missing; names the step that makes it.
    """
    folder = build / stem
    needed = {
        f"{stem}.bit": folder / f"{stem}.bit",
        f"{stem}.hwh": folder / f"{stem}.hwh",
        f"{stem}.json": folder / "network.json",
    }
    for name, path in needed.items():
        if not path.is_file():
            step = "compile" if name.endswith(".json") else "bitstream"
            raise BoardError(f"{path} is missing: run `make {step} NET={stem}`")
    host = folder / "report" / "host_cpu.json"
    if host.is_file():
        needed["host_cpu.json"] = host
    files = {f"board/notebooks/{name}": path.read_bytes() for name, path in needed.items()}
    for folder in SOURCES:
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".ipynb") and path.name not in HOST_ONLY:
                name = path.relative_to(folder.parent).as_posix()
                files[name] = path.read_bytes()
    notebook = "board/notebooks/cycles_per_beat.ipynb"
    files[notebook] = files[notebook].replace(b'\\"v2-w4a4\\"', f'\\"{stem}\\"'.encode())
    stream = io.BytesIO()
    samples.save(sample, stream)
    files[f"board/notebooks/{samples.FILE}"] = stream.getvalue()
    files["setup.py"] = SETUP.encode()
    files["README.txt"] = INSTRUCTIONS.encode()
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(files.items())]
    files["SHA256SUMS"] = ("\n".join(sums) + "\n").encode()
    return files


def write(stem: str, files: Dict[str, bytes], archive: Path) -> None:
    """Write a ``.tar.gz``; the same files give the same bytes in it, whole or not at all."""

    def pack(partial: Path) -> None:
        with tarfile.open(partial, mode="w:gz") as tar:
            for name, data in sorted(files.items()):
                entry = tarfile.TarInfo(f"arrhythminet-{stem}/{name}")
                entry.size, entry.mode = len(data), 0o644
                tar.addfile(entry, io.BytesIO(data))

    write_atomic(archive, pack)


def strip_of(record: Optional[Path], seconds: float) -> "tuple[np.ndarray, str]":
    """ECG for the notebook: the start of the user's record, else the embedded excerpt."""
    if record is None:
        return excerpt()[:2]
    lead = read_lead(record, LEAD)[: int(SAMPLE_RATE * seconds)]
    return lead, f"{record.name}, {LEAD}, first {len(lead) / SAMPLE_RATE:g} s"


def main(
    net: str = typer.Option("v2-w4a4", help="stem of a network with a bitstream"),
    build: Path = typer.Option(Path("build"), help="build folder"),
    record: Optional[Path] = typer.Option(None, help="WFDB record for the ECG strip"),
    seconds: float = typer.Option(10.0, help="length of the strip", min=2.0),
    beats: int = typer.Option(500, help="sample beats, from golden.npz", min=1),
) -> None:
    """Write build/<net>/<net>-board.tar.gz and print how to install it.

    Example: python -m board.package --net v2-w4a4 --record data/mitdb/208
    """
    try:
        strip, title = strip_of(record, seconds)
        sample = samples.from_golden(build / net / golden.FILE, strip, title, beats)
        files = contents(net, build, sample)
    except ArrhythmiNetError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from None
    archive = build / net / f"{net}-board.tar.gz"
    write(net, files, archive)
    typer.echo(f"wrote {archive}: {archive.stat().st_size / 1e6:.1f} MB, {len(files)} files")
    typer.echo(
        f"Copy it to the board, unpack it, go to arrhythminet-{net} and run:\n{INSTRUCTIONS}"
    )


if __name__ == "__main__":
    typer.run(main)

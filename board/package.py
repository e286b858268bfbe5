"""One archive to copy to the board: bitstream, handoff, driver, notebook, sample beats.

Runs on the host, on the files that the earlier steps left in ``build/<stem>``.
"""

import hashlib
import io
import json
import re
import tarfile
from pathlib import Path
from typing import Dict, Optional

import numpy as np
import typer

import arrhythminet
from arrhythminet import golden
from arrhythminet.errors import ArrhythmiNetError
from arrhythminet.excerpt import excerpt
from arrhythminet.files import sha256, write_atomic
from arrhythminet.signal import LEAD, SAMPLE_RATE
from arrhythminet.wfdb_files import read_lead
from board import samples
from board.errors import BoardError

SOURCES = {"arrhythminet": Path(arrhythminet.__file__).parent, "board": Path(__file__).parent}
INSTALLED = "arrhythminet_board"
"""Top-level name of ``board`` on the PYNQ-Z2, where Adafruit Blinka owns ``board``."""
HOST_ONLY = {"package.py"}
NOTEBOOK = "cycles_per_beat.ipynb"
LICENSE = Path(__file__).resolve().parent.parent / "LICENSE"
_IMPORT = re.compile(rb"\b(from|import) board\b")

SETUP = """\
from setuptools import find_packages, setup

setup(
    name="arrhythminet-{stem}",
    version="1.0.0+{digest}",
    license="BSD-3-Clause, sample beats ODC-BY-1.0",
    python_requires=">=3.8",
    packages=find_packages(),
    include_package_data=True,
    package_data={{"{module}": ["*"]}},
    entry_points={{"pynq.notebooks": ["arrhythminet-{stem} = {module}"]}},
)
"""

INSTRUCTIONS = """\
sha256sum -c SHA256SUMS
sudo bash -lc "pip3 install --no-index --no-build-isolation $PWD"
sudo bash -lc 'pynq get-notebooks -f arrhythminet-{stem} -p $PYNQ_JUPYTER_NOTEBOOKS'
"""

ATTRIBUTION = """\
The sample beats and the ECG strip in {samples} are from the MIT-BIH Arrhythmia Database 1.0.0
(G. B. Moody and R. G. Mark, "The impact of the MIT-BIH Arrhythmia Database", IEEE Engineering in
Medicine and Biology 20(3), 45-50, 2001; PhysioNet, https://doi.org/10.13026/C2F305), made
available under the Open Data Commons Attribution License v1.0 (ODC-BY 1.0),
https://opendatacommons.org/licenses/by/1-0/. They were cut to beats, denoised and quantised.
A strip that was packed with --record is under the licence of its record instead.

Everything else is under the BSD 3-Clause License in LICENSE.
"""

README = """\
ArrhythmiNet {stem}: heartbeats classified by an FPGA, for the PYNQ-Z2 (image v3.0.1)

Bitstream: {checked}
Never run on a board, as far as this archive knows: you may be the first.

1. Copy the archive to the board, unpack it, and go to its folder.
2. The three lines below check that every file arrived whole, install the driver
   (packages arrhythminet and {installed}) and deliver the notebook, also over an earlier
   delivery (-f).

{instructions}
3. Open arrhythminet-{stem}/cycles_per_beat.ipynb in Jupyter and run all cells. It compares every
   beat's logits with PyTorch's and shows cycles a beat.

From Python, as root:

    from {installed}.driver import ArrhythmiNet
    with ArrhythmiNet("{stem}.bit") as net:
        print(net.classify("mitdb/208").summary())

Another network's archive installs beside this one. To remove: pip3 uninstall arrhythminet-{stem};
where a second network stays, install its archive again, since both share the driver.
Licences: LICENSE and ATTRIBUTION.txt.
"""


def checked(stem: str, folder: Path) -> str:
    """What is known of the bitstream in a build folder, in words.

    Raises
    ------
    BoardError
        If its electrical rules were not checked, or something in it is wrong.
    """
    bit, path = folder / f"{stem}.bit", folder / "report" / "verify_bitstream.json"
    again = f"run `make verify-bitstream NET={stem}`"
    try:
        report = json.loads(path.read_text())
        digest, broken = report["bitstream_sha256"], report["rule_violations"]
        beats, wrong = report["beats"], report["mismatches"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BoardError(f"{bit} was never checked ({path}): {again}") from error
    if digest != sha256(bit):
        raise BoardError(f"{path} is about another file than {bit}: {again}")
    if broken or wrong:
        raise BoardError(f"{bit} breaks {broken} rules and differs in {wrong or 0} beats: {again}")
    rules = "read back from the file, no electrical rule is broken"
    if wrong is None:
        return f"{rules}; the circuit in it was not simulated."
    return f"{rules}; the circuit in it, simulated, gives PyTorch's logits for {beats} beats."


def contents(stem: str, build: Path, sample: samples.Samples) -> Dict[str, bytes]:
    """Files of the archive by name.

    Parameters
    ----------
    stem : str
        Network, such as ``v2-w4a4``.
    build : Path
        Folder that holds ``<stem>/<stem>.bit``, ``.hwh``, ``network.json`` and ``report/``.
    sample : Samples
        Beats for the notebook.

    Raises
    ------
    BoardError
        If a file is missing, or the bitstream is unchecked or wrong; names the step to run.
    """
    folder = build / stem
    needed = {
        f"{stem}.bit": folder / f"{stem}.bit",
        f"{stem}.hwh": folder / f"{stem}.hwh",
        f"{stem}.json": folder / "network.json",
        "host_cpu.json": folder / "report" / "host_cpu.json",
    }
    steps = {
        f"{stem}.json": f"make compile NET={stem}",
        "host_cpu.json": f"python -m sim.overlay.host_cpu --net {stem}",
    }
    for name, path in needed.items():
        if not path.is_file():
            step = steps.get(name, f"make bitstream NET={stem}")
            raise BoardError(f"{path} is missing: run `{step}`")
    said = checked(stem, folder)
    notebooks = f"{INSTALLED}/notebooks/{stem.replace('-', '_')}"
    files = {f"{notebooks}/{name}": path.read_bytes() for name, path in needed.items()}
    for name, package in SOURCES.items():
        installed = INSTALLED if name == "board" else name
        for path in sorted(package.rglob("*.py")):
            if path.name not in HOST_ONLY:
                place = f"{installed}/{path.relative_to(package).as_posix()}"
                files[place] = renamed(path.read_bytes())
    files[f"{notebooks}/__init__.py"] = b""
    text = renamed((SOURCES["board"] / "notebooks" / NOTEBOOK).read_bytes())
    files[f"{notebooks}/{NOTEBOOK}"] = text.replace(b'\\"v2-w4a4\\"', f'\\"{stem}\\"'.encode())
    maps = folder / samples.MAPS
    if maps.is_file():
        files[f"{notebooks}/{samples.MAPS}"] = maps.read_bytes()
    stream = io.BytesIO()
    samples.save(sample, stream)
    files[f"{notebooks}/{samples.FILE}"] = stream.getvalue()
    files["LICENSE"] = LICENSE.read_bytes()
    names = {"stem": stem, "installed": INSTALLED, "module": notebooks.replace("/", ".")}
    files["ATTRIBUTION.txt"] = ATTRIBUTION.format(samples=f"{notebooks}/{samples.FILE}").encode()
    instructions = INSTRUCTIONS.format(**names)
    files["README.txt"] = README.format(**names, checked=said, instructions=instructions).encode()
    digest = hashlib.sha256(sums(files).encode()).hexdigest()[:12]
    files["setup.py"] = SETUP.format(**names, digest=digest).encode()
    files["SHA256SUMS"] = sums(files).encode()
    return files


def renamed(source: bytes) -> bytes:
    """A module's or notebook's text with imports of ``board`` under its installed name."""
    return _IMPORT.sub(rb"\1 " + INSTALLED.encode(), source)


def sums(files: Dict[str, bytes]) -> str:
    """Lines for ``sha256sum -c``."""
    return "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())
    )


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
        f"Copy it to the board, unpack it, go to arrhythminet-{net} and run:\n"
        f"{INSTRUCTIONS.format(stem=net)}"
    )


if __name__ == "__main__":
    typer.run(main)

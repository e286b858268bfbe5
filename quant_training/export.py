"""``python -m quant_training.export``: model.onnx (QONNX) and golden.npz of a checkpoint.

What is up to date is said before PyTorch is imported, which takes seconds.
"""

import logging
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

import arrhythminet
from arrhythminet import golden, steps
from arrhythminet.classes import CLASSES
from arrhythminet.errors import DataError, GoldenError, run_cli
from arrhythminet.files import build_folder, sha256
from arrhythminet.records import mitdb_folder
from arrhythminet.stem import Stem
from quant_training import CHECKPOINTS
from quant_training.errors import CheckpointError

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

MODEL = "model.onnx"


@app.command()
def main(
    net: Annotated[str, typer.Option(help="Stem of a committed checkpoint")] = "v2-w4a4",
    beats: Annotated[
        int | None, typer.Option(min=1, help="Default: 200, or 20 of a record")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="test, record or embedded; default: test if data is there")
    ] = None,
    record: Annotated[str, typer.Option(help="With --source record")] = "208",
    output: Annotated[Path | None, typer.Option(help="Folder; default: build/<stem>")] = None,
    weights: Annotated[Path | None, typer.Option(help="Another checkpoint file")] = None,
) -> None:
    """Write build/<stem>/model.onnx and golden.npz.

    Examples: python -m quant_training.export --net v2-w4a4 --beats 200;
    python -m quant_training.export --source record --record 208 --output build/v2-w4a4/demo
    """
    path = weights or CHECKPOINTS / f"{Stem.parse(net).trained}.pt"
    if not path.is_file():
        raise CheckpointError(f"{path} is missing: train it with make train, or restore it (git)")
    folder = output or build_folder(net)
    selection = source or _default_source(), record, beats
    _export(net, path, folder, *selection)
    # The compiler reads build/<stem>, also when the beats are shown elsewhere.
    if folder != build_folder(net) and not _holds(build_folder(net), path):
        _export(net, path, build_folder(net), *selection)


def _export(
    net: str, path: Path, folder: Path, source: str, record: str, beats: int | None
) -> None:
    """Write both files of one folder, unless they are there, made from the same."""
    output = folder / golden.FILE
    packages = [Path(arrhythminet.__file__).parent, Path(__file__).parent]
    code = sorted(file for package in packages for file in package.rglob("*.py"))
    key = steps.digest([path, *code], net, source, record, str(beats))
    if steps.finished(output, key) and (folder / MODEL).is_file():
        print(f"{folder}/{MODEL}, {golden.FILE}: up to date")
        return
    from quant_training.net import checkpoint, exporting

    _, content = checkpoint.load(path, net)
    selected = exporting.choose(source, content["training"], record, beats)
    with steps.finishing(output, key):
        result = exporting.export(net, selected, folder, path)
    counted = np.bincount(result.labels, minlength=len(CLASSES))
    shown = ", ".join(f"{n} {c}" for c, n in zip(CLASSES, counted, strict=True))
    print(f"{folder}/{MODEL}, {golden.FILE}: {len(result.beats)} beats classified {shown}")


def _default_source() -> str:
    try:
        mitdb_folder()
    except DataError:
        return "embedded"
    return "test"


def _holds(folder: Path, path: Path) -> bool:
    """Whether ``folder`` holds an export of the checkpoint at ``path``, whatever its beats."""
    try:
        found = golden.load(folder / golden.FILE).meta["checkpoint_sha256"]
    except (GoldenError, KeyError):
        return False
    return (folder / MODEL).is_file() and found == sha256(path)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    run_cli(app)

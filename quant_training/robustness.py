"""``python -m quant_training.robustness``: accuracy against noise, R-peak jitter and gain errors.

Every network that was trained on protocol ``beat`` is tested on that protocol's test beats, made
again under each disturbance of disturbances.py; nothing is selected here. Writes
results/robustness.json, robustness.md and one plot per network, float against 4-bit.
"""

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from rich.progress import track

from arrhythminet.classes import CLASSES
from arrhythminet.errors import BeatError, run_cli
from arrhythminet.files import sha256, write_bytes
from quant_training import CHECKPOINTS
from quant_training.data import dataset, disturbances, noise, protocols
from quant_training.data.disturbances import CLEAN, LEVELS, ZERO_IS_CLEAN, Setting, axis
from quant_training.errors import CheckpointError
from quant_training.evaluation.metrics import macro_f1, predict
from quant_training.evaluation.robustness_report import draw, table
from quant_training.net import checkpoint, integers
from quant_training.net.models import ArrhythmiNet, NetConfig

PROTOCOL = "beat"
STEMS = ["v1-float32", "v1-w4a4", "v2-float32", "v2-w4a4"]
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def load(stem: str, checkpoints: Path) -> tuple[ArrhythmiNet, dict[str, Any]]:
    """A network as the hardware computes it, and what is reported of it.

    Raises
    ------
    UnknownNetError
        If the stem names no network.
    CheckpointError
        If it is missing, or was trained on another protocol: beats tested here may be among its
        training beats.
    """
    NetConfig.from_stem(stem)
    path = checkpoints / f"{stem}.pt"
    model, content = checkpoint.load(path, stem)
    training = content["training"]
    if training["protocol"] != PROTOCOL:
        raise CheckpointError(
            f"{path} was trained on protocol {training['protocol']}, which trains on test beats "
            f"of {PROTOCOL}: name a network of {PROTOCOL}"
        )
    integers.settle_(model)
    about = {
        "stem": stem,
        "form": training.get("form", "beat"),
        "seed": training["seed"],
        "checkpoint_sha256": sha256(path),
    }
    return model, about


def choose(labels: np.ndarray, rows: np.ndarray, count: int | None, seed: int) -> np.ndarray:
    """About ``count`` of ``rows``, each class rounded to its share but not to 0; all if ``None``.

    Parameters
    ----------
    labels : np.ndarray
        Class of every row of the data set.
    rows : np.ndarray
        Rows to choose from.

    Raises
    ------
    BeatError
        If there are fewer.
    """
    if count is None:
        return np.sort(rows)
    if count > len(rows):
        raise BeatError(f"{count} beats are asked for, the test side has {len(rows)}: ask for less")
    generator = np.random.default_rng(seed)
    chosen = []
    for index in range(len(CLASSES)):
        mine = np.sort(rows[labels[rows] == index])
        share = max(1, round(count * len(mine) / len(rows)))
        chosen.append(generator.permutation(mine)[:share])
    return np.sort(np.concatenate(chosen))


def measure(
    model: ArrhythmiNet, made: dict[Setting, np.ndarray], truth: np.ndarray, title: str
) -> dict[str, Any]:
    """Accuracy and macro F1 under every setting: kind to level, as a string, to figures.

    Returns
    -------
    dict
        ``clean`` holds figures, every other kind a dict of levels; level 0 of ``jitter`` and
        ``gain`` is ``clean``.
    """
    found: dict[Setting, dict[str, float]] = {}
    for setting, values in track(made.items(), title, transient=True):
        predicted = predict(model, values).argmax(1)
        found[setting] = {
            "accuracy": float((predicted == truth).mean()),
            "macro_f1": macro_f1(truth, predicted),
        }
    found.update({Setting(kind, 0): found[CLEAN] for kind in ZERO_IS_CLEAN})
    curves = {
        kind: {str(level): found[Setting(kind, level)] for level in axis(kind)} for kind in LEVELS
    }
    return {"clean": found[CLEAN], **curves}


def describe_noise(folder: Path | None) -> dict[str, Any]:
    """Where the noise comes from: which synthesis, or which recordings."""
    snr_db = "10 log10(S / N), S and N as nst measures them (quant_training/noise.py: gain)"
    if folder is None:
        return {"source": "synthesised", "version": noise.VERSION, "snr_db": snr_db}
    records = {
        kind: {"record": name, "sha256": sha256(folder / f"{name}.dat")}
        for kind, name in noise.RECORDS.items()
    }
    return {"source": "recorded", "records": records, "snr_db": snr_db}


@app.command()
def main(
    stems: Annotated[list[str], typer.Option("--net", help="Network; repeat for more")] = STEMS,
    output: Annotated[Path, typer.Option(help="Folder of the results")] = Path("results"),
    checkpoints: Annotated[Path, typer.Option(help="Folder of the .pt files")] = CHECKPOINTS,
    noise_folder: Annotated[
        Path | None,
        typer.Option("--noise", help="WFDB records bw, ma, em (NSTDB); default: synthesised"),
    ] = None,
    beats: Annotated[
        int | None,
        typer.Option(min=len(CLASSES), help="About so many test beats, stratified; default: all"),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of noise, jitter and choice of beats")] = 0,
    threads: Annotated[int, typer.Option(min=1)] = 1,
) -> None:
    """Test networks of protocol beat under noise, R-peak jitter and gain errors.

    Example: python -m quant_training.robustness --net v2-float32 --net v2-w4a4 --beats 4000
    """
    torch.set_num_threads(threads)
    nets = [load(stem, checkpoints) for stem in dict.fromkeys(stems)]
    makers = noise.SYNTHESISED if noise_folder is None else noise.recorded(noise_folder)
    data = dataset.load()
    side = protocols.split(data, PROTOCOL).test
    rows = choose(data.labels, side, beats, seed)
    truth = data.labels[rows]
    content: dict[str, Any] = {
        "data": "MIT-BIH Arrhythmia Database",
        "data_checksum": data.checksum,
        "protocol": PROTOCOL,
        "selection": "all test beats" if beats is None else "stratified subset of the test beats",
        "n": len(rows),
        "n_per_class": dict(zip(CLASSES, np.bincount(truth, minlength=5).tolist(), strict=True)),
        "seed": seed,
        "noise": describe_noise(noise_folder),
        "nets": {},
    }
    for form in sorted({about["form"] for _, about in nets}):
        bar = partial(track, description=f"records, form {form}", transient=True)
        made = disturbances.make(data, rows, form, makers, seed, track=bar)
        for model, about in nets:
            if about["form"] == form:
                figures = measure(model, made, truth, about["stem"])
                net, precision = about["stem"].split("-", 1)
                content["nets"].setdefault(net, {})[precision] = {**about, **figures}
    for net in content["nets"]:
        draw(content, net, output / f"robustness-{net}.png")
    write_bytes(output / "robustness.json", (json.dumps(content, indent=2) + "\n").encode())
    write_bytes(output / "robustness.md", table(content).encode())
    print(table(content), end="")


if __name__ == "__main__":
    run_cli(app)

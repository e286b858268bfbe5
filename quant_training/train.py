"""``python -m quant_training.train``: a float network, then its quantised ones.

A quantised network starts from the float one of the same protocol, form and seed and learns from
its probabilities too. The loop is fit.py's.
"""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console

from arrhythminet.beats import check_form
from arrhythminet.errors import StemError, run_cli
from arrhythminet.files import build_folder, sha256
from arrhythminet.stem import FORMS, Stem
from quant_training.evaluation.metrics import sentence
from quant_training.net import checkpoint
from quant_training.net.models import ArrhythmiNet, NetConfig
from quant_training.training.fit import TrainConfig, fit

GUIDED, AUXILIARY = 0.5, 0.1
"""Weights of guidance.py's losses where they are asked for, beside the cross entropy's 1."""
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def quantised_defaults(config: TrainConfig) -> TrainConfig:
    """``config`` where a quantised network's defaults differ: 4 bits need more, smaller steps."""
    return replace(config, epochs=30, batch=128, lr=2e-3)


def stem_of(net: str, protocol: str, form: str = "beat", seed: int = 0) -> str:
    """Stem of a network trained so.

    Raises
    ------
    StemError
        If ``net`` says more than network and precision: the options say the rest.
    """
    stem = Stem.parse(net)
    trained = replace(stem, dsp=True).hardware
    if trained != net:
        raise StemError(net, f"{trained}, with protocol, form and seed as options")
    return str(replace(stem, protocol=protocol, form=form, seed=seed))


def float_network(config: TrainConfig, resume: bool, console: Console) -> tuple[ArrhythmiNet, str]:
    """The float network that ``config``'s quantised one starts from, trained if there is none.

    One that was trained on the validation beats is passed over unless ``config`` is a refit too:
    they could not judge what starts from it.

    Returns
    -------
    model : ArrhythmiNet
        In evaluation mode.
    digest : str
        SHA-256 of its checkpoint.
    """
    net = f"{NetConfig.from_stem(config.net).net}-float32"
    stem = stem_of(net, config.protocol, config.form, config.seed)
    path = build_folder(stem) / f"{stem}.pt"
    for ready in (path, checkpoint.path_of(stem)):
        if ready.is_file():
            model, content = checkpoint.load(ready, stem)
            if config.refit or not content["training"].get("refit"):
                return model, sha256(ready)
    model, training = fit(
        replace(config, net=net), path.parent / "training", resume=resume, console=console
    )
    checkpoint.save(path, model, stem, training)
    return checkpoint.load(path, stem)[0], sha256(path)


@app.command()
def main(
    net: Annotated[str, typer.Option(help="v1-w4a4, v2-w4a4, v2-float32, ...")] = "v2-w4a4",
    protocol: Annotated[str, typer.Option(help="paper, beat or patient")] = "beat",
    form: Annotated[str, typer.Option(help=f"Input form: {' or '.join(FORMS)}")] = "beat",
    epochs: Annotated[
        int | None, typer.Option(min=0, help="Default: 40 for float, 30 for quantised networks")
    ] = None,
    float_epochs: Annotated[int, typer.Option(min=0)] = TrainConfig.epochs,
    epoch_beats: Annotated[int, typer.Option(min=1)] = TrainConfig.epoch_beats,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    augmented: Annotated[bool, typer.Option("--augment/--no-augment")] = True,
    guided: Annotated[
        bool, typer.Option("--guided", help="Keep Grad-CAM on the beat's waves in training")
    ] = False,
    auxiliary: Annotated[
        bool, typer.Option("--auxiliary", help="Learn intervals and QRS sizes beside the classes")
    ] = False,
    refit: Annotated[
        bool, typer.Option(help="Train on the validation beats too, keep the last epoch")
    ] = False,
    compiled: Annotated[bool, typer.Option("--compile/--no-compile")] = True,
    threads: Annotated[int, typer.Option(min=1)] = TrainConfig.threads,
    restart: Annotated[bool, typer.Option(help="Forget earlier runs")] = False,
    output: Annotated[Path | None, typer.Option(help="Default: build/<stem>/<stem>.pt")] = None,
) -> None:
    """Train a network; an interrupted run resumes where it stopped.

    A quantised network needs the float one of the same protocol, form and seed: it is taken from
    build/ or from the committed checkpoints, or trained first.

    Example: python -m quant_training.train --net v2-w4a4 --protocol beat --seed 0
    """
    target = NetConfig.from_stem(net)
    stem = stem_of(net, protocol, form, seed)
    check_form(form)
    torch.set_flush_denormal(True)
    console = Console()
    config = TrainConfig(
        net=net,
        protocol=protocol,
        form=form,
        seed=seed,
        epochs=float_epochs,
        epoch_beats=epoch_beats,
        augment=augmented,
        guided=GUIDED if guided else 0.0,
        auxiliary=AUXILIARY if auxiliary else 0.0,
        refit=refit,
        compiled=compiled and shutil.which("g++") is not None,
        threads=threads,
    )
    start = None
    if target.quantised:
        start, origin = float_network(config, not restart, console)
        config = replace(quantised_defaults(config), float_net=origin)
    if epochs is not None:
        config = replace(config, epochs=epochs)
    folder = build_folder(stem)
    model, training = fit(config, folder / "training", start, not restart, console)
    path = output or folder / f"{stem}.pt"
    checkpoint.save(path, model, stem, training)
    print(f"{path}: {sentence(training['validation'])}")


if __name__ == "__main__":
    run_cli(app)

"""``python -m quant_training.train``: float training, then quantisation-aware fine-tuning.

One flat loop. Model and epoch are selected on validation beats carved from the training side;
test beats are never looked at here, see evaluate.py. Every random number of an epoch comes from
(seed, stage, epoch), so an interrupted run resumes to the same result.
"""

import copy
import math
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import torch
import typer
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn
from torch.nn import functional

from quant_training import calibrate, checkpoint
from quant_training.augment import augment
from quant_training.errors import run_cli
from quant_training.files import build_folder
from quant_training.metrics import as_input, macro_f1, predict
from quant_training.models import ArrhythmiNet, NetConfig, build
from quant_training.stage import Beats, Stage, restore

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True)
class TrainConfig:
    """What decides the result of a run."""

    net: str = "v2-w4a4"
    protocol: str = "beat"
    seed: int = 0
    float_epochs: int = 40
    epochs: int = 25  # quantised, after the float ones; unused for float32 nets
    epoch_beats: int = 24_000  # drawn anew each epoch
    balance: float = 0.5  # 0 draws classes as frequent as they are, 1 equally often
    batch: int = 256
    quantised_batch: int = 128  # more, smaller steps: 4 bits need them
    lr: float = 3e-3
    quantised_lr: float = 1e-3
    weight_decay: float = 0.02
    smoothing: float = 0.02
    distillation: float = 0.5  # weight of the float net's (teacher's) probabilities as targets
    temperature: float = 2.0
    average: float = 0.998  # decay per step of the averaged weights, which are what is kept
    augment: bool = True
    threads: int = 2  # results repeat only with the same number


def train(
    config: TrainConfig, folder: Path, resume: bool = True, console: Console | None = None
) -> tuple[ArrhythmiNet, dict[str, Any]]:
    """Train a network; ``folder`` keeps the state after every epoch.

    Returns
    -------
    model : ArrhythmiNet
        Averaged weights of the epoch with the best validation macro F1.
    training : dict
        Config, epochs, validation figures, seconds per epoch: goes into the checkpoint.
    """
    console = console or Console()
    torch.set_num_threads(config.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    target = NetConfig.from_stem(config.net)
    beats = Beats(config.protocol, config.balance, device)
    saved = restore(folder / "last.pt", asdict(config)) if resume else None
    seconds: list[float] = list(saved["seconds"]) if saved else []

    torch.manual_seed(config.seed)
    stage = Stage(
        "float",
        build(replace(target, weight_bits=None, act_bits=None)).to(device),
        None,
        config.float_epochs,
        config.lr,
        config.weight_decay,
    )
    while True:
        if saved is not None and saved["stage"] == stage.name:
            stage.load(saved)
        elif saved is not None and stage.name == "float":
            stage.model.load_state_dict(saved["teacher"])
            stage.epoch = stage.epochs
        while stage.epoch < stage.epochs:
            began = time.perf_counter()
            loss = _epoch(stage, beats, config, device, console)
            predicted = predict(stage.averaged, beats.validation).argmax(1)
            score = macro_f1(beats.validation_labels, predicted)
            stage.epoch += 1
            if score > stage.best:
                stage.best, stage.best_epoch = score, stage.epoch
                stage.best_state = copy.deepcopy(stage.averaged.state_dict())
            seconds.append(time.perf_counter() - began)
            accuracy = float((predicted == beats.validation_labels).mean())
            console.print(
                f"{stage.name} epoch {stage.epoch}/{stage.epochs}: loss {loss:.4f}, validation "
                f"accuracy {accuracy:.4f}, macro F1 {score:.4f} (best {stage.best:.4f}), "
                f"{seconds[-1]:.1f} s"
            )
            stage.save(folder / "last.pt", asdict(config), seconds)
        if stage.best_epoch:
            stage.model.load_state_dict(stage.best_state)
        if stage.name == "quantised" or not target.quantised:
            break
        quantised = calibrate.quantised(stage.model, target, beats.train)
        teacher = stage.model.eval().requires_grad_(False)
        stage = Stage(
            "quantised",
            quantised,
            teacher,
            config.epochs,
            config.quantised_lr,
            config.weight_decay,
        )

    model = stage.model.cpu().eval()
    model.snap_bias_()
    predicted = predict(model, beats.validation).argmax(1)
    return model, {
        **asdict(config),
        "best_epoch": stage.best_epoch,
        "validation_accuracy": float((predicted == beats.validation_labels).mean()),
        "validation_macro_f1": macro_f1(beats.validation_labels, predicted),
        "n_train": len(beats.train),
        "n_validation": len(beats.validation),
        "seconds_per_epoch": float(np.median(seconds)) if seconds else 0.0,
    }


def _epoch(
    stage: Stage, beats: Beats, config: TrainConfig, device: torch.device, console: Console
) -> float:
    """One epoch of draws; mean loss."""
    kind = 0 if stage.name == "float" else 1
    generator = torch.Generator().manual_seed((config.seed * 2 + kind) * 100_003 + stage.epoch)
    torch.manual_seed(config.seed)
    rows = torch.multinomial(beats.weights, config.epoch_beats, True, generator=generator)
    batches = rows.to(device).split(config.quantised_batch if kind else config.batch)
    stage.model.train()
    stage.averaged.train()
    total = 0.0
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"{config.net} {stage.name} {stage.epoch + 1}", total=len(batches))
        for step, batch in enumerate(batches):
            done = (stage.epoch + step / len(batches)) / stage.epochs
            warm = min(1.0, (stage.epoch * len(batches) + step + 1) / 100)
            for group in stage.optimizer.param_groups:
                group["lr"] = stage.lr * warm * 0.5 * (1 + math.cos(math.pi * done))
            beats_now = beats.train[batch].float()
            x = as_input(augment(beats_now, generator) if config.augment else beats_now)
            loss = _loss(stage, x, beats.train_labels[batch], config)
            stage.optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(stage.model.parameters(), 1.0)
            stage.optimizer.step()
            stage.average_(config.average, stage.epoch * len(batches) + step)
            total += loss.item()
            progress.advance(task)
    return total / len(batches)


def _loss(stage: Stage, x: Tensor, labels: Tensor, config: TrainConfig) -> Tensor:
    """Cross entropy, mixed with the teacher's softened probabilities where there is a teacher."""
    logits = stage.model(x)
    loss = functional.cross_entropy(logits, labels, label_smoothing=config.smoothing)
    if stage.teacher is None or not config.distillation:
        return loss
    with torch.no_grad():
        target = functional.softmax(stage.teacher(x) / config.temperature, dim=1)
    softened = functional.cross_entropy(logits / config.temperature, target)
    return (1 - config.distillation) * loss + config.distillation * config.temperature**2 * softened


def stem_of(net: str, protocol: str, seed: int = 0) -> str:
    """Stem of a trained network: the protocol unless it is ``beat``, the seed unless it is 0."""
    suffix = ("" if protocol == "beat" else f"-{protocol}") + (f"-s{seed}" if seed else "")
    return net + suffix


@app.command()
def main(
    net: Annotated[str, typer.Option(help="v1-w4a4, v2-w4a4, v2-float32, ...")] = "v2-w4a4",
    protocol: Annotated[str, typer.Option(help="paper, beat or patient")] = "beat",
    epochs: Annotated[int, typer.Option(min=0, help="Quantised epochs")] = TrainConfig.epochs,
    float_epochs: Annotated[int, typer.Option(min=0)] = TrainConfig.float_epochs,
    epoch_beats: Annotated[int, typer.Option(min=1)] = TrainConfig.epoch_beats,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    augmented: Annotated[bool, typer.Option("--augment/--no-augment")] = True,
    threads: Annotated[int, typer.Option(min=1)] = TrainConfig.threads,
    restart: Annotated[bool, typer.Option(help="Forget an interrupted run")] = False,
    output: Annotated[Path | None, typer.Option(help="Default: build/<stem>/<stem>.pt")] = None,
) -> None:
    """Train a network; an interrupted run resumes where it stopped.

    Example: python -m quant_training.train --net v2-w4a4 --protocol beat --seed 0
    """
    NetConfig.from_stem(net)
    torch.set_flush_denormal(True)
    config = TrainConfig(
        net=net,
        protocol=protocol,
        seed=seed,
        epochs=epochs,
        float_epochs=float_epochs,
        epoch_beats=epoch_beats,
        augment=augmented,
        threads=threads,
    )
    stem = stem_of(net, protocol, seed)
    folder = build_folder(stem)
    model, training = train(config, folder / "training", resume=not restart)
    path = output or folder / f"{stem}.pt"
    checkpoint.save(path, model, stem, training)
    print(f"{path}: validation macro F1 {training['validation_macro_f1']:.4f}")


if __name__ == "__main__":
    run_cli(app)

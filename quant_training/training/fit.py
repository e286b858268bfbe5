"""The training loop, flat: one network, float or quantised, from its first epoch to its last.

The epoch is selected on validation beats carved from the training side; test beats are never
looked at here, see evaluate.py. Every random number of an epoch comes from (seed, epoch), so an
interrupted run resumes to the same result.
"""

import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn
from torch.nn import functional

from quant_training.data.augment import augment
from quant_training.evaluation.metrics import as_input, sentence
from quant_training.net import calibrate
from quant_training.net.models import ArrhythmiNet, NetConfig, build
from quant_training.training.guidance import Guidance, WithMaps
from quant_training.training.run import Beats, Run

_RENORMALISED = 128
"""Batches over which the statistics of a network without validation are measured."""


@dataclass(frozen=True)
class TrainConfig:
    """What decides the result of a run. The defaults are those of a float network."""

    net: str = "v2-float32"
    protocol: str = "beat"
    form: str = "beat"
    seed: int = 0
    epochs: int = 40
    epoch_beats: int = 24_000  # drawn anew each epoch
    balance: float = 0.5  # 0 draws classes as frequent as they are, 1 equally often
    batch: int = 256
    lr: float = 3e-3
    range_lr: float = 10.0  # learning rate of the activation ranges, over lr
    weight_decay: float = 0.02
    smoothing: float = 0.02
    distillation: float = 0.5  # weight of the float net's probabilities as targets, where there is
    temperature: float = 2.0
    average: float = 0.998  # decay per step of the averaged weights, which are what is kept
    augment: bool = True
    guided: float = 0.0  # weight of the share of Grad-CAM that lies off the beat's waves
    auxiliary: float = 0.0  # weight of the error of features read from the last map
    refit: bool = False  # train on the validation beats too and keep the last epoch
    float_net: str | None = None  # SHA-256 of the float checkpoint that a quantised net starts from
    threads: int = 2  # results repeat only with the same number
    compiled: bool = True  # and with the same way to compute


def fit(
    config: TrainConfig,
    folder: Path,
    float_net: ArrhythmiNet | None = None,
    resume: bool = True,
    console: Console | None = None,
) -> tuple[ArrhythmiNet, dict[str, Any]]:
    """Train a network; ``folder`` keeps the state after every epoch.

    Parameters
    ----------
    config : TrainConfig
        What to train and how.
    folder : Path
        For ``last.pt``.
    float_net : ArrhythmiNet, optional
        Where a quantised network starts from, and its teacher.
    resume : bool
        Go on from ``last.pt`` where there is one.
    console : Console, optional
        For progress and one line per epoch.

    Returns
    -------
    model : ArrhythmiNet
        Averaged weights of the epoch with the best validation score, or of the last one where
        the validation beats were trained on.
    training : dict
        Config, epochs, validation figures (None where the validation beats were trained on),
        seconds per epoch: goes into the checkpoint.
    """
    console = console or Console()
    torch.set_num_threads(config.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    target = NetConfig.from_stem(config.net)
    beats = Beats(config.protocol, config.form, config.balance, device, config.refit)
    torch.manual_seed(config.seed)
    if float_net is None:
        model = build(target).to(device)
    else:
        float_net = float_net.to(device).eval().requires_grad_(False)
        model = calibrate.quantised(float_net, target, beats.train)
    guidance = None
    if config.guided or config.auxiliary:
        guidance = Guidance(model, **beats.known(), device=device)
    head = guidance.head if guidance and config.auxiliary else None
    run = Run(model, config.lr, config.weight_decay, config.range_lr, head=head)
    if resume:
        run.restore(folder / "last.pt", asdict(config))
    step = _Step(run, float_net, config, guidance)
    while run.epoch < config.epochs:
        began = time.perf_counter()
        loss = _epoch(run, step, beats, config, console)
        found = beats.judge(run.averaged)
        run.end_epoch(found)
        run.seconds.append(time.perf_counter() - began)
        console.print(
            f"{config.net} {config.protocol} epoch {run.epoch}/{config.epochs}: loss {loss:.4f}, "
            f"{sentence(found)} (best epoch {run.best_epoch}), {run.seconds[-1]:.1f} s"
        )
        run.save(folder / "last.pt", asdict(config))
    if run.best_epoch:
        run.model.load_state_dict(run.best_state)
    if config.refit and target.quantised:
        drawn = (x for x, *_ in _batches(beats, config, config.epochs))
        calibrate.renormalise_(run.model, islice(drawn, _RENORMALISED))
    model = run.model.cpu().eval()
    model.snap_bias_()
    return model, {
        **asdict(config),
        "best_epoch": run.best_epoch,
        "validation": beats.judge(model),
        "n_train": len(beats.train),
        "n_validation": len(beats.validation),
        "seconds_per_epoch": float(np.median(run.seconds)) if run.seconds else 0.0,
    }


class _Step:
    """Loss of a batch: cross entropy, mixed with the teacher's softened probabilities."""

    def __init__(
        self,
        run: Run,
        teacher: nn.Module | None,
        config: TrainConfig,
        guidance: Guidance | None = None,
    ) -> None:
        self.config, self.guidance = config, guidance
        self.classifier = run.model.classifier.fc
        self.model, self.teacher = run.model, teacher
        if guidance is not None:
            self.model = WithMaps(run.model)
        if config.compiled:
            self.model = torch.compile(self.model, dynamic=False)
            self.teacher = torch.compile(teacher, dynamic=False) if teacher is not None else None

    def loss(self, x: Tensor, labels: Tensor, rows: Tensor) -> Tensor:
        """Loss of inputs (n, 1, 360, 1) whose classes and training beats are integer (n,)."""
        if self.guidance is None:
            return self._classes(self.model(x), x, labels)
        logits, maps = self.model(x)
        loss = self._classes(logits, x, labels)
        if self.config.guided:
            outside = self.guidance.outside(self.classifier.weight, maps, labels, rows)
            loss = loss + self.config.guided * outside
        if self.config.auxiliary:
            loss = loss + self.config.auxiliary * self.guidance.misread(maps, rows)
        return loss

    def _classes(self, logits: Tensor, x: Tensor, labels: Tensor) -> Tensor:
        config = self.config
        loss = functional.cross_entropy(logits, labels, label_smoothing=config.smoothing)
        if self.teacher is None or not config.distillation:
            return loss
        with torch.no_grad():
            target = functional.softmax(self.teacher(x) / config.temperature, dim=1)
        soft = functional.cross_entropy(logits / config.temperature, target)
        return (1 - config.distillation) * loss + config.distillation * config.temperature**2 * soft


def _batches(beats: Beats, config: TrainConfig, epoch: int) -> Iterator[tuple[Tensor, ...]]:
    """What an epoch draws: network inputs (n, 1, 360, 1), classes and training beats (n,)."""
    generator = torch.Generator().manual_seed(config.seed * 100_003 + epoch)
    draws = _count(config) * config.batch
    rows = torch.multinomial(beats.weights, draws, True, generator=generator)
    for batch in rows.to(beats.train.device).split(config.batch):
        drawn = beats.train[batch].float()
        if config.augment:
            drawn = augment(drawn, generator, config.form)
        yield as_input(drawn), beats.train_labels[batch], batch


def _count(config: TrainConfig) -> int:
    """Batches of an epoch."""
    return max(1, config.epoch_beats // config.batch)


def _epoch(run: Run, step: _Step, beats: Beats, config: TrainConfig, console: Console) -> float:
    """One epoch of draws; mean loss."""
    torch.manual_seed(config.seed)
    count = _count(config)
    run.model.train()
    total = 0.0
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"{config.net} epoch {run.epoch + 1}", total=count)
        for number, (x, labels, rows) in enumerate(_batches(beats, config, run.epoch)):
            done = run.epoch * count + number
            warm = min(1.0, (done + 1) / 100)
            cosine = 0.5 * (1 + math.cos(math.pi * done / (count * config.epochs)))
            run.set_lr(config.lr * warm * cosine)
            loss = step.loss(x, labels, rows)
            run.optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
            run.optimizer.step()
            run.average_(config.average, done)
            total += loss.item()
            progress.advance(task)
    return total / count

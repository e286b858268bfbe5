"""What a training run holds: a network on its way with its averaged copy, and the beats."""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from arrhythminet.classes import CLASSES
from arrhythminet.files import write_atomic
from quant_training.data import dataset, protocols
from quant_training.errors import CheckpointError
from quant_training.evaluation.metrics import predict, validation
from quant_training.net.models import ArrhythmiNet
from quant_training.net.quant_layers import QuantReLU
from quant_training.training import guidance


@dataclass
class Run:
    """A network on its way, and the best one so far."""

    model: ArrhythmiNet
    lr: float
    weight_decay: float
    range_lr: float  # of the learned activation ranges, over ``lr``
    epoch: int = 0
    head: nn.Module | None = None  # learned with the network, dropped at inference
    best: float = -1.0
    best_epoch: int = 0

    def __post_init__(self) -> None:
        ranges = [m.learned_range for m in self.model.modules() if isinstance(m, QuantReLU)]
        others = [p for p in self.model.parameters() if all(p is not r for r in ranges)]
        decayed = [p for p in others if p.ndim > 1]
        plain = [p for p in others if p.ndim <= 1]
        self.averaged = copy.deepcopy(self.model)
        self.best_state = self.averaged.state_dict()
        self.seconds: list[float] = []
        if self.head is not None:
            plain = [*plain, *self.head.parameters()]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": decayed, "factor": 1.0},
                {"params": plain, "weight_decay": 0.0, "factor": 1.0},
                {"params": ranges, "weight_decay": 0.0, "factor": self.range_lr},
            ],
            lr=self.lr,
            weight_decay=self.weight_decay,
            fused=True,
        )

    def set_lr(self, lr: float) -> None:
        """Learning rate of the next step."""
        for group in self.optimizer.param_groups:
            group["lr"] = lr * group["factor"]

    @torch.no_grad()
    def average_(self, decay: float, step: int) -> None:
        """Move the averaged weights and normalisation statistics towards the current ones."""
        weight = 1 - min(decay, (1 + step) / (10 + step))
        current = [*self.model.parameters(), *self.model.buffers()]
        kept = [*self.averaged.parameters(), *self.averaged.buffers()]
        pairs = [(a, b) for a, b in zip(kept, current, strict=True) if a.is_floating_point()]
        torch._foreach_lerp_([a for a, _ in pairs], [b for _, b in pairs], weight)

    def end_epoch(self, found: dict[str, float] | None) -> None:
        """Keep the averaged weights if ``found`` of them is the best; without it the last ones."""
        self.epoch += 1
        score = found["selected_by"] if found else float(self.epoch)
        if score > self.best:
            self.best, self.best_epoch = score, self.epoch
            self.best_state = copy.deepcopy(self.averaged.state_dict())

    def save(self, path: Path, config: dict[str, Any]) -> None:
        """Write everything that the next epoch depends on."""
        content = {
            "config": config,
            "epoch": self.epoch,
            "best": self.best,
            "best_epoch": self.best_epoch,
            "seconds": self.seconds,
            "model": self.model.state_dict(),
            "averaged": self.averaged.state_dict(),
            "best_state": self.best_state,
            "optimizer": self.optimizer.state_dict(),
        }
        if self.head is not None:
            content["head"] = self.head.state_dict()
        write_atomic(path, lambda temporary: torch.save(content, temporary))

    def restore(self, path: Path, config: dict[str, Any]) -> None:
        """Continue from what :meth:`save` wrote for the same config, if anything.

        Raises
        ------
        CheckpointError
            If the file is damaged or belongs to a run with another config.
        """
        if not path.is_file():
            return
        try:
            saved = torch.load(path, weights_only=True)
            differing = [k for k, v in config.items() if saved["config"].get(k) != v]
        except Exception as error:
            raise CheckpointError(
                f"{path} is damaged ({type(error).__name__}): start over with --restart"
            ) from error
        if differing:
            raise CheckpointError(
                f"{path} is of a run with another {', '.join(differing)}: start over with "
                "--restart, or give the same options to resume it"
            )
        self.epoch, self.best, self.best_epoch = saved["epoch"], saved["best"], saved["best_epoch"]
        self.best_state, self.seconds = saved["best_state"], saved["seconds"]
        self.model.load_state_dict(saved["model"])
        self.averaged.load_state_dict(saved["averaged"])
        self.optimizer.load_state_dict(saved["optimizer"])
        if self.head is not None:
            self.head.load_state_dict(saved["head"])


class Beats:
    """A protocol's beats in memory: int8 tensors and how often each is drawn.

    With ``refit`` the validation beats are trained on as well, and none are left to validate.
    """

    def __init__(
        self, protocol: str, form: str, balance: float, device: torch.device, refit: bool
    ) -> None:
        data = dataset.load(form=form)
        split = protocols.split(data, protocol)
        train, judges = split.train, split.validation
        if refit:
            train, judges = np.concatenate([train, judges]), judges[:0]
        self.data, self.rows, self.form = data, train, form
        labels = data.labels.astype(np.int64)
        self.train = torch.from_numpy(data.beats[train]).to(device)
        self.train_labels = torch.from_numpy(labels[train]).to(device)
        self.protocol = protocol
        self.validation = data.beats[judges]
        self.validation_labels = labels[judges]
        counts = np.bincount(labels[train], minlength=len(CLASSES)).astype(float)
        share = (1 / np.maximum(counts, 1)) ** balance
        self.weights = torch.from_numpy(share[labels[train]])

    def known(self) -> dict[str, np.ndarray]:
        """Waves and features of the training beats, see :func:`guidance.known`."""
        return guidance.known(self.data, self.rows, self.form)

    def judge(self, model: ArrhythmiNet) -> dict[str, float] | None:
        """Figures on the validation beats; None where there are none."""
        if not len(self.validation):
            return None
        predicted = predict(model, self.validation).argmax(1)
        return validation(self.protocol, self.validation_labels, predicted)

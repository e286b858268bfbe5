"""PyTorch's integers at every quantiser, checked to be integers: the reference for hardware."""

import numpy as np
import torch
from torch import Tensor, nn

from arrhythminet import beats
from arrhythminet.errors import BeatError
from arrhythminet.golden import Golden
from quant_training.errors import ExportError
from quant_training.net.models import ArrhythmiNet

_SITE_TOLERANCE, _LOGIT_TOLERANCE = 1e-3, 0.1
"""How far float32 may lie from the integers, in steps; logits reach 100,000 steps."""


class IntegerInput(nn.Module):
    """The network on int8 values instead of scaled ones."""

    def __init__(self, model: ArrhythmiNet) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x * beats.INPUT_SCALE)


@torch.no_grad()
def run(model: ArrhythmiNet, values: np.ndarray, batch: int = 256) -> Golden:
    """Integers of every site and of the logits, for beats without annotations.

    Parameters
    ----------
    model : ArrhythmiNet
        Quantised, its bias on the logits' grid.
    values : np.ndarray
        int8 (n, 360).

    Raises
    ------
    BeatError
        If the beats have another shape or type.
    ExportError
        If a value is not an integer number of steps, or float and integer logits differ.
    """
    beats.check(values)
    if not model.config.quantised:
        raise ExportError("a float32 network has no integers: export a quantised one")
    if not len(values):
        raise BeatError("0 beats: at least 1 is needed")
    model.eval()
    parts: dict[str, list[np.ndarray]] = {}
    handles = []
    for name, site in model.sites().items():
        scale = site.relu.act_quant.scale()

        def record(_module, _inputs, output, name=name, scale=scale) -> None:
            integers = _integers(output / scale, f"site {name}")
            shaped = integers[..., 0].transpose(0, 2, 1).astype(np.uint8)
            parts.setdefault(name, []).append(shaped)

        handles.append(site.register_forward_hook(record))
    floats = []
    for first in range(0, len(values), batch):
        x = torch.from_numpy(values[first : first + batch]).float()
        floats.append(IntegerInput(model)(x[:, None, :, None]).double())
    for handle in handles:
        handle.remove()
    sites = {name: np.concatenate(parts[name]) for name in model.sites()}
    scale = model.logit_scale()
    fc = model.classifier.fc.quant_weight()
    weights = _integers(fc.value / fc.scale, "classifier's weight").astype(np.int64)
    bias = _integers(model.classifier.bias.double() / scale, "classifier's bias").astype(np.int64)
    *_, head = sites.values()
    logits = head.sum(axis=1, dtype=np.int64) @ weights.T + bias
    error = float(np.abs(torch.cat(floats).numpy() / scale - logits).max())
    if not error <= _LOGIT_TOLERANCE:
        raise ExportError(
            f"logits differ by {error:.3f} steps between floats and integers, {_LOGIT_TOLERANCE} "
            "are allowed: call integers.settle_() first"
        )
    unknown = np.full(len(values), -1, np.int8)
    return Golden(values, logits.astype(np.int32), unknown, scale, sites)


def _integers(steps: Tensor, what: str) -> np.ndarray:
    whole = steps.round()
    error = float((steps - whole).abs().max())
    if not error <= _SITE_TOLERANCE:
        raise ExportError(
            f"{what} is {error:.4f} steps from an integer, {_SITE_TOLERANCE} are allowed: "
            "the network has a float path; train it with quant_training.net.models"
        )
    return whole.numpy()

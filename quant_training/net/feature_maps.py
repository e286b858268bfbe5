"""Shapes inside a network, to compare with the published ones."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from arrhythminet.beats import BEAT_SAMPLES
from quant_training.net.models import ArrhythmiNet


def feature_maps(model: ArrhythmiNet) -> dict[str, tuple[int, int]]:
    """(length, channels) of every site's output for one beat."""
    shapes: dict[str, tuple[int, int]] = {}

    def record(name: str) -> Callable[..., None]:
        def hook(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            shapes[name] = (output.shape[2], output.shape[1])

        return hook

    handles = [m.register_forward_hook(record(name)) for name, m in model.sites().items()]
    training = model.training
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, 1, BEAT_SAMPLES, 1))
    model.train(training)
    for handle in handles:
        handle.remove()
    return shapes

"""A small network that is neither V1 nor V2, for the tests of compiler and simulation.

Kernels of 5 and 3, strides of 5, 4 and 1, a residual: what the layers can do beyond the two nets.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from arrhythminet import golden
from arrhythminet.files import build_folder
from quant_training.net import activations, exporting, integers
from quant_training.net.models import (
    ArrhythmiNet,
    Classifier,
    ConvBNReLU,
    Layers,
    NetConfig,
    ResidualSum,
)

STEM = "tiny-w4a4"


class TinyNet(ArrhythmiNet):
    """(n, 1, 360, 1) to 72 x 4, 18 x 6, a residual at 18 x 6, 3 x 10, logits (n, 5)."""

    def __init__(self) -> None:
        nn.Module.__init__(self)
        self.config = NetConfig("tiny")
        layers = Layers(self.config)
        self.stem = ConvBNReLU(layers, 1, 4, kernel=5, stride=5)
        self.wide = ConvBNReLU(layers, 4, 6, kernel=3, stride=4, padding=1)
        self.residual = _Residual(layers, self.wide)
        self.head = ConvBNReLU(layers, 6, 10, kernel=3, stride=6, padding=1)
        self.classifier = Classifier(layers, 10)


class _Residual(nn.Module):
    def __init__(self, layers: Layers, before: ConvBNReLU) -> None:
        super().__init__()
        self.depthwise = ConvBNReLU(layers, 6, 6, kernel=5, padding=2, groups=6)
        self.project = ConvBNReLU(layers, 6, 6, relu=before.relu)
        self.add = ResidualSum(layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.add(x, self.project(self.depthwise(x)))


def random_beats(count: int, seed: int = 0) -> np.ndarray:
    """int8 (count, 360), noise over the whole range."""
    return np.random.default_rng(seed).integers(-128, 128, (count, 360)).astype(np.int8)


def tiny_net(seed: int = 0) -> ArrhythmiNet:
    """TinyNet with random weights, of both signs in batch normalisation too, in eval mode."""
    torch.manual_seed(seed)
    model = TinyNet()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 0.7, 0.5)
            nn.init.normal_(module.bias, 0.2, 0.3)
    nn.init.normal_(model.classifier.bias, 0.0, 0.1)
    model.train()
    for _ in range(301):  # Brevitas collects activation ranges over 300 batches
        model(torch.randn(4, 1, 360, 1))
    model.eval()
    integers.settle_(model)
    return model


def write_golden(model: ArrhythmiNet, beats: np.ndarray, path: Path) -> None:
    """golden.npz of a model that has no checkpoint."""
    golden.save(replace(activations.run(model, beats), meta={"stem": STEM}), path)


def export_tiny(count: int = 4, seed: int = 0) -> golden.Golden:
    """model.onnx and golden.npz in ``build/tiny-w4a4`` below the working folder."""
    folder = build_folder(STEM)
    folder.mkdir(parents=True)
    model = tiny_net(seed)
    exporting.export_model(model, folder / "model.onnx")
    write_golden(model, random_beats(count, seed), folder / "golden.npz")
    return golden.load(folder / "golden.npz")

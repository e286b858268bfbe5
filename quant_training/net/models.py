"""ArrhythmiNet V1 and V2, float or quantised, from one definition.

Both are 1-D MobileNet-style CNNs for 360-sample heartbeats (arXiv 2505.03787). The paper gives
no layer table; the ones here match its published footprint and feature-map shapes.
Convolutions are ``Conv2d`` with ``[k, 1]`` kernels on (n, channels, length, 1), as FINN takes.

Every :class:`ConvBNReLU` and residual sum is a *site*: its output is quantised, and its dotted
module name ("b3.depthwise") names that stream in golden.npz and in the hardware.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from arrhythminet.beats import BEAT_SAMPLES
from arrhythminet.classes import CLASSES
from quant_training.net.net_config import NetConfig
from quant_training.net.quant_layers import QuantConv2d, QuantLinear, QuantReLU


@dataclass(frozen=True)
class Layers:
    """Convolution and activation constructors of one precision."""

    config: NetConfig

    def conv(self, inputs: int, outputs: int, kernel: int, **kwargs: Any) -> nn.Module:
        bits, shape = self.config.weight_bits, (kernel, 1)
        if bits is None:
            return nn.Conv2d(inputs, outputs, shape, bias=False, **kwargs)
        return QuantConv2d(inputs, outputs, shape, bits, **kwargs)

    def relu(self) -> nn.Module:
        bits = self.config.act_bits
        return nn.ReLU() if bits is None else QuantReLU(bits)

    def linear(self, inputs: int, outputs: int) -> nn.Module:
        if not self.config.quantised:
            return nn.Linear(inputs, outputs, bias=False)
        return QuantLinear(inputs, outputs, self.config.classifier_bits)


class ConvBNReLU(nn.Module):
    """Convolution, batch normalisation, (quantised) ReLU: one site.

    ``relu`` shares another site's quantiser, as both inputs of a residual sum must.
    """

    def __init__(
        self,
        layers: Layers,
        inputs: int,
        outputs: int,
        kernel: int = 1,
        stride: int = 1,
        padding: int = 0,
        groups: int = 1,
        relu: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.conv = layers.conv(
            inputs, outputs, kernel, stride=(stride, 1), padding=(padding, 0), groups=groups
        )
        self.bn = nn.BatchNorm2d(outputs)
        self.relu = relu if relu is not None else layers.relu()

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.bn(self.conv(x)))


class ResidualSum(nn.Module):
    """Sum of two equally quantised tensors, quantised again: one site."""

    def __init__(self, layers: Layers) -> None:
        super().__init__()
        self.relu = layers.relu()

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.relu(x + y)


class Block(nn.Module):
    """V1's block: conv k3 stride 2 without padding, depthwise k3, pointwise."""

    def __init__(self, layers: Layers, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = ConvBNReLU(layers, inputs, outputs, kernel=3, stride=2)
        self.depthwise = ConvBNReLU(layers, outputs, outputs, kernel=3, padding=1, groups=outputs)
        self.pointwise = ConvBNReLU(layers, outputs, outputs)

    @property
    def last(self) -> ConvBNReLU:
        return self.pointwise

    def forward(self, x: Tensor) -> Tensor:
        return self.pointwise(self.depthwise(self.conv(x)))


class Bottleneck(nn.Module):
    """V2's block: pointwise expansion, depthwise k3, pointwise projection.

    The identity is added where the shape allows it. ``before`` is the site whose output comes in.
    """

    def __init__(
        self, layers: Layers, inputs: int, outputs: int, stride: int, before: ConvBNReLU
    ) -> None:
        super().__init__()
        wide = 3 * inputs
        residual = stride == 1 and inputs == outputs
        self.expand = ConvBNReLU(layers, inputs, wide)
        self.depthwise = ConvBNReLU(layers, wide, wide, 3, stride, padding=1, groups=wide)
        self.project = ConvBNReLU(layers, wide, outputs, relu=before.relu if residual else None)
        self.add = ResidualSum(layers) if residual else None

    @property
    def last(self) -> ConvBNReLU:
        return self.project

    def forward(self, x: Tensor) -> Tensor:
        y = self.project(self.depthwise(self.expand(x)))
        return y if self.add is None else self.add(x, y)


class Classifier(nn.Module):
    """Global average pooling and the last layer: (n, channels, length, 1) to logits (n, 5)."""

    def __init__(self, layers: Layers, channels: int) -> None:
        super().__init__()
        self.fc = layers.linear(channels, len(CLASSES))
        self.bias = nn.Parameter(torch.zeros(len(CLASSES)))

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x.mean((2, 3))) + self.bias


class ArrhythmiNet(nn.Module):
    """Sites in the order of the data, then the classifier.

    Input (n, 1, 360, 1): int8 beats times ``INPUT_SCALE``. Output: logits (n, 5).
    """

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        self.config = config
        build_body = {"v1": self._v1_body, "v2": self._v2_body}[config.net]
        head = build_body(Layers(config))
        self.classifier = Classifier(Layers(config), head.conv.out_channels)

    def _v1_body(self, layers: Layers) -> ConvBNReLU:
        inputs = 1
        for i, outputs in enumerate((16, 40, 56, 72, 120), start=1):
            block = Block(layers, inputs, outputs)
            self.add_module(f"b{i}", block)
            inputs = outputs
        return block.last

    def _v2_body(self, layers: Layers) -> ConvBNReLU:
        outputs, strides = (16, 24, 24, 24, 32, 32, 40), (2, 2, 1, 2, 2, 2, 2)
        self.stem = last = ConvBNReLU(layers, 1, 16, kernel=3, stride=2, padding=1)
        inputs = 16
        for i, (channels, stride) in enumerate(zip(outputs, strides, strict=True), start=1):
            block = Bottleneck(layers, inputs, channels, stride, last)
            self.add_module(f"b{i}", block)
            inputs, last = channels, block.last
        self.head = ConvBNReLU(layers, inputs, 190)
        return self.head

    def forward(self, x: Tensor) -> Tensor:
        for module in self.children():
            x = module(x)
        return x

    def sites(self) -> dict[str, nn.Module]:
        """Site name to module, in the order of the data."""
        return {
            name: module
            for name, module in self.named_modules()
            if isinstance(module, ConvBNReLU | ResidualSum)
        }

    def last_length(self) -> int:
        """Length of the last feature map: 10 for V1 and 3 for V2, as published."""
        length = BEAT_SAMPLES
        for site in self.sites().values():
            if isinstance(site, ConvBNReLU):
                (kernel, _), (stride, _) = site.conv.kernel_size, site.conv.stride
                length = (length + 2 * site.conv.padding[0] - kernel) // stride + 1
        return length

    def footprint(self) -> int:
        """Values that the published layer table stores, as the paper counts them.

        V1's figure follows Keras, where a convolution before batch normalisation keeps its bias
        and batch normalisation keeps four values a channel; V2's counts what is learned.
        Biases that batch normalisation cancels are counted, not built.
        """
        keras = self.config.net == "v1"
        values = sum(p.numel() for p in self.classifier.parameters() if p.ndim < 3)
        for site in self.sites().values():
            if isinstance(site, ConvBNReLU):
                channels = site.conv.out_channels
                values += site.conv.weight.numel() + channels * (5 if keras else 2)
        return values

    def weight_bytes(self) -> float:
        """Memory of all convolutions' and the classifier's weights."""
        bits = self.config.weight_bits or 32
        convolutions = sum(
            s.conv.weight.numel() for s in self.sites().values() if hasattr(s, "conv")
        )
        last_bits = self.config.classifier_bits if self.config.quantised else 32
        return (convolutions * bits + self.classifier.fc.weight.numel() * last_bits) / 8

    @torch.no_grad()
    def logit_scale(self) -> float:
        """Value of one step of the integer logits (class scores of the summed feature map)."""
        *_, head = self.sites().values()
        act_scale = float(head.relu.act_quant.scale())
        return act_scale / self.last_length() * float(self.classifier.fc.quant_weight().scale)

    @torch.no_grad()
    def snap_bias_(self) -> None:
        """Round the classifier's bias to a whole number of logit steps; idempotent."""
        if self.config.quantised:
            step = self.logit_scale()
            self.classifier.bias.copy_(torch.round(self.classifier.bias / step) * step)


def build(config: NetConfig) -> ArrhythmiNet:
    """The network of ``config`` with fresh weights from torch's global generator."""
    return ArrhythmiNet(config)

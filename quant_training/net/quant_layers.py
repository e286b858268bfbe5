"""Brevitas's quantised layers with a shorter way through training.

The same integers and gradients as Brevitas's chains of elementwise operations (rounding by the
straight-through estimator, learned activation scales as in LSQ, arXiv 1902.08153), written in
plain tensor operations that ``torch.compile`` can fuse. Evaluation and export are Brevitas's own.
"""

from typing import Any

import brevitas.nn as qnn
import torch
from brevitas.quant import (
    Int8WeightPerChannelFloat,
    Int8WeightPerTensorFloat,
    Uint8ActPerTensorFloat,
)
from torch import Tensor
from torch.nn import Parameter, functional

_LEAST_SCALE = 1e-10
"""Brevitas's smallest weight scale: that of a channel of zeros."""


def _round(x: Tensor) -> Tensor:
    """Rounded, with the gradient of the identity."""
    return x + (x.round() - x).detach()


def _quantised(weight: Tensor, bits: int, across: tuple[int, ...]) -> Tensor:
    """``weight`` on a narrow signed grid whose end is the largest magnitude in ``across``."""
    scale = weight.abs().amax(across, keepdim=True) / (2 ** (bits - 1) - 1)
    scale = scale.clamp(min=_LEAST_SCALE)
    return _round(weight / scale) * scale


class QuantConv2d(qnn.QuantConv2d):
    """Convolution without bias; weights of ``bits``, one scale per output channel."""

    def __init__(
        self, inputs: int, outputs: int, kernel: tuple[int, int], bits: int, **kwargs: Any
    ) -> None:
        quantiser = {"weight_quant": Int8WeightPerChannelFloat, "weight_bit_width": bits}
        super().__init__(inputs, outputs, kernel, bias=False, **quantiser, **kwargs)
        self.bits = bits

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.export_mode:
            return super().forward(x)
        weight = _quantised(self.weight, self.bits, (1, 2, 3))
        return functional.conv2d(
            x, weight, None, self.stride, self.padding, self.dilation, self.groups
        )


class QuantLinear(qnn.QuantLinear):
    """Matrix product without bias; weights of ``bits``, one scale."""

    def __init__(self, inputs: int, outputs: int, bits: int) -> None:
        quantiser = {"weight_quant": Int8WeightPerTensorFloat, "weight_bit_width": bits}
        super().__init__(inputs, outputs, bias=False, **quantiser)
        self.bits = bits

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.export_mode:
            return super().forward(x)
        return functional.linear(x, _quantised(self.weight, self.bits, (0, 1)))


class QuantReLU(qnn.QuantReLU):
    """Unsigned activation of ``bits`` with one learned scale.

    Until :meth:`set_range_` or a loaded checkpoint gives the scale, Brevitas collects it from the
    first 300 training batches.
    """

    def __init__(self, bits: int) -> None:
        super().__init__(act_quant=Uint8ActPerTensorFloat, bit_width=bits)
        self.largest = float(2**bits - 1)

    @property
    def _scaling(self) -> Any:
        return self.act_quant.fused_activation_quant_proxy.tensor_quant.scaling_impl

    @property
    def learned_range(self) -> Parameter:
        """Value that the largest integer stands for."""
        return self._scaling.value

    @torch.no_grad()
    def set_range_(self, top: float) -> None:
        """Let the largest integer stand for the value ``top``."""
        self.learned_range.fill_(top)
        self._scaling.counter = self._scaling.collect_stats_steps + 1

    def forward(self, x: Tensor) -> Tensor:
        scaling = self._scaling
        if not self.training or self.export_mode or scaling.counter <= scaling.collect_stats_steps:
            return super().forward(x)
        scale = self.learned_range.abs() / self.largest
        return _round(x.relu() / scale).clamp(max=self.largest) * scale

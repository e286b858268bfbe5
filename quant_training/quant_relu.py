"""Brevitas's quantised ReLU with one fused step in training, for CPUs.

The same integers and gradients as Brevitas's chain of about twenty elementwise operations (the
straight-through estimator, as in LSQ, arXiv 1902.08153), in five; evaluation and export are
Brevitas's own.
"""

from typing import Any

import brevitas.nn as qnn
import torch
from brevitas.quant import Uint8ActPerTensorFloat
from torch import Tensor


class _Fused(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, scale: Tensor, largest: float) -> Tensor:
        steps = x / scale
        integers = steps.round().clamp_(0, largest)
        ctx.save_for_backward(steps, integers, scale)
        ctx.largest = largest
        return integers * scale

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, None]:
        (gradient,) = gradients
        steps, integers, scale = ctx.saved_tensors
        # Rounded values inside the range pass the gradient; the scale sees the rounding error
        # there and the largest integer above it.
        inside = (steps > 0) & (steps < ctx.largest + 0.5)
        passed = gradient * inside
        for_scale = torch.dot(gradient.flatten(), integers.flatten()) - torch.dot(
            passed.flatten(), steps.flatten()
        )
        return passed, for_scale.reshape(scale.shape), None


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

    @torch.no_grad()
    def set_range_(self, top: float) -> None:
        """Let the largest integer stand for the value ``top``."""
        self._scaling.value.fill_(top)
        self._scaling.counter = self._scaling.collect_stats_steps + 1

    def forward(self, x: Tensor) -> Tensor:
        scaling = self._scaling
        if not self.training or self.export_mode or scaling.counter <= scaling.collect_stats_steps:
            return super().forward(x)
        return _Fused.apply(x, scaling.value.abs() / self.largest, self.largest)

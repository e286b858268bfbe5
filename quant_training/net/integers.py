"""Makes a trained network's integer function unambiguous before it is exported or evaluated.

In hardware an activation counts the thresholds that an integer accumulator reaches. PyTorch
computes the same in float32, so a threshold that lies within float32's error of an integer can
fall on either side of it, and two programs need not agree. :func:`settle_` moves such thresholds
apart from the integers, by a few hundredths of an accumulator step.
"""

import torch

from arrhythminet.beats import INPUT_SCALE
from quant_training.errors import ExportError
from quant_training.net.models import ArrhythmiNet, ConvBNReLU

MARGIN = 0.01
"""Least distance of a threshold from an integer, in accumulator steps; float32's error in
accumulators of a few thousand is a tenth of it."""


@torch.no_grad()
def settle_(model: ArrhythmiNet) -> None:
    """Put class biases on the logits' grid and thresholds between integers; idempotent.

    Raises
    ------
    ExportError
        If a residual sum's threshold lies on an integer: both its scales are fixed.
    """
    bits = model.config.act_bits
    if bits is None:
        return
    scale_in = INPUT_SCALE
    for name, site in model.sites().items():
        scale_out = float(site.relu.act_quant.scale())
        levels = torch.arange(1, 2**bits, dtype=torch.float64) - 0.5
        if isinstance(site, ConvBNReLU):
            _separate_(site, levels * scale_out, scale_in)
        elif float(_distance(levels * scale_out / scale_in).min()) < MARGIN**2:
            raise ExportError(f"{name}: a threshold lies on an integer sum; train a little longer")
        scale_in = scale_out
    model.snap_bias_()


def _separate_(site: ConvBNReLU, levels: torch.Tensor, scale_in: float) -> None:
    """Shift each channel's running mean, and with it all its thresholds, by the least that does."""
    bn = site.bn
    step = site.conv.quant_weight().scale.flatten().double() * scale_in
    slope = bn.weight.double() / torch.sqrt(bn.running_var.double() + bn.eps)
    values = (levels - bn.bias.double()[:, None]) / slope[:, None]
    thresholds = (values + bn.running_mean.double()[:, None]) / step[:, None]
    shifts = torch.tensor([sign * k * MARGIN for k in range(51) for sign in (1, -1)]).double()
    distance = _distance(thresholds[:, None] + shifts[:, None]).amin(dim=2)  # channel, shift
    distance[:, 0] *= 2  # where it is, half the margin will do: a second call then moves nothing
    enough = distance >= MARGIN
    chosen = torch.where(enough.any(1), enough.int().argmax(1), distance.argmax(1))
    bn.running_mean += (shifts[chosen] * step).to(bn.running_mean.dtype)


def _distance(values: torch.Tensor) -> torch.Tensor:
    return (values - values.round()).abs()

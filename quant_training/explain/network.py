"""The explained network: the same function as the trained one, of plain torch modules.

Brevitas's layers hide the ReLU and recompute the weights' grid at every call, so neither captum's
guided rules nor gradients in bulk are at home there. Here the weights are the quantised values
themselves, and an activation is ``nn.ReLU`` followed by :class:`Rounded`, whose gradient is the
straight-through one that the network was trained with.
"""

import copy

import torch
from torch import Tensor, nn

from quant_training.net.integers import settle_
from quant_training.net.models import ArrhythmiNet, ConvBNReLU


class Rounded(nn.Module):
    """Activations on their grid; the gradient is 1 up to the largest value, 0 beyond it."""

    def __init__(self, scale: float, largest: float) -> None:
        super().__init__()
        self.scale, self.largest = scale, largest

    def forward(self, x: Tensor) -> Tensor:
        steps = x / self.scale
        rounded = steps + (steps.round() - steps).detach()
        return rounded.clamp(max=self.largest) * self.scale


@torch.no_grad()
def explainable(model: ArrhythmiNet) -> ArrhythmiNet:
    """A copy of a trained network for explanations: settled as in hardware, frozen, on the CPU.

    Parameters
    ----------
    model : ArrhythmiNet
        Float or quantised, left as it is.

    Returns
    -------
    ArrhythmiNet
        In evaluation mode; the same sites under the same names, and the same logits.
    """
    made = copy.deepcopy(model).cpu().eval()
    if made.config.quantised:
        settle_(made)
        largest = float(2**made.config.act_bits - 1)
        for site in made.sites().values():
            scale = float(site.relu.act_quant.scale())
            site.relu = nn.Sequential(nn.ReLU(), Rounded(scale, largest))
            if isinstance(site, ConvBNReLU):
                site.conv = _plain(site.conv)
        fc = made.classifier.fc
        plain = nn.Linear(fc.in_features, fc.out_features, bias=False)
        plain.weight.copy_(fc.quant_weight().value)
        made.classifier.fc = plain
    return made.eval().requires_grad_(False)


def _plain(conv: nn.Conv2d) -> nn.Conv2d:
    """The convolution with the values that its quantised weights have."""
    made = nn.Conv2d(
        conv.in_channels,
        conv.out_channels,
        conv.kernel_size,
        stride=conv.stride,
        padding=conv.padding,
        groups=conv.groups,
        bias=False,
    )
    made.weight.copy_(conv.quant_weight().value)
    return made


def sample_centres(model: ArrhythmiNet, site: str) -> Tensor:
    """Sample of the beat on which each position of a site's map is centred.

    A strided convolution without padding starts one sample late, one with padding does not, so
    a map stretched over the beat from end to end would lie up to 60 samples off.

    Parameters
    ----------
    model : ArrhythmiNet
        Any network.
    site : str
        Name of a site, such as ``b5.pointwise``.

    Returns
    -------
    Tensor
        float64 (length,), rising by the site's stride; the first may lie below 0.
    """
    stride, start = 1, 0.0
    with torch.no_grad():
        shapes = lengths(model)
    for name, module in model.sites().items():
        if isinstance(module, ConvBNReLU):
            kernel, padding = module.conv.kernel_size[0], module.conv.padding[0]
            start += stride * ((kernel - 1) / 2 - padding)
            stride *= module.conv.stride[0]
        if name == site:
            return start + stride * torch.arange(shapes[name], dtype=torch.float64)
    raise KeyError(site)


def lengths(model: ArrhythmiNet) -> dict[str, int]:
    """Length of every site's map, in the order of the data."""
    from quant_training.net.feature_maps import feature_maps

    return {name: length for name, (length, _) in feature_maps(model).items()}

"""What is measured on beats and not learned: first activation ranges, normalisation."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import update_bn

from quant_training.evaluation.metrics import as_input
from quant_training.net.models import ArrhythmiNet, NetConfig, build

_BEATS = 1024
_SHARE = 0.999
"""Share of a site's values that its first range covers; training moves the range from there."""


@torch.no_grad()
def quantised(trained: ArrhythmiNet, target: NetConfig, beats: Tensor) -> ArrhythmiNet:
    """A network of ``target`` with the weights of ``trained``.

    Parameters
    ----------
    trained : ArrhythmiNet
        The float network.
    target : NetConfig
        The quantised one.
    beats : Tensor
        int8 (n, 360) training beats; activation ranges come from 1,024 of them.
    """
    model = build(target).to(beats.device)
    model.load_state_dict(trained.state_dict(), strict=False)
    sites = model.sites()
    tops: dict[nn.Module, float] = {}

    def measure(relu: nn.Module, output: Tensor) -> None:
        values = output.flatten()[:: max(1, output.numel() // 200_000)]
        tops[relu] = max(tops.get(relu, 0.0), float(values.quantile(_SHARE)), 1e-3)

    handles = [
        site.register_forward_hook(
            lambda _module, _inputs, output, relu=sites[name].relu: measure(relu, output)
        )
        for name, site in trained.sites().items()
    ]
    trained.eval()
    trained(as_input(beats[:: max(1, len(beats) // _BEATS)][:_BEATS].float()))
    for handle in handles:
        handle.remove()
    for relu, top in tops.items():
        relu.set_range_(top)
    return model


def renormalise_(model: ArrhythmiNet, batches: Iterable[Tensor]) -> None:
    """Measure the statistics of batch normalisation anew.

    The rounding of averaged weights differs from that of the weights they were averaged from, and
    from epoch to epoch; so do the statistics (arXiv 2203.11086). Selecting the epoch on validation
    beats finds one where they fit; where there are none, this does.

    Parameters
    ----------
    model : ArrhythmiNet
        Changed in place; in evaluation mode afterwards.
    batches : iterable of Tensor
        Network inputs (n, 1, 360, 1), as in training; the statistics are the means over them.
    """
    update_bn(batches, model)
    model.eval()

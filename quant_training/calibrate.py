"""From a float network to the same weights in a quantised one."""

import torch
from torch import Tensor, nn

from quant_training.metrics import as_input
from quant_training.models import ArrhythmiNet, NetConfig, build

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

"""The integer function of a network has no threshold on an integer."""

import torch
from tiny_net import tiny_net

from quant_training.net import integers
from quant_training.net.models import ConvBNReLU


def test_settling_twice_changes_nothing_more() -> None:
    model = tiny_net()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    integers.settle_(model)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_threshold_on_an_integer_is_moved_off_it() -> None:
    model = tiny_net()
    site = model.stem
    assert isinstance(site, ConvBNReLU)
    scale = float(site.relu.act_quant.scale())
    step = site.conv.quant_weight().scale.flatten() * integers.INPUT_SCALE
    slope = site.bn.weight / torch.sqrt(site.bn.running_var + site.bn.eps)
    with torch.no_grad():  # the first level's threshold on accumulator 100, exactly
        site.bn.running_mean.copy_(100 * step - (0.5 * scale - site.bn.bias) / slope)
    integers.settle_(model)
    threshold = ((0.5 * scale - site.bn.bias) / slope + site.bn.running_mean) / step
    assert ((threshold - threshold.round()).abs() > integers.MARGIN / 3).all()
    assert ((threshold - 100).abs() < 0.6).all()

"""V1 and V2 against what the paper publishes, and quantised training against Brevitas'."""

import pytest
import torch

from arrhythminet.errors import StemError
from quant_training.net.feature_maps import feature_maps
from quant_training.net.models import NetConfig, build
from quant_training.net.quant_layers import QuantConv2d, QuantLinear, QuantReLU


@pytest.mark.parametrize(
    ("stem", "values", "kilobytes"),
    [("v1-float32", 77_357, 302.18), ("v2-float32", 40_383, 157.75)],
)
def test_footprint_is_the_published_one(stem: str, values: int, kilobytes: float):
    footprint = build(NetConfig.from_stem(stem)).footprint()
    assert footprint == values
    assert round(footprint * 4 / 1024, 2) == kilobytes


@pytest.mark.parametrize("bits", ["float32", "w4a4"])
@pytest.mark.parametrize(
    ("net", "last", "shape"), [("v1", "b5.pointwise", (10, 120)), ("v2", "head", (3, 190))]
)
def test_last_feature_map_is_the_published_one(
    net: str, bits: str, last: str, shape: tuple[int, int]
):
    maps = feature_maps(build(NetConfig.from_stem(f"{net}-{bits}")))
    assert list(maps)[-1] == last
    assert maps[last] == shape


def test_both_inputs_of_a_residual_sum_share_one_quantiser():
    model = build(NetConfig.from_stem("v2-w4a4"))
    assert model.b3.project.relu is model.b2.project.relu


@pytest.mark.parametrize("stem", ["v3-w4a4", "v2", "v2-w9a4", "v2-w4", "", "V2-w4a4", "v2-w4a4_x"])
def test_unknown_net_is_an_error_that_shows_a_right_one(stem: str):
    with pytest.raises(StemError, match="for example v2-w4a4"):
        NetConfig.from_stem(stem)


def test_stem_may_carry_a_protocol():
    assert NetConfig.from_stem("v1-w8a6-patient-s2") == NetConfig("v1", 8, 6)


def test_same_seed_gives_the_same_network():
    states = []
    for _ in range(2):
        torch.manual_seed(3)
        states.append(build(NetConfig.from_stem("v2-w4a4")).state_dict())
    assert all(torch.equal(states[0][k], states[1][k]) for k in states[0])


def test_snapping_the_bias_twice_changes_nothing():
    model = build(NetConfig.from_stem("v1-w4a4"))
    for site in model.sites().values():
        site.relu.set_range_(2.0)
    torch.nn.init.normal_(model.classifier.bias)
    model.eval()
    model.snap_bias_()
    once = model.classifier.bias.clone()
    model.snap_bias_()
    assert torch.allclose(once, model.classifier.bias, rtol=1e-6)


def relu_of(bits: int) -> QuantReLU:
    relu = QuantReLU(bits)
    relu.set_range_(1.7)
    return relu


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize(
    "make",
    [
        relu_of,
        lambda bits: QuantConv2d(4, 6, (3, 1), bits, padding=(1, 0)),
        lambda bits: QuantConv2d(4, 4, (3, 1), bits, groups=4, stride=(2, 1)),
        lambda bits: QuantLinear(4, 5, bits),
    ],
    ids=["activation", "convolution", "depthwise", "linear"],
)
def test_a_training_step_equals_brevitas(make, bits: int):
    torch.manual_seed(0)
    layer = make(bits).train()
    x = torch.randn(8, 4) if isinstance(layer, QuantLinear) else torch.randn(8, 4, 50, 1)
    results = []
    for forward in (type(layer).forward, type(layer).__base__.forward):
        own = x.clone().requires_grad_()
        layer.zero_grad()
        output = forward(layer, own)
        torch.manual_seed(1)
        (output * torch.randn_like(output)).sum().backward()
        (parameter,) = layer.parameters()
        results.append((output.detach(), own.grad, parameter.grad.clone()))
    (short, short_x, short_parameter), (brevitas, brevitas_x, brevitas_parameter) = results
    assert torch.allclose(short, brevitas, atol=1e-6)
    assert torch.allclose(short_x, brevitas_x, atol=1e-5)
    assert torch.allclose(short_parameter, brevitas_parameter, rtol=1e-3, atol=1e-4)

"""Maps of the explained network: the hardware's function, each value where it belongs."""

import numpy as np
import pytest
import torch

from quant_training.evaluation.metrics import as_input, predict
from quant_training.net import checkpoint, integers

pytest.importorskip("captum")

from quant_training.explain.errors import ExplanationError
from quant_training.explain.maps import cam
from quant_training.explain.maps.methods import FINE, cams
from quant_training.explain.measures import stability
from quant_training.explain.network import explainable, sample_centres

STEMS = ("v1-float32", "v1-w4a4", "v2-float32", "v2-w4a4")


@pytest.fixture(scope="module")
def beats() -> np.ndarray:
    waves = np.random.default_rng(0).normal(size=(12, 360)).cumsum(axis=1)
    return np.clip(waves, -100, 100).astype(np.int8)


def network(stem: str):
    return explainable(checkpoint.load(checkpoint.path_of(stem))[0])


@pytest.mark.parametrize("stem", STEMS)
def test_explained_network_has_the_logits_of_the_trained_one(stem, beats):
    trained = checkpoint.load(checkpoint.path_of(stem))[0]
    integers.settle_(trained)
    assert np.array_equal(predict(network(stem), beats), predict(trained, beats))


@pytest.mark.parametrize("stem", ["v1-w4a4", "v2-w4a4"])
def test_gradients_pass_the_rounding(stem, beats):
    x = as_input(torch.from_numpy(beats).float()).requires_grad_()
    gradient = torch.autograd.grad(network(stem)(x).sum(), x)[0]
    assert (gradient.abs().sum(dim=(1, 2, 3)) > 0).all()


@pytest.mark.parametrize("stem", STEMS)
def test_last_layer_grad_cam_is_the_classifier_weighted_sum_of_its_maps(stem, beats):
    model = network(stem)
    site = cam.LAYERS[model.config.net][0]
    kept = {}
    handle = model.sites()[site].register_forward_hook(lambda m, i, o: kept.update(maps=o))
    classes = predict(model, beats).argmax(1)
    handle.remove()
    weights = model.classifier.fc.weight[torch.from_numpy(classes)]
    length = kept["maps"].shape[2]
    expected = torch.einsum("nc,ncl->nl", weights, kept["maps"][..., 0]).relu() / length
    found = cam.grad_cam(model, beats, classes, site)
    stretched = expected.numpy() @ cam.interpolation(model, site)
    assert np.allclose(found, stretched, atol=1e-4)
    assert np.allclose(found, cam.hires_cam(model, beats, classes, site), atol=1e-4)


@pytest.mark.parametrize(
    ("stem", "site", "first", "last", "step"),
    [
        ("v1-float32", "b1.conv", 1, 357, 2),
        ("v1-float32", "b5.pointwise", 31, 319, 32),
        ("v2-float32", "stem", 0, 358, 2),
        ("v2-float32", "head", 0, 256, 128),
    ],
)
def test_positions_lie_on_the_centres_of_what_they_see(stem, site, first, last, step):
    centres = sample_centres(network(stem), site)
    assert centres[[0, -1]].tolist() == [first, last]
    assert float(centres[1] - centres[0]) == step


@pytest.mark.parametrize("stem", ["v1-float32", "v2-float32"])
def test_a_position_reacts_most_to_samples_around_its_centre(stem):
    """Independent of strides: the receptive field found by gradients is centred there."""
    model = network(stem)
    net = model.config.net
    site = FINE[net]
    kept = {}
    model.sites()[site].register_forward_hook(lambda m, i, o: kept.update(maps=o))
    x = torch.randn(16, 1, 360, 1, requires_grad=True)
    model(x)
    place = kept["maps"].shape[2] // 2
    seen = torch.autograd.grad(kept["maps"][:, :, place].sum(), x)[0].abs().sum(dim=(0, 1, 3))
    inside = seen.nonzero().flatten().double()
    middle = float(inside.min() + inside.max()) / 2
    centre = float(sample_centres(model, site)[place])
    assert abs(middle - centre) <= 1


@pytest.mark.parametrize("stem", ["v1-w4a4", "v2-w4a4"])
def test_every_offered_map_has_one_value_a_sample(stem, beats):
    model = network(stem)
    classes = predict(model, beats).argmax(1)
    for explain in cams(model.config.net).values():
        found = explain(model, beats, classes)
        assert found.shape == beats.shape
        assert np.isfinite(found).all()
        assert (found >= 0).all()
    for site in cam.LAYERS[model.config.net]:
        assert cam.grad_cam(model, beats[:0], classes[:0], site).shape == (0, 360)


def test_an_unknown_layer_is_refused_with_those_there_are():
    with pytest.raises(ExplanationError, match=r"no layer 'b9.conv': choose one of head"):
        cam.check_site(network("v2-float32"), "b9.conv")


def test_random_weights_replace_the_trained_ones_from_the_classifier_down(beats):
    model = network("v2-w4a4")
    before = {
        name: site.conv.weight.clone()
        for name, site in model.sites().items()
        if hasattr(site, "conv")
    }
    seen = []
    for name, made in stability.randomised(model, beats):
        seen.append(name)
        replaced = {n for n, w in before.items() if not torch.equal(made.sites()[n].conv.weight, w)}
        assert replaced == set(seen[1:])
    assert seen[0] == "classifier"
    assert set(seen[1:]) == set(before)
    assert all(torch.equal(model.sites()[n].conv.weight, w) for n, w in before.items())
    assert predict(made, beats).std(axis=0).max() > 0


def test_a_shifted_map_moves_back_to_where_it_was(beats):
    there = stability.shifted(beats, 10)
    assert np.array_equal(there[:, 10:], beats[:, :-10])
    assert np.array_equal(stability.shifted(there, -10)[:, 10:-10], beats[:, 10:-10])


def test_correlation_of_a_constant_row_is_unknown():
    rows = np.array([[1.0, 2, 3], [5, 5, 5]])
    found = stability.rank_correlation(rows, np.array([[10.0, 20, 25], [1, 2, 3]]))
    assert found[0] == pytest.approx(1)
    assert np.isnan(found[1])

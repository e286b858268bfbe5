"""Losses of training alone: what they measure, and that training follows them."""

import numpy as np
import pytest
import torch

pytest.importorskip("captum")

from arrhythminet.beats import BEAT_SAMPLES
from quant_training.evaluation.metrics import as_input
from quant_training.explain.maps.cam import LAYERS, grad_cam
from quant_training.net.models import NetConfig, build
from quant_training.training.guidance import Guidance, WithMaps

COUNT = 8
WAVES = np.zeros((COUNT, BEAT_SAMPLES), bool)
WAVES[:, 100:250] = True
FEATURES = np.random.default_rng(0).normal(size=(COUNT, 4)).astype(np.float32)
ROWS = torch.arange(COUNT)


@pytest.fixture(params=["v1-float32", "v2-float32"])
def model(request):
    torch.manual_seed(0)
    return build(NetConfig.from_stem(request.param)).eval()


@pytest.fixture
def beats() -> np.ndarray:
    return np.random.default_rng(1).integers(-60, 60, (COUNT, BEAT_SAMPLES)).astype(np.int8)


def guide(model, waves=WAVES, features=FEATURES):
    return Guidance(model, waves, features, torch.device("cpu"))


def test_maps_come_with_the_same_logits(model, beats):
    x = as_input(torch.from_numpy(beats).float())
    logits, maps = WithMaps(model)(x)
    assert torch.equal(logits, model(x))
    assert maps.shape[1] == model.classifier.fc.in_features


def test_the_loss_is_the_share_of_grad_cam_outside_the_waves(model, beats):
    labels = np.arange(COUNT) % 5
    found = grad_cam(model, beats, labels, LAYERS[model.config.net][0])
    total = found.sum(axis=1)
    outside = np.where(total > 1e-6, 1 - (found * WAVES).sum(1) / np.maximum(total, 1e-9), 0)
    _, maps = WithMaps(model)(as_input(torch.from_numpy(beats).float()))
    weight = model.classifier.fc.weight
    loss = guide(model).outside(weight, maps, torch.from_numpy(labels), ROWS)
    assert float(loss) == pytest.approx(outside.mean(), abs=1e-4)
    assert loss.requires_grad


def test_beats_of_unknown_waves_and_features_cost_nothing(model, beats):
    _, maps = WithMaps(model)(as_input(torch.from_numpy(beats).float()))
    labels = torch.zeros(COUNT, dtype=torch.long)
    unknown = guide(model, np.zeros_like(WAVES), np.full_like(FEATURES, np.nan))
    assert float(unknown.outside(model.classifier.fc.weight, maps, labels, ROWS)) == 0
    loss = unknown.misread(maps, ROWS)
    loss.backward()
    assert float(loss) == 0
    assert torch.isfinite(unknown.head.weight.grad).all()


def test_training_on_the_losses_alone_moves_the_map_onto_the_waves(model, beats):
    guidance = guide(model)
    labels = torch.arange(COUNT) % 5
    x = as_input(torch.from_numpy(beats).float())
    network = WithMaps(model)
    parameters = [*model.parameters(), *guidance.head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=3e-3)
    losses = []
    for _ in range(25):
        _, maps = network(x)
        outside = guidance.outside(model.classifier.fc.weight, maps, labels, ROWS)
        misread = guidance.misread(maps, ROWS)
        losses.append((float(outside), float(misread)))
        optimizer.zero_grad()
        (outside + misread).backward()
        optimizer.step()
    assert losses[-1][0] < 0.7 * losses[0][0]
    assert losses[-1][1] < losses[0][1]

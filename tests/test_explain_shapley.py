"""Shapley values: exact where they claim to be, with their error where they do not."""

from itertools import permutations

import numpy as np
import pytest
import torch
from torch import nn

from quant_training.evaluation.metrics import predict

pytest.importorskip("shap")

from quant_training.explain.maps import shapley
from quant_training.explain.waves import segments


class Linear(nn.Module):
    """Logits are a matrix times the input."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(360, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.fc(x.flatten(1))


class Gated(Linear):
    """The first class's logit is a product of two parts of the beat: parts act together."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        values = x.flatten(1)
        both = values[:, :180].mean(1) * values[:, 180:].mean(1)
        return self.fc(values) + both[:, None] * torch.eye(5)[0]


@pytest.fixture
def beats() -> np.ndarray:
    return np.random.default_rng(1).integers(-60, 60, (4, 360)).astype(np.int8)


@pytest.fixture
def background() -> np.ndarray:
    return np.random.default_rng(2).integers(-60, 60, (6, 360)).astype(np.int8)


def test_values_are_the_mean_gain_over_all_orders_of_joining():
    worth = np.random.default_rng(0).normal(size=2**4)
    expected = np.zeros(4)
    orders = list(permutations(range(4)))
    for order in orders:
        coalition = 0
        for player in order:
            expected[player] += worth[coalition | 1 << player] - worth[coalition]
            coalition |= 1 << player
    assert np.allclose(shapley.shapley(worth), expected / len(orders))


def test_segment_values_sum_to_the_logits(beats, background):
    torch.manual_seed(0)
    model = Gated()
    parts = np.tile(np.arange(360) // 52, (len(beats), 1)).astype(np.int8)
    found = shapley.by_segment(model, beats, parts, background)
    assert np.allclose(found.values.sum(1) + found.base, predict(model, beats), atol=1e-4)
    assert np.allclose(found.base, predict(model, background).mean(0), atol=1e-4)


def test_a_segment_of_no_length_is_worth_nothing(beats, background):
    parts = np.full((len(beats), 360), 3, np.int8)
    parts[:, :100] = 0
    found = shapley.by_segment(Linear(), beats, parts, background)
    assert not found.values[:, [1, 2, 4, 5, 6]].any()
    assert found.values[:, [0, 3]].any()


def test_sample_values_of_a_linear_network_miss_nothing(beats, background):
    torch.manual_seed(0)
    found = shapley.by_sample(
        Linear(), beats, np.tile(background[:1], (2, 1)), draws=20, quiet=True
    )
    assert np.abs(found.missing).max() < 1e-3


def test_error_of_sample_values_is_what_their_sum_misses(beats, background):
    torch.manual_seed(0)
    model = Gated()
    found = shapley.by_sample(model, beats, background, draws=3, quiet=True)
    logits = predict(model, beats)
    explained = logits.max(1) - predict(model, background).mean(0)[logits.argmax(1)]
    assert np.allclose(found.missing, explained - found.values.sum(1), atol=1e-4)
    assert (found.additivity_error >= 0).all()
    assert found.additivity_error.max() > 1e-3


def test_a_removed_segment_becomes_the_line_between_its_neighbours():
    beat = np.zeros(360, np.int8)
    beat[100:120] = 90
    beat[:100] = 10
    beat[120:] = 30
    parts = np.zeros(360, np.int8)
    parts[100:120] = 3
    parts[120:] = 6
    made = shapley.without(beat, parts, 3)
    assert np.array_equal(made[:100], beat[:100])
    assert np.array_equal(made[120:], beat[120:])
    assert (np.diff(made[99:121].astype(int)) >= 0).all()
    assert made[110] == pytest.approx(20, abs=1)


def test_a_removed_interval_is_its_mean():
    parts = segments.segment(np.array([[90, 120, 160, 200, 240, 300.0]]), "rhythm")[0]
    made = shapley.without(
        np.full(360, 50, np.int8), parts, segments.names("rhythm").index("RR before")
    )
    assert not made[300:330].any()
    assert (made[330:] == 50).all()


def test_global_values_are_magnitudes_per_class_and_unknown_without_beats():
    found = shapley.global_by_sample(np.array([[1.0, -3], [-3, 1]]), np.array([2, 2]))
    assert found[2].tolist() == [2, 2]
    assert np.isnan(found[0]).all()

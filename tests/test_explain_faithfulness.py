"""Deletion, insertion, shares, pointing game and intervals on networks whose reasons are known."""

import numpy as np
import pytest
import torch
from torch import nn

from quant_training.explain.measures import faithfulness
from quant_training.explain.measures.intervals import below, both, mean_interval


class Looks(nn.Module):
    """Class 3 by the mean of samples 120 to 143, and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(5.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        seen = x[:, 0, 120:144, 0].mean(1)
        return self.scale * seen[:, None] * torch.eye(5)[3]


@pytest.fixture
def beats() -> np.ndarray:
    made = np.zeros((30, 360), np.int8)
    made[:, 120:144] = 100
    return made


@pytest.fixture
def attribution() -> np.ndarray:
    made = np.zeros((30, 360))
    made[:, 120:144] = 1
    return made


def test_the_right_order_deletes_faster_and_inserts_faster_than_chance(beats, attribution):
    model, classes = Looks(), np.full(30, 3)
    right = faithfulness.scores(model, beats, classes, faithfulness.order(attribution))
    chance = faithfulness.scores(model, beats, classes, faithfulness.random_order(30, 0))
    records = np.arange(30) % 5
    found = {kind: [both(s[kind].mean(1), records) for s in (right, chance)] for kind in right}
    assert below(*found["deletion"])
    assert below(*found["insertion"][::-1])
    assert not below(*found["deletion"][::-1])


def test_an_order_that_names_the_reason_last_is_worse_than_chance(beats, attribution):
    model, classes = Looks(), np.full(30, 3)
    wrong = faithfulness.scores(model, beats, classes, faithfulness.order(1 - attribution))
    chance = faithfulness.scores(model, beats, classes, faithfulness.random_order(30, 0))
    assert wrong["deletion"].mean() > chance["deletion"].mean()


def test_what_is_gone_is_a_straight_line_and_the_rest_is_untouched():
    beats = np.arange(-120, 240, dtype=np.int16).clip(-128, 127).astype(np.int8)[None]
    kept = np.ones((1, 360), bool)
    kept[0, 50:100] = False
    assert np.array_equal(faithfulness.removed(beats, kept), beats)
    assert not faithfulness.removed(beats, np.zeros((1, 360), bool)).any()


def test_a_gone_interval_is_its_mean_and_not_part_of_the_ecgs_line():
    beats = np.full((1, 360), 40, np.int8)
    kept = np.ones((1, 360), bool)
    kept[0, 290:330] = False
    made = faithfulness.removed(beats, kept, "rhythm")
    assert (made[0, :300] == 40).all()
    assert not made[0, 300:330].any()
    assert (made[0, 330:] == 40).all()


def test_orders_hold_every_window_once(attribution):
    for ranked in (faithfulness.order(attribution), faithfulness.random_order(30, 1)):
        assert (np.sort(ranked, axis=1) == np.arange(30)).all()
    assert set(faithfulness.order(attribution)[0, :2]) == {10, 11}


def test_intervals_hold_the_mean_and_are_wider_over_records():
    records = np.repeat(np.arange(10), 20)
    values = np.random.default_rng(0).normal(records, 0.1)
    found = both(values, records)
    low, high = found["interval"]
    assert low < values.mean() < high
    far = found["interval_records"]
    assert far[1] - far[0] > 2 * (high - low)
    assert all(np.isnan(mean_interval(np.array([np.nan]))))


def test_shares_of_attribution_and_time_sum_to_one_and_are_unknown_without_any():
    localisation = pytest.importorskip("quant_training.explain.measures.localisation")
    segments = np.tile(np.arange(360) // 52, (2, 1))
    values = np.zeros((2, 360))
    values[0, 60] = -2
    found = localisation.shares(values, segments)
    assert found[0].tolist() == [0, 1, 0, 0, 0, 0, 0]
    assert np.isnan(found[1]).all()
    assert localisation.time_shares(segments).sum(axis=1) == pytest.approx(1)


def test_pointing_game_hits_the_waves_that_tell_the_class(beats, attribution):
    pytest.importorskip("quantus")
    from quant_training.explain.measures import localisation

    segments = np.zeros((30, 360), np.int8)
    segments[:, 118:150] = 3
    labels = np.full(30, 4)
    where = localisation.marked(segments, labels)
    assert where.sum() == 30 * 32
    attribution[0] = 0
    attribution[1] = np.eye(360)[5]
    hits = localisation.pointing_game(Looks(), beats, labels, attribution, where)
    assert np.isnan(hits[0])
    assert hits[1] == 0
    assert (hits[2:] == 1).all()

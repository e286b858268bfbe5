"""Protocols: sizes, shares and what may never be on two sides."""

from pathlib import Path

import numpy as np
import pytest

from arrhythminet import beats
from arrhythminet.errors import BeatError
from quant_training.data import dataset, protocols
from quant_training.errors import ProtocolError

COUNTS = {"N": 9000, "L": 700, "R": 650, "A": 250, "V": 620}
EXTRA = ("j", "E")


@pytest.fixture(scope="module")
def made_up() -> dataset.Dataset:
    generator = np.random.default_rng(0)
    symbols = np.concatenate([np.repeat(list(COUNTS), list(COUNTS.values())), EXTRA])
    records = generator.choice([*protocols.DS1, *protocols.DS2], len(symbols)).astype(np.int16)
    return dataset.Dataset(
        generator.integers(-128, 128, (len(symbols), 360)).astype(np.int8),
        generator.permutation(symbols),
        records,
        np.arange(len(symbols)),
        beats.INPUT_SCALE,
        "",
    )


@pytest.mark.parametrize("protocol", ["beat", "patient"])
def test_no_beat_is_on_two_sides(made_up: dataset.Dataset, protocol: str):
    split = protocols.split(made_up, protocol)
    rows = np.concatenate([split.train, split.validation, split.test])
    assert len(np.unique(rows)) == len(rows)


@pytest.mark.parametrize("protocol", protocols.PROTOCOLS)
def test_every_side_has_all_five_classes_and_no_other(made_up: dataset.Dataset, protocol: str):
    split = protocols.split(made_up, protocol)
    for side in (split.train, split.validation, split.test):
        assert np.unique(made_up.labels[side]).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("protocol", protocols.PROTOCOLS)
def test_a_split_is_always_the_same(made_up: dataset.Dataset, protocol: str):
    one, two = (protocols.split(made_up, protocol) for _ in range(2))
    for side in ("train", "validation", "test"):
        assert np.array_equal(getattr(one, side), getattr(two, side))


def test_paper_is_24000_and_6000_balanced_beats(made_up: dataset.Dataset):
    split = protocols.split(made_up, "paper")
    assert len(split.train) + len(split.validation) == 24_000
    assert np.bincount(made_up.labels[split.test]).tolist() == [1200] * 5


def test_paper_leaks_and_says_so(made_up: dataset.Dataset):
    split = protocols.split(made_up, "paper")
    assert np.isin(split.test, split.train).any()
    assert protocols.leaks("paper")
    assert not protocols.leaks("beat")


def test_beat_keeps_the_natural_ratio(made_up: dataset.Dataset):
    split = protocols.split(made_up, "beat")
    expected = [round(0.2 * count) for count in COUNTS.values()]
    assert np.bincount(made_up.labels[split.test]).tolist() == expected


def test_patient_shares_no_record_between_sides(made_up: dataset.Dataset):
    split = protocols.split(made_up, "patient")
    sides = [
        set(made_up.records[rows].tolist()) for rows in (split.train, split.validation, split.test)
    ]
    assert len(set.union(*sides)) == sum(len(side) for side in sides)
    assert sides[2] == set(protocols.DS2)


def test_patient_leaves_the_paced_records_out():
    assert not {102, 104, 107, 217} & {*protocols.DS1, *protocols.DS2}
    assert len({*protocols.DS1, *protocols.DS2}) == 44


def test_unknown_protocol_names_the_known_ones(made_up: dataset.Dataset):
    with pytest.raises(ProtocolError, match="paper, beat, patient"):
        protocols.split(made_up, "random")


def test_too_few_beats_of_a_class_is_an_error(made_up: dataset.Dataset):
    few = dataset.Dataset(**{**vars(made_up), "symbols": np.repeat("N", len(made_up.symbols))})
    with pytest.raises(BeatError, match="0 beats of class L"):
        protocols.split(few, "beat")


@pytest.mark.mitdb
@pytest.mark.parametrize(
    ("protocol", "train", "test"),
    [("paper", 21_600, 6_000), ("beat", 71_817, 19_949), ("patient", 38_499, 48_979)],
)
def test_sizes_on_mitdb(mitdb: Path, protocol: str, train: int, test: int):
    split = protocols.split(dataset.load(mitdb), protocol)
    assert (len(split.train), len(split.test)) == (train, test)

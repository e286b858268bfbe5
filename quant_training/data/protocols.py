"""Evaluation protocols: which beats train, which validate, which test.

``paper`` leaks: it balances by copying before it splits, so copies of a minority beat fall on
both sides. It exists only to compare with arXiv 2505.03787. ``beat`` splits distinct beats.
``patient`` is de Chazal's division of records, no patient on both sides.
The split never depends on the training seed: every seed is tested on the same beats.
"""

from dataclasses import dataclass

import numpy as np

from arrhythminet.classes import CLASSES
from arrhythminet.errors import BeatError
from arrhythminet.stem import PROTOCOLS
from quant_training.data.dataset import Dataset
from quant_training.errors import ProtocolError

SPLIT_SEED = 2505
PAPER_BEATS_PER_CLASS = 6000
TEST_SHARE = 0.2
VALIDATION_SHARE = 0.1
"""Of the training side, by class; ``patient`` validates on whole records instead."""

# fmt: off
DS1 = (101, 106, 108, 109, 112, 114, 115, 116, 118, 119, 122, 124, 201, 203, 205, 207, 208, 209,
       215, 220, 223, 230)
DS2 = (100, 103, 105, 111, 113, 117, 121, 123, 200, 202, 210, 212, 213, 214, 219, 221, 222, 228,
       231, 232, 233, 234)
# fmt: on
DS1_VALIDATION = (112, 124, 207, 215, 223)
"""Records of DS1 kept from training; both parts hold all five classes."""


@dataclass(frozen=True)
class Split:
    """Indices into a dataset's rows. In ``paper`` an index may occur more than once."""

    protocol: str
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split(dataset: Dataset, protocol: str) -> Split:
    """Divide a data set's beats of the five classes.

    Raises
    ------
    ProtocolError
        If there is no such protocol.
    BeatError
        If a class has too few beats to be on every side.
    """
    dividers = {"paper": _paper, "beat": _beat, "patient": _patient}
    if protocol not in dividers:
        raise ProtocolError(f"unknown protocol {protocol!r}: choose {', '.join(PROTOCOLS)}")
    labels = dataset.labels
    for index, symbol in enumerate(CLASSES):
        count = int((labels == index).sum())
        if count < 10:
            raise BeatError(f"{count} beats of class {symbol}, at least 10 are needed: add records")
    train, validation, test = dividers[protocol](dataset, labels)
    return Split(protocol, train, validation, test)


def leaks(protocol: str) -> bool:
    """Whether copies of test beats are trained on."""
    return protocol == "paper"


def _paper(dataset: Dataset, labels: np.ndarray) -> tuple[np.ndarray, ...]:
    generator = np.random.default_rng(SPLIT_SEED)
    balanced = []
    for index in range(len(CLASSES)):
        rows = generator.permutation(np.flatnonzero(labels == index))
        copies = generator.choice(rows, max(0, PAPER_BEATS_PER_CLASS - len(rows)))
        balanced.append(np.concatenate([rows[:PAPER_BEATS_PER_CLASS], copies]))
    return _stratified(np.concatenate(balanced), labels, generator)


def _beat(dataset: Dataset, labels: np.ndarray) -> tuple[np.ndarray, ...]:
    return _stratified(np.flatnonzero(labels >= 0), labels, np.random.default_rng(SPLIT_SEED))


def _patient(dataset: Dataset, labels: np.ndarray) -> tuple[np.ndarray, ...]:
    five = labels >= 0
    validation = np.isin(dataset.records, DS1_VALIDATION)
    train = np.isin(dataset.records, DS1) & ~validation
    test = np.isin(dataset.records, DS2)
    return tuple(np.flatnonzero(five & side) for side in (train, validation, test))


def _stratified(
    rows: np.ndarray, labels: np.ndarray, generator: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Divide ``rows`` 80/20 by class, then carve validation rows from the 80."""
    sides: tuple[list[np.ndarray], ...] = ([], [], [])
    for index in range(len(CLASSES)):
        mine = generator.permutation(rows[labels[rows] == index])
        test = round(TEST_SHARE * len(mine))
        validation = test + round(VALIDATION_SHARE * (len(mine) - test))
        parts = mine[validation:], mine[test:validation], mine[:test]
        for side, part in zip(sides, parts, strict=True):
            side.append(part)
    return tuple(generator.permutation(np.concatenate(side)) for side in sides)

"""Weights and activations for the benches of the multiply-accumulate modules."""

import random

import numpy as np

from sim.axis import pack


def weight_array(shape: tuple[int, ...], width: int) -> np.ndarray:
    """Random signed weights of `width` bits; both extremes occur when there is room."""
    rng = np.random.default_rng(7)
    values = rng.integers(-(1 << (width - 1)), 1 << (width - 1), shape)
    values.reshape(-1)[:2] = [-(1 << (width - 1)), (1 << (width - 1)) - 1][: values.size]
    return values


def random_activations(rng: random.Random, transfers: int, lanes: int, width: int) -> list[int]:
    """Random transfers; every fourth has all bits set in some lanes and none in the others."""
    words = [rng.getrandbits(lanes * width) for _ in range(transfers)]
    for index in range(0, transfers, 4):
        words[index] = pack([rng.choice([0, (1 << width) - 1]) for _ in range(lanes)], width)
    return words

"""Bench of pad: zero pixels before and after every beat."""

import random

from sim.benches.harness import Streams, beat

BEATS = 3
CONFIGURATIONS = [
    {"DATA_WIDTH": 8, "FOLD": 1, "LENGTH": 9, "PAD_LEFT": 1, "PAD_RIGHT": 1},
    {"DATA_WIDTH": 5, "FOLD": 3, "LENGTH": 4, "PAD_LEFT": 2, "PAD_RIGHT": 0},
    {"DATA_WIDTH": 33, "FOLD": 2, "LENGTH": 5, "PAD_LEFT": 0, "PAD_RIGHT": 3},
]
BROKEN = [({"LENGTH": 0}, "LENGTH must be at least 1")]


def stimulus(p: dict, rng: random.Random) -> Streams:
    transfers = []
    for _ in range(BEATS):
        transfers += beat(
            [rng.getrandbits(p["DATA_WIDTH"]) for _ in range(p["LENGTH"] * p["FOLD"])]
        )
    return [transfers]


def reference(p: dict, streams: Streams) -> Streams:
    size, padded = p["LENGTH"] * p["FOLD"], []
    for start in range(0, len(streams[0]), size):
        data = [transfer.data for transfer in streams[0][start : start + size]]
        padded += beat([0] * p["PAD_LEFT"] * p["FOLD"] + data + [0] * p["PAD_RIGHT"] * p["FOLD"])
    return [padded]


def cycles_per_beat(p: dict) -> int:
    return (p["PAD_LEFT"] + p["LENGTH"] + p["PAD_RIGHT"]) * p["FOLD"]

"""Bench of global_accumulate: sums over the pixels of a beat."""

import random

import numpy as np

from sim.axis import pack, unpack
from sim.benches.harness import Streams, beat

BEATS = 3
CONFIGURATIONS = [
    {"PE": 1, "FOLD": 4, "LENGTH": 3, "IN_WIDTH": 4, "IN_SIGNED": 0, "OUT_WIDTH": 6},
    {"PE": 3, "FOLD": 1, "LENGTH": 10, "IN_WIDTH": 5, "IN_SIGNED": 1, "OUT_WIDTH": 9},
    {"PE": 2, "FOLD": 5, "LENGTH": 1, "IN_WIDTH": 4, "IN_SIGNED": 1, "OUT_WIDTH": 4},
]
BROKEN = [({"LENGTH": 5}, "OUT_WIDTH must hold the sum")]


def stimulus(p: dict, rng: random.Random) -> Streams:
    bits, size = p["PE"] * p["IN_WIDTH"], p["LENGTH"] * p["FOLD"]
    beats = [[rng.getrandbits(bits) for _ in range(size)] for _ in range(BEATS - 1)]
    # The extreme sum: every lane at its largest magnitude
    extreme = 1 << (p["IN_WIDTH"] - 1) if p["IN_SIGNED"] else (1 << p["IN_WIDTH"]) - 1
    beats.append([pack([extreme] * p["PE"], p["IN_WIDTH"])] * size)
    return [[transfer for values in beats for transfer in beat(values)]]


def reference(p: dict, streams: Streams) -> Streams:
    lanes = [
        unpack(transfer.data, p["PE"], p["IN_WIDTH"], bool(p["IN_SIGNED"]))
        for transfer in streams[0]
    ]
    sums = np.array(lanes).reshape(-1, p["LENGTH"], p["FOLD"], p["PE"]).sum(axis=1)
    return [
        [
            transfer
            for pixel in sums
            for transfer in beat([pack(list(row), p["OUT_WIDTH"]) for row in pixel])
        ]
    ]


def cycles_per_beat(p: dict) -> int:
    return p["LENGTH"] * p["FOLD"]

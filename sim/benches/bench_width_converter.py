"""Bench of width_converter: the bits of a beat keep their order at any ratio."""

import math
import random

from sim.benches.harness import Streams, beat

CONFIGURATIONS = [
    {"IN_WIDTH": 4, "OUT_WIDTH": 12},
    {"IN_WIDTH": 24, "OUT_WIDTH": 8},
    {"IN_WIDTH": 12, "OUT_WIDTH": 20},
    {"IN_WIDTH": 30, "OUT_WIDTH": 18},
    {"IN_WIDTH": 7, "OUT_WIDTH": 7},
]
BROKEN = [({"IN_WIDTH": 0}, "must be at least 1")]
BEATS, COMMON_WORDS = 5, 4


def stimulus(p: dict, rng: random.Random) -> Streams:
    size = COMMON_WORDS * math.lcm(p["IN_WIDTH"], p["OUT_WIDTH"]) // p["IN_WIDTH"]
    beats = [[rng.getrandbits(p["IN_WIDTH"]) for _ in range(size)] for _ in range(BEATS)]
    return [[transfer for values in beats for transfer in beat(values)]]


def reference(p: dict, streams: Streams) -> Streams:
    size, words = len(streams[0]) // BEATS, []
    for start in range(0, len(streams[0]), size):
        bits = sum(
            transfer.data << (index * p["IN_WIDTH"])
            for index, transfer in enumerate(streams[0][start : start + size])
        )
        count = size * p["IN_WIDTH"] // p["OUT_WIDTH"]
        mask = (1 << p["OUT_WIDTH"]) - 1
        words += beat([bits >> (index * p["OUT_WIDTH"]) & mask for index in range(count)])
    return [words]


def cycles_per_beat(p: dict) -> int:
    bits = COMMON_WORDS * math.lcm(p["IN_WIDTH"], p["OUT_WIDTH"])
    return bits // min(p["IN_WIDTH"], p["OUT_WIDTH"])

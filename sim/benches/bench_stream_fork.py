"""Bench of stream_fork: every output takes every transfer exactly once."""

import random

from sim.benches.harness import Streams, beat

BEATS, SIZE = 8, 7
CONFIGURATIONS = [{"DATA_WIDTH": 8, "OUTPUTS": 2}, {"DATA_WIDTH": 33, "OUTPUTS": 3}]
BROKEN = [({"OUTPUTS": 0}, "OUTPUTS must be at least 1")]


def stimulus(p: dict, rng: random.Random) -> Streams:
    beats = [[rng.getrandbits(p["DATA_WIDTH"]) for _ in range(SIZE)] for _ in range(BEATS)]
    return [[transfer for values in beats for transfer in beat(values)]]


def reference(p: dict, streams: Streams) -> Streams:
    return streams * p["OUTPUTS"]


def outputs(p: dict) -> list:
    return [("m_axis", index) for index in range(p["OUTPUTS"])]


def cycles_per_beat(p: dict) -> int:
    return SIZE

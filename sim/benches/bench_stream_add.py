"""Bench of stream_add: lane sums of two streams, signed and unsigned."""

import random

from sim.axis import pack, unpack
from sim.benches.harness import Streams, beat

BEATS, SIZE = 4, 9
INPUTS = ("s_axis_a", "s_axis_b")
CONFIGURATIONS = [
    {"PE": 1, "A_WIDTH": 4, "A_SIGNED": 0, "B_WIDTH": 4, "B_SIGNED": 0, "OUT_WIDTH": 5},
    {"PE": 3, "A_WIDTH": 5, "A_SIGNED": 1, "B_WIDTH": 7, "B_SIGNED": 0, "OUT_WIDTH": 9},
    {"PE": 2, "A_WIDTH": 8, "A_SIGNED": 1, "B_WIDTH": 6, "B_SIGNED": 1, "OUT_WIDTH": 12},
]
BROKEN = [({"OUT_WIDTH": 4}, "OUT_WIDTH must hold the sum")]


def stimulus(p: dict, rng: random.Random) -> Streams:
    return [
        [
            transfer
            for _ in range(BEATS)
            for transfer in beat([rng.getrandbits(p["PE"] * p[width]) for _ in range(SIZE)])
        ]
        for width in ("A_WIDTH", "B_WIDTH")
    ]


def reference(p: dict, streams: Streams) -> Streams:
    sums = []
    for a, b in zip(*streams, strict=True):
        lanes_a = unpack(a.data, p["PE"], p["A_WIDTH"], bool(p["A_SIGNED"]))
        lanes_b = unpack(b.data, p["PE"], p["B_WIDTH"], bool(p["B_SIGNED"]))
        lanes = [x + y for x, y in zip(lanes_a, lanes_b, strict=True)]
        sums.append(a._replace(data=pack(lanes, p["OUT_WIDTH"])))
    return [sums]


def cycles_per_beat(p: dict) -> int:
    return SIZE

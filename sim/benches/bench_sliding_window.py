"""Bench of sliding_window: taps of standard and depthwise convolutions, any stride."""

import random

from sim.axis import pack
from sim.benches.harness import Streams, beat

BEATS = 3
CONFIGURATIONS = [
    {"DATA_WIDTH": 8, "FOLD": 1, "LENGTH": 11, "KERNEL": 3, "STRIDE": 1},
    # One pixel is left over after the last window
    {"DATA_WIDTH": 12, "FOLD": 3, "LENGTH": 8, "KERNEL": 3, "STRIDE": 2},
    {"DATA_WIDTH": 3, "FOLD": 2, "LENGTH": 9, "KERNEL": 2, "STRIDE": 4},
    {"DATA_WIDTH": 4, "FOLD": 2, "LENGTH": 5, "KERNEL": 1, "STRIDE": 2},
]
BROKEN = [
    ({"LENGTH": 2, "KERNEL": 3}, "LENGTH must be at least KERNEL"),
    ({"STRIDE": 0}, "STRIDE must be at least 1"),
]


def stimulus(p: dict, rng: random.Random) -> Streams:
    size = p["LENGTH"] * p["FOLD"]
    beats = [[rng.getrandbits(p["DATA_WIDTH"]) for _ in range(size)] for _ in range(BEATS)]
    return [[transfer for values in beats for transfer in beat(values)]]


def reference(p: dict, streams: Streams) -> Streams:
    fold, size, windows = p["FOLD"], p["LENGTH"] * p["FOLD"], []
    for start in range(0, len(streams[0]), size):
        data = [transfer.data for transfer in streams[0][start : start + size]]
        starts = range(0, p["LENGTH"] - p["KERNEL"] + 1, p["STRIDE"])
        taps = [
            [data[(first + tap) * fold + f] for tap in range(p["KERNEL"])]
            for first in starts
            for f in range(fold)
        ]
        windows += beat([pack(window, p["DATA_WIDTH"]) for window in taps])
    return [windows]


def cycles_per_beat(p: dict) -> int:
    return p["LENGTH"] * p["FOLD"]

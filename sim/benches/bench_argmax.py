"""Bench of argmax: label and logits of a beat, ties to the lowest index."""

import random

from hw.tools.literal import packed_literal
from sim.axis import Transfer, pack, unpack
from sim.benches.harness import Streams, beat

BEATS = 12
CONFIGURATIONS = [
    {"CLASSES": 5, "PE": 1, "IN_WIDTH": 16, "BIASES": [-700, 12, 0, 3, 500]},
    {"CLASSES": 5, "PE": 5, "IN_WIDTH": 4, "BIASES": [0, 0, 0, 0, 0]},
    {"CLASSES": 6, "PE": 2, "IN_WIDTH": 20, "BIASES": [1 << 29, -(1 << 29), 7, -1, 0, 1]},
]
BROKEN = [({"PE": 2}, "PE must divide CLASSES")]


def hdl_parameters(p: dict) -> dict:
    return {**p, "BIASES": packed_literal(p["BIASES"], 32)}


def stimulus(p: dict, rng: random.Random) -> Streams:
    transfers = []
    for index in range(BEATS):
        # Small numbers tie often
        bits = 2 if index % 2 else p["IN_WIDTH"]
        lanes = [rng.getrandbits(bits) for _ in range(p["CLASSES"])]
        if index == BEATS - 1:
            lanes = [1 << (p["IN_WIDTH"] - 1)] * p["CLASSES"]
        starts = range(0, p["CLASSES"], p["PE"])
        transfers += beat([pack(lanes[start : start + p["PE"]], p["IN_WIDTH"]) for start in starts])
    return [transfers]


def reference(p: dict, streams: Streams) -> Streams:
    folds, results = p["CLASSES"] // p["PE"], []
    for start in range(0, len(streams[0]), folds):
        lanes = []
        for transfer in streams[0][start : start + folds]:
            lanes += unpack(transfer.data, p["PE"], p["IN_WIDTH"], True)
        logits = [lane + bias for lane, bias in zip(lanes, p["BIASES"], strict=True)]
        results.append(Transfer(pack([logits.index(max(logits)), *logits], 32), True))
    return [results]


def cycles_per_beat(p: dict) -> int:
    return p["CLASSES"]

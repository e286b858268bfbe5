"""Bench of depthwise: one kernel per channel, in every form of multiply-accumulate."""

import random

import numpy as np

from hw.tools.literal import packed_literal
from sim.axis import pack, unpack
from sim.benches.harness import Streams, beat
from sim.benches.products import random_activations, weight_array

BEATS = 3
_BASE = {"ACT_WIDTH": 4, "ACT_SIGNED": 0, "WEIGHT_WIDTH": 4, "ACC_WIDTH": 10}
CONFIGURATIONS = [
    {**_BASE, "PE": 2, "TAPS": 3, "FOLD": 3, "VECTORS": 5, "FORM": "rom"},
    {**_BASE, "PE": 1, "TAPS": 3, "FOLD": 4, "VECTORS": 4, "FORM": "table"},
    {
        **_BASE,
        "PE": 3,
        "TAPS": 5,
        "FOLD": 1,
        "VECTORS": 6,
        "FORM": "table",
        "ACT_SIGNED": 1,
        "ACC_WIDTH": 11,
    },
    {**_BASE, "PE": 2, "TAPS": 3, "FOLD": 2, "VECTORS": 5, "FORM": "dsp"},
]
BROKEN = [({"FOLD": 0}, "FOLD must be at least 1")]


def weights(p: dict) -> np.ndarray:
    """Weights, shape (FOLD, PE, TAPS)."""
    return weight_array((p["FOLD"], p["PE"], p["TAPS"]), p["WEIGHT_WIDTH"])


def hdl_parameters(p: dict) -> dict:
    return {**p, "WEIGHTS": packed_literal(weights(p), p["WEIGHT_WIDTH"])}


def stimulus(p: dict, rng: random.Random) -> Streams:
    size, lanes = p["VECTORS"] * p["FOLD"], p["TAPS"] * p["PE"]
    beats = [random_activations(rng, size, lanes, p["ACT_WIDTH"]) for _ in range(BEATS)]
    return [[transfer for values in beats for transfer in beat(values)]]


def reference(p: dict, streams: Streams) -> Streams:
    lanes = [
        unpack(transfer.data, p["TAPS"] * p["PE"], p["ACT_WIDTH"], bool(p["ACT_SIGNED"]))
        for transfer in streams[0]
    ]
    windows = np.array(lanes).reshape(BEATS, p["VECTORS"], p["FOLD"], p["TAPS"], p["PE"])
    sums = np.einsum("bvftp,fpt->bvfp", windows, weights(p))
    return [
        [
            transfer
            for one in sums.reshape(BEATS, -1, p["PE"])
            for transfer in beat([pack(row.tolist(), p["ACC_WIDTH"]) for row in one])
        ]
    ]


def cycles_per_beat(p: dict) -> int:
    return p["VECTORS"] * p["FOLD"]

"""Bench of matvec: matrix-vector products in every form of multiply-accumulate."""

import random

import numpy as np

from hw.tools.literal import packed_literal
from sim.axis import pack, unpack
from sim.benches.harness import Streams, beat
from sim.benches.products import random_activations, weight_array

BEATS = 3
_BASE = {"ACT_WIDTH": 4, "ACT_SIGNED": 0, "WEIGHT_WIDTH": 4, "ACC_WIDTH": 13}
CONFIGURATIONS = [
    {**_BASE, "PE": 2, "SIMD": 3, "NF": 3, "SF": 4, "VECTORS": 5, "FORM": "rom"},
    {**_BASE, "PE": 3, "SIMD": 1, "NF": 5, "SF": 1, "VECTORS": 4, "FORM": "rom"},
    {
        **_BASE,
        "PE": 1,
        "SIMD": 5,
        "NF": 1,
        "SF": 3,
        "VECTORS": 3,
        "FORM": "rom",
        "ACT_WIDTH": 8,
        "ACT_SIGNED": 1,
        "WEIGHT_WIDTH": 8,
        "ACC_WIDTH": 20,
    },
    {**_BASE, "PE": 2, "SIMD": 3, "NF": 2, "SF": 2, "VECTORS": 5, "FORM": "table"},
    {**_BASE, "PE": 4, "SIMD": 6, "NF": 1, "SF": 1, "VECTORS": 4, "FORM": "table"},
    {
        **_BASE,
        "PE": 2,
        "SIMD": 1,
        "NF": 3,
        "SF": 1,
        "VECTORS": 4,
        "FORM": "table",
        "ACT_SIGNED": 1,
        "ACC_WIDTH": 8,
    },
    {**_BASE, "PE": 4, "SIMD": 1, "NF": 3, "SF": 7, "VECTORS": 3, "FORM": "dsp"},
    {**_BASE, "PE": 3, "SIMD": 4, "NF": 2, "SF": 3, "VECTORS": 4, "FORM": "dsp", "ACT_SIGNED": 1},
    {
        **_BASE,
        "PE": 2,
        "SIMD": 2,
        "NF": 1,
        "SF": 1,
        "VECTORS": 4,
        "FORM": "dsp",
        "ACT_WIDTH": 8,
        "WEIGHT_WIDTH": 8,
        "ACC_WIDTH": 17,
    },
]
BROKEN = [({"VECTORS": 0}, "VECTORS must be at least 1"), ({"FORM": "rum"}, "FORM must be")]


def weights(p: dict) -> np.ndarray:
    """Weights, shape (NF, SF, PE, SIMD)."""
    return weight_array((p["NF"], p["SF"], p["PE"], p["SIMD"]), p["WEIGHT_WIDTH"])


def hdl_parameters(p: dict) -> dict:
    return {**p, "WEIGHTS": packed_literal(weights(p), p["WEIGHT_WIDTH"])}


def stimulus(p: dict, rng: random.Random) -> Streams:
    size = p["VECTORS"] * p["SF"]
    beats = [random_activations(rng, size, p["SIMD"], p["ACT_WIDTH"]) for _ in range(BEATS)]
    return [[transfer for values in beats for transfer in beat(values)]]


def reference(p: dict, streams: Streams) -> Streams:
    lanes = [
        unpack(transfer.data, p["SIMD"], p["ACT_WIDTH"], bool(p["ACT_SIGNED"]))
        for transfer in streams[0]
    ]
    vectors = np.array(lanes).reshape(BEATS, p["VECTORS"], p["SF"], p["SIMD"])
    sums = np.einsum("bvsi,nspi->bvnp", vectors, weights(p))
    return [
        [
            transfer
            for one in sums.reshape(BEATS, -1, p["PE"])
            for transfer in beat([pack(row.tolist(), p["ACC_WIDTH"]) for row in one])
        ]
    ]


def cycles_per_beat(p: dict) -> int:
    return p["VECTORS"] * p["NF"] * p["SF"]

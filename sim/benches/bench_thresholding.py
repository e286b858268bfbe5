"""Bench of thresholding: the number of thresholds that the input reaches, in every form."""

import random

import numpy as np

from hw.tools.literal import packed_literal
from sim.axis import pack, unpack
from sim.benches.harness import Streams, beat

BEATS, PIXELS = 3, 30
_BASE = {
    "IN_WIDTH": 10,
    "IN_SIGNED": 1,
    "STEPS": 15,
    "THRESHOLD_WIDTH": 10,
    "OUT_WIDTH": 4,
    "OUT_BIAS": 0,
}
_ODD = {**_BASE, "IN_SIGNED": 0, "IN_WIDTH": 6, "STEPS": 14, "THRESHOLD_WIDTH": 7, "OUT_BIAS": -7}
_BYTE = {**_BASE, "STEPS": 255, "OUT_WIDTH": 8, "OUT_BIAS": -128}
CONFIGURATIONS = [
    {**_BASE, "PE": 2, "FOLD": 3, "FORM": "search"},
    {**_ODD, "PE": 1, "FOLD": 1, "FORM": "search"},
    {**_BYTE, "PE": 1, "FOLD": 2, "FORM": "search"},
    {**_BASE, "PE": 2, "FOLD": 1, "FORM": "compare", "STEPS": 1, "OUT_WIDTH": 1},
    {**_BASE, "PE": 2, "FOLD": 3, "FORM": "compare"},
    {**_ODD, "PE": 1, "FOLD": 1, "FORM": "compare"},
    {**_BASE, "PE": 2, "FOLD": 3, "FORM": "serial"},
    {**_ODD, "PE": 1, "FOLD": 1, "FORM": "serial"},
    {**_BASE, "PE": 1, "FOLD": 2, "FORM": "serial", "STEPS": 1, "OUT_WIDTH": 1},
    {**_BYTE, "PE": 1, "FOLD": 2, "FORM": "serial"},
]
BROKEN = [
    ({"OUT_WIDTH": 3}, "OUT_WIDTH must hold"),
    ({"OUT_BIAS": -1}, "OUT_WIDTH must hold"),
    ({"FORM": "sort"}, "FORM must be"),
]


def thresholds(p: dict) -> np.ndarray:
    """Ascending thresholds, shape (FOLD, PE, STEPS); some equal, some that no input reaches."""
    bits = p["THRESHOLD_WIDTH"]
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if p["IN_SIGNED"] else (0, 1 << bits)
    shape = (p["FOLD"], p["PE"], p["STEPS"])
    values = np.random.default_rng(3).integers(low, high, shape)
    values[0, 0, :1] = low
    return np.sort(values, axis=-1)


def hdl_parameters(p: dict) -> dict:
    return {**p, "THRESHOLDS": packed_literal(thresholds(p), p["THRESHOLD_WIDTH"])}


def stimulus(p: dict, rng: random.Random) -> Streams:
    table, transfers = thresholds(p), []
    for _ in range(BEATS):
        words = []
        for index in range(PIXELS * p["FOLD"]):
            # Every second input is a threshold or next to one
            near = table[index % p["FOLD"], :, rng.randrange(p["STEPS"])] + rng.choice([-1, 0, 1])
            far = [rng.getrandbits(p["IN_WIDTH"]) for _ in range(p["PE"])]
            words.append(pack(far if index % 2 else near.tolist(), p["IN_WIDTH"]))
        transfers += beat(words)
    return [transfers]


def reference(p: dict, streams: Streams) -> Streams:
    table, out = thresholds(p), []
    for index, transfer in enumerate(streams[0]):
        lanes = unpack(transfer.data, p["PE"], p["IN_WIDTH"], bool(p["IN_SIGNED"]))
        counts = [
            p["OUT_BIAS"] + int(np.sum(table[index % p["FOLD"], pe] <= lane))
            for pe, lane in enumerate(lanes)
        ]
        out.append(transfer._replace(data=pack(counts, p["OUT_WIDTH"])))
    return [out]


def cycles_per_beat(p: dict) -> int:
    searched = p["STEPS"].bit_length() if p["FORM"] == "serial" else 1
    return PIXELS * p["FOLD"] * searched

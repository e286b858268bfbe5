"""Bench of pad: zero pixels before and after every beat."""

import random

import cocotb

from sim.benches.harness import Streams, beat, benches

BEATS = 3
CONFIGURATIONS = [
    {"DATA_WIDTH": 8, "FOLD": 1, "LENGTH": 9, "PAD_LEFT": 1, "PAD_RIGHT": 1},
    {"DATA_WIDTH": 5, "FOLD": 3, "LENGTH": 4, "PAD_LEFT": 2, "PAD_RIGHT": 0},
    {"DATA_WIDTH": 33, "FOLD": 2, "LENGTH": 5, "PAD_LEFT": 0, "PAD_RIGHT": 3},
]


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


@cocotb.test()
async def equals_reference_under_stalls(dut):
    for bench in benches(dut, stimulus, reference):
        await bench.run_all_patterns()


@cocotb.test()
async def recovers_from_reset_midway(dut):
    for bench in benches(dut, stimulus, reference):
        await bench.run_reset_midway()


@cocotb.test()
async def keeps_full_rate(dut):
    for bench in benches(dut, stimulus, reference):
        p = bench.parameters
        await bench.run_rate((p["PAD_LEFT"] + p["LENGTH"] + p["PAD_RIGHT"]) * p["FOLD"], BEATS)

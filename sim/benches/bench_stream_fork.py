"""Bench of stream_fork: every output takes every transfer exactly once."""

import random

import cocotb

from sim.benches.harness import Streams, beat, benches

CONFIGURATIONS = [{"DATA_WIDTH": 8, "OUTPUTS": 2}, {"DATA_WIDTH": 33, "OUTPUTS": 3}]


def stimulus(p: dict, rng: random.Random) -> Streams:
    sizes = [rng.randint(1, 12) for _ in range(8)]
    return [
        [
            transfer
            for size in sizes
            for transfer in beat([rng.getrandbits(p["DATA_WIDTH"]) for _ in range(size)])
        ]
    ]


def reference(p: dict, streams: Streams) -> Streams:
    return streams * p["OUTPUTS"]


def outputs(p: dict) -> list:
    return [("m_axis", index) for index in range(p["OUTPUTS"])]


@cocotb.test()
async def equals_reference_under_stalls(dut):
    for bench in benches(dut, stimulus, reference, outputs=outputs):
        await bench.run_all_patterns()


@cocotb.test()
async def recovers_from_reset_midway(dut):
    for bench in benches(dut, stimulus, reference, outputs=outputs):
        await bench.run_reset_midway()

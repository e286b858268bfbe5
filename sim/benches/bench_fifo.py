"""Bench of fifo: order, capacity, full rate and the occupancy it reports."""

import random

import cocotb

from sim.benches.harness import Streams, beat, benches

BEATS, SIZE = 6, 17
CONFIGURATIONS = [
    {"DATA_WIDTH": 8, "DEPTH": 2},
    {"DATA_WIDTH": 5, "DEPTH": 3},
    {"DATA_WIDTH": 40, "DEPTH": 16},
    {"DATA_WIDTH": 1, "DEPTH": 37},
]
NEEDS_SOURCE = True  # reads max_occupancy, which synthesis removes
BROKEN = [({"DEPTH": 1}, "DEPTH must be at least 2")]


def stimulus(p: dict, rng: random.Random) -> Streams:
    beats = [[rng.getrandbits(p["DATA_WIDTH"]) for _ in range(SIZE)] for _ in range(BEATS)]
    return [[transfer for values in beats for transfer in beat(values)]]


def reference(p: dict, streams: Streams) -> Streams:
    return streams


def cycles_per_beat(p: dict) -> int:
    return SIZE


@cocotb.test()
async def holds_exactly_depth_transfers(dut):
    for bench in benches(dut):
        depth = bench.parameters["DEPTH"]
        expected = await bench.start("none", "none", 5)
        bench.sinks[0].pauses = iter(lambda: True, None)
        for _ in range(depth + 20):
            await bench.loop.step()
        assert bench.sources[0].sent == depth
        assert int(getattr(dut, bench.name).max_occupancy.value) == depth
        bench.sinks[0].pauses = iter(lambda: False, None)
        await bench.finish(expected)

"""cocotb bench of a compiled network: every stream against PyTorch's integers.

The testbench's modules drive, compare and record at the simulator's speed; this bench chooses
the traffic, waits, and reads their counters.
"""

import json
from pathlib import Path

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles

from sim.runner import bench_config

CLOCK_PERIOD_NS = 10
DEADLOCK_CYCLES = 200_000
"""A network that gives no result for so long has stopped."""


@cocotb.test()
async def every_stream_equals_pytorch(dut) -> None:
    """Runs the beats of one traffic pattern and writes the counters to ``counters.json``."""
    config = bench_config()
    beats, streams = config["beats"], config["streams"]
    Clock(dut.ap_clk, CLOCK_PERIOD_NS, "ns", impl="gpi").start()
    dut.ap_rst_n.value = 0
    dut.beats.value = beats
    for name in ("idle", "stall", "pace"):
        getattr(dut, name).value = config["traffic"][name]
    await ClockCycles(dut.ap_clk, 10)
    dut.ap_rst_n.value = 1

    done, waited = 0, 0
    while done < beats:
        await ClockCycles(dut.ap_clk, 1000)
        waited = waited + 1000 if int(dut.beats_done.value) == done else 0
        done = int(dut.beats_done.value)
        if waited >= DEADLOCK_CYCLES:
            break
    await ClockCycles(dut.ap_clk, 100)

    checkers = {s["name"]: getattr(dut, f"check_{s['name']}") for s in streams}
    counters: dict = {
        "beats_done": done,
        "streams": {
            name: {
                key: int(getattr(checker, key).value)
                for key in ("transfers", "mismatches", "violations", "stalled", "starved")
            }
            for name, checker in checkers.items()
        },
        "fifos": {
            name: int(getattr(dut.dut, f"{name}_i").max_occupancy.value) for name in config["fifos"]
        },
    }
    Path("counters.json").write_text(json.dumps(counters, indent=2))
    assert done == beats, f"stopped after {done} of {beats} beats"
    for stream in streams:
        seen = counters["streams"][stream["name"]]
        assert seen["mismatches"] == 0, f"{stream['name']}: {seen['mismatches']} words differ"
        assert seen["violations"] == 0, f"{stream['name']}: {seen['violations']} protocol errors"
        expected = stream["transfers"] * beats
        assert seen["transfers"] == expected, (
            f"{stream['name']}: {seen['transfers']} transfers, expected {expected}"
        )

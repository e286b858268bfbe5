# ruff: noqa: D103
"""Long and random runs: every result exact, counters as the results say."""

from __future__ import annotations

import cocotb
import numpy as np

from sim.overlay import stand_in
from sim.overlay.harness import Harness, check_results
from sim.runner import bench_config


@cocotb.test()
async def many_beats_in_one_run_are_exact(dut):
    config = bench_config()
    harness = Harness(dut, seed=config["seed"])
    await harness.reset()
    rng = np.random.default_rng(config["seed"])
    beats = stand_in.random_beats(rng, config["beats"], harness.samples)
    outcome = await harness.run(beats)
    check_results(outcome, stand_in.logits(beats))
    latency, interval = outcome.results[:, 6], outcome.results[:, 7]
    assert interval[0] == 0
    assert (latency >= harness.samples).all()
    assert (interval[1:] >= harness.samples).all()
    assert await harness.read("FIRST_LATENCY") == latency[0]
    assert await harness.read("MIN_INTERVAL") == interval[1:].min()
    assert await harness.read("MAX_INTERVAL") == interval[1:].max()
    total = await harness.read("TOTAL_CYCLES_LOW") | await harness.read("TOTAL_CYCLES_HIGH") << 32
    inside = latency[0] + interval[1:].sum()
    assert inside < total < inside + 500, f"{total} cycles in all, {inside} between samples"
    dut._log.info(
        "%d beats exact, %d cycles, interval %d to %d, latency %d to %d",
        *(len(beats), total, interval[1:].min(), interval.max(), latency.min(), latency.max()),
    )
    harness.check_protocol()


@cocotb.test()
async def short_runs_under_stalls_are_exact(dut):
    config = bench_config()
    harness = Harness(dut, seed=config["seed"] + 1, stalls=0.4)
    await harness.reset()
    rng = np.random.default_rng(config["seed"] + 1)
    for _ in range(config["runs"]):
        beats = stand_in.random_beats(rng, int(rng.integers(1, 6)), harness.samples)
        check_results(await harness.run(beats), stand_in.logits(beats))
    harness.check_protocol()

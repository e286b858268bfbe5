"""A compiled network inside the overlay: thousands of beats in one run equal PyTorch's integers."""
# ruff: noqa: D103

from __future__ import annotations

from pathlib import Path

import cocotb

from arrhythminet import golden
from sim.overlay.harness import Harness, check_results
from sim.runner import bench_config


@cocotb.test()
async def golden_beats_in_one_run_are_exact(dut):
    config = bench_config()
    known = golden.load(Path(config["golden"])).repeated(config["beats"])
    harness = Harness(dut, seed=config["seed"])
    await harness.reset()
    outcome = await harness.run(known.beats, limit=10_000 * len(known.beats))
    check_results(outcome, known.logits)
    latency, interval = outcome.results[:, 6], outcome.results[1:, 7]
    dut._log.info(
        "%d beats exact, interval %d to %d, latency of the first beat %d",
        *(len(known.beats), interval.min(), interval.max(), latency[0]),
    )
    harness.check_protocol()

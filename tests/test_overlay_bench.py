"""The overlay in cocotb, around a stand-in network, with AXI models of processor and memory."""

import os

import pytest

from sim.overlay import stand_in
from sim.overlay.sources import SOURCES
from sim.runner import Bench

pytestmark = pytest.mark.xdist_group("overlay")

SHORT_BEAT = 40
"""Samples of a beat where faults are injected: more faults in less time."""

CONFIG = {
    "seed": int(os.environ.get("OVERLAY_SEED", "1")),
    "beats": int(os.environ.get("OVERLAY_BEATS", "2000")),
    "runs": int(os.environ.get("OVERLAY_RUNS", "40")),
    "faults": int(os.environ.get("OVERLAY_FAULTS", "100")),
}


def bench(samples):
    name = f"overlay-{samples}"
    sources = [*SOURCES, *stand_in.SOURCES]
    parameters = {"BEAT_SAMPLES": samples}
    return Bench(name, sources, "overlay_bench", parameters, optimise=True).build()


def test_registers_follow_the_map():
    bench(SHORT_BEAT).run("sim.overlay.bench_registers", CONFIG)


def test_every_fault_sets_its_error_bit_and_the_next_run_is_exact():
    bench(SHORT_BEAT).run("sim.overlay.bench_faults", CONFIG)


@pytest.mark.slow
def test_thousands_of_beats_in_one_run_are_exact():
    bench(360).run("sim.overlay.bench_runs", CONFIG)

"""The cocotb tests that every layer has to pass."""

import cocotb

from sim.benches.harness import benches


@cocotb.test()
async def equals_reference_under_stalls(dut):
    for bench in benches(dut):
        await bench.run_all_patterns()


@cocotb.test()
async def recovers_from_reset_midway(dut):
    for bench in benches(dut):
        await bench.run_reset_midway()


@cocotb.test()
async def takes_its_cycles_per_beat_at_full_rate(dut):
    for bench in benches(dut):
        await bench.run_rate()

# ruff: noqa: D103
"""Every fault many times at random moments: its error bit, no hang, and an exact run afterwards."""

from __future__ import annotations

import cocotb
import numpy as np

from board.registers import mask
from sim.overlay import stand_in
from sim.overlay.faults import WATCHDOG, Faults, error
from sim.overlay.harness import BUSY, DONE

MEMORY_LAST = 0x1FFF_FFFF


@cocotb.test()
async def a_bad_address_is_refused(dut):
    harness = Faults(dut, 1)
    await harness.prepare()
    samples, rng = harness.samples, harness.rng
    unaligned = outside = 0
    while min(unaligned, outside) < harness.count:
        beats = rng.randint(1, 5)
        source, destination = harness.places(beats)
        errors, kind = 0, rng.randrange(3)
        if kind != 1:
            errors |= error("SOURCE_ADDRESS")
            source = rng.choice(
                [
                    source + rng.randint(1, 7),
                    rng.randrange(0, 0x10_0000, 8),
                    MEMORY_LAST + 9 - 8 * rng.randint(1, beats * samples // 8),
                    rng.randrange(MEMORY_LAST + 1, 1 << 32, 8),
                ]
            )
            unaligned += source % 8 != 0
            outside += source % 8 == 0
        if kind != 0:
            errors |= error("DESTINATION_ADDRESS")
            choices = [
                destination + rng.randint(1, 31),
                rng.randrange(0, 0x10_0000, 32),
                MEMORY_LAST + 1 - 32 * (beats - 1),
                rng.randrange(MEMORY_LAST + 1, 1 << 32, 32),
            ]
            if kind == 1:
                choices.append((source + rng.randrange(beats * samples)) // 32 * 32)
            destination = rng.choice(choices)
        await harness.refuse(source, destination, beats, errors)
        await harness.clean_run()
    harness.check_protocol()


@cocotb.test()
async def the_last_bytes_of_the_memory_are_allowed(dut):
    harness = Faults(dut, 2)
    await harness.prepare()
    # The model's memory is smaller: the access is answered with an AXI error, but made
    span = harness.samples
    await harness.request(MEMORY_LAST + 1 - span, 0x10_0000, 1)
    await harness.expect(error("READ"))
    await harness.request(0x10_0000, MEMORY_LAST + 1 - 32, 1)
    await harness.expect(error("WRITE"))
    await harness.clean_run()


@cocotb.test()
async def a_zero_or_too_large_count_is_refused(dut):
    harness = Faults(dut, 3)
    await harness.prepare()
    largest = await harness.read("MAX_BEATS")
    counts = [0, largest + 1, 0xFFFF_FFFF]
    for turn in range(2 * harness.count):
        count = 0 if turn % 2 else harness.rng.choice([*counts, harness.rng.getrandbits(32)])
        if 0 < count <= largest:
            continue
        source, destination = harness.places(1)
        await harness.refuse(source, destination, count, error("LENGTH"))
        await harness.clean_run()
    harness.check_protocol()


@cocotb.test()
async def an_axi_error_ends_the_run(dut):
    harness = Faults(dut, 4, stalls=0.2)
    await harness.prepare()
    for _ in range(harness.count):
        beats = harness.beats()
        harness.memory.fail_reads_in = harness.rng.randrange(beats.size // 8)
        await harness.start(beats)
        await harness.expect(error("READ"))
        await harness.clean_run()
        harness.memory.fail_writes_in = harness.rng.randrange(4 * len(beats))
        await harness.start(beats)
        await harness.expect(error("WRITE"))
        assert await harness.read("BEATS_DONE") < len(beats)
        await harness.clean_run()
    assert harness.memory.faults == 2 * harness.count
    harness.check_protocol()


@cocotb.test()
async def a_start_while_busy_is_refused_and_disturbs_nothing(dut):
    harness = Faults(dut, 5)
    await harness.prepare()
    for _ in harness.hits():
        beats = harness.beats()
        await harness.start(beats)
        await harness.wait(harness.random_moment(beats))
        if not await harness.read("STATUS") & BUSY:
            continue
        # A request that would ruin the run if it were taken
        await harness.request(0x20_0000, harness.destination, 1)
        if await harness.read("STATUS") & DONE or not await harness.read("ERROR"):
            await harness.finish(limit=20 * WATCHDOG)
            continue
        await harness.expect(error("BUSY"))
        harness.hit += 1
        results = harness.memory.load(harness.destination, 32 * len(beats))
        found = np.frombuffer(results, "<i4").reshape(-1, 8)[:, 1:6]
        np.testing.assert_array_equal(found, stand_in.logits(beats))
        assert await harness.read("BEATS_DONE") == len(beats)
        await harness.clean_run()
    harness.check_protocol()


@cocotb.test()
async def a_reset_in_the_middle_of_a_run_leaves_nothing_behind(dut):
    harness = Faults(dut, 6, stalls=0.2)
    await harness.prepare()
    for _ in harness.hits():
        beats = harness.beats()
        await harness.start(beats)
        await harness.wait(harness.random_moment(beats))
        await harness.write("CONTROL", mask("CONTROL", "RESET"))
        for _poll in range(20 * WATCHDOG):
            status = await harness.read("STATUS")
            if not status & BUSY:
                break
        assert not status & BUSY, "the overlay is still busy after RESET"
        errors = await harness.read("ERROR")
        # A run that ended just before the RESET was not aborted
        assert errors in (0, error("ABORTED"))
        harness.hit += errors != 0
        await harness.clean_run()
    harness.check_protocol()


@cocotb.test()
async def a_network_that_hangs_is_given_up(dut):
    harness = Faults(dut, 7)
    await harness.prepare()
    for _ in range(harness.count):
        beats = harness.beats()
        hanging = harness.rng.randrange(len(beats))
        beats[hanging] = stand_in.hanging_beat(harness.samples)
        await harness.start(beats)
        await harness.expect(error("TIMEOUT"))
        done = await harness.read("BEATS_DONE")
        assert done <= hanging
        await harness.clean_run()
    harness.check_protocol()


@cocotb.test()
async def a_memory_that_stops_answering_does_not_hang_the_registers(dut):
    harness = Faults(dut, 8)
    await harness.prepare()
    for _ in harness.hits():
        beats = harness.beats()
        await harness.start(beats)
        await harness.wait(harness.random_moment(beats))
        held = harness.rng.choice([1, 2, 3])
        if held & 1:
            harness.memory.read_open.clear()
        if held & 2:
            harness.memory.write_open.clear()
        for _poll in range(20 * WATCHDOG):
            status = await harness.read("STATUS")
            if status & DONE:
                break
        assert status & DONE, "no end was reported while the memory was silent"
        if status & BUSY:
            assert await harness.read("ERROR") == error("TIMEOUT") | error("BUS_STUCK")
            await harness.write("CONTROL", mask("CONTROL", "START"))
            found = await harness.read("ERROR")
            assert found == error("TIMEOUT") | error("BUS_STUCK") | error("BUSY")
            harness.hit += 1
        else:
            assert await harness.read("ERROR") == 0, "ended with an open transaction"
        harness.memory.release()
        await harness.finish(limit=20 * WATCHDOG)
        await harness.clean_run()
    harness.check_protocol()

# ruff: noqa: D103
"""Register map: values after reset, access rules, bursts of the processor, interrupt."""

from __future__ import annotations

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiBurstType

from board import registers
from board.registers import BASE_ADDRESS, OFFSETS, mask
from sim.overlay import stand_in
from sim.overlay.harness import DONE, Harness, check_results
from sim.runner import bench_config


async def start(dut, offset: int, stalls: float = 0.0) -> Harness:
    """Power up a harness."""
    harness = Harness(dut, bench_config()["seed"] + offset, stalls)
    await harness.reset()
    return harness


@cocotb.test()
async def registers_hold_the_values_of_the_map_after_reset(dut):
    harness = await start(dut, 1)
    expected = {entry.name: entry.reset for entry in registers.REGISTERS}
    expected |= {"NETWORK_HASH": stand_in.NETWORK_HASH, "BEAT_SAMPLES": harness.samples}
    expected |= {"MAX_BEATS": 1 << 20, "MEMORY_FIRST": 0x10_0000, "MEMORY_LAST": 0x1FFF_FFFF}
    for name, value in expected.items():
        found = await harness.read(name)
        assert found == value, f"{name} reads {found:#x} after reset, not {value:#x}"


@cocotb.test()
async def only_writable_registers_take_what_is_written(dut):
    harness = await start(dut, 2)
    for entry in registers.REGISTERS:
        if entry.name == "CONTROL":
            continue
        before, value = await harness.read(entry.name), harness.rng.getrandbits(32)
        await harness.write(entry.name, value)
        width = 32 if not entry.fields else max(field.bit for field in entry.fields) + 1
        keeps = value & ((1 << width) - 1) if entry.access == "rw" else before
        found = await harness.read(entry.name)
        assert found == keeps, f"{entry.name} ({entry.access}) reads {found:#x}, not {keeps:#x}"


@cocotb.test()
async def bursts_narrow_writes_and_unmapped_offsets_are_answered(dut):
    harness = await start(dut, 3, stalls=0.3)
    first = BASE_ADDRESS + OFFSETS["SOURCE"]
    for _ in range(40):
        data = harness.rng.randbytes(12)
        await harness.gp0.write(first, data)
        answer = await harness.gp0.read(first, 12)
        assert answer.data == data
        lane = harness.rng.randrange(12)
        byte = harness.rng.randbytes(1)
        await harness.gp0.write(first + lane, byte)
        answer = await harness.gp0.read(first, 12)
        assert answer.data == data[:lane] + byte + data[lane + 1 :]
        half = harness.rng.randrange(0, 12, 2)
        answer = await harness.gp0.read(first + half, 2, size=1)
        assert answer.data == (data[:lane] + byte + data[lane + 1 :])[half : half + 2]
    everything = await harness.gp0.read(BASE_ADDRESS, 0x1000)
    assert len(everything.data) == 0x1000
    assert not any(everything.data[0x100:]), "unmapped offsets must read 0"
    await harness.gp0.write(BASE_ADDRESS + 0x800, bytes(64))
    magic = await harness.gp0.read(BASE_ADDRESS, 16, burst=AxiBurstType.FIXED)
    assert magic.data == registers.MAGIC.to_bytes(4, "little") * 4
    wrapped = await harness.gp0.read(BASE_ADDRESS + 8, 16, burst=AxiBurstType.WRAP)
    straight = await harness.gp0.read(BASE_ADDRESS, 16)
    assert wrapped.data == straight.data[8:] + straight.data[:8]
    harness.check_protocol()


@cocotb.test()
async def the_interrupt_rises_at_the_end_and_falls_when_cleared(dut):
    harness = await start(dut, 4)
    rng = np.random.default_rng(bench_config()["seed"])
    beats = stand_in.random_beats(rng, 3, harness.samples)
    check_results(await harness.run(beats), stand_in.logits(beats))
    assert await harness.read("IRQ_PENDING") == 1
    assert not int(dut.irq.value), "the interrupt is not enabled yet"
    await harness.write("IRQ_ENABLE", 1)
    assert int(dut.irq.value)
    await harness.write("IRQ_PENDING", 1)
    assert not int(dut.irq.value)
    source, destination = harness.places(3)
    await harness.request(source, destination, 3)
    while not int(dut.irq.value):
        await ClockCycles(dut.ap_clk, 1)
    assert await harness.read("STATUS") & DONE


@cocotb.test()
async def errors_are_cleared_by_a_one_or_by_a_reset_when_idle(dut):
    harness = await start(dut, 5)
    length = 1 << registers.ERROR_BITS["LENGTH"]
    for clear in ("ERROR", "CONTROL"):
        await harness.request(0x10_0000, 0x20_0000, 0)
        await harness.finish(limit=1000)
        assert await harness.read("ERROR") == length
        await harness.write("ERROR", 0)
        assert await harness.read("ERROR") == length
        await harness.write(clear, length if clear == "ERROR" else mask("CONTROL", "RESET"))
        assert await harness.read("ERROR") == 0
        await harness.wait(60)
    assert await harness.read("STATUS") == 0

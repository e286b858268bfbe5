"""Bench of the overlay: GP0 master, DDR memory with faults, and a driver in a few lines."""

from __future__ import annotations

import itertools
import logging
import random
from typing import NamedTuple

import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiBus, AxiMaster, AxiSlave

from board.registers import BASE_ADDRESS, OFFSETS, mask
from sim.overlay.ddr import Memory

BUSY, DONE = mask("STATUS", "BUSY"), mask("STATUS", "DONE")
RESULT_WORDS = 8


class Outcome(NamedTuple):
    """How a run ended: ERROR register, BEATS_DONE, results (n, 8) int32."""

    errors: int
    beats_done: int
    results: np.ndarray


class Harness:
    """The overlay with its processor and its memory.

    Parameters
    ----------
    dut : handle
        ``overlay_bench``.
    seed : int
        Seed of every random choice.
    stalls : float
        Share of cycles in which each memory channel pauses; 0 leaves only latencies.
    latency : int
        Most cycles that the memory thinks about a burst.
    """

    def __init__(self, dut, seed: int, stalls: float = 0.0, latency: int = 40):
        # cocotbext-axi logs every burst
        for name in ("gp0", "hp0"):
            logging.getLogger(f"cocotb.{dut._name}.{name}").setLevel(logging.ERROR)
        self.dut = dut
        self.rng = random.Random(seed)
        self.samples = int(dut.BEAT_SAMPLES.value)
        Clock(dut.ap_clk, 10, "ns").start()
        dut.ap_rst_n.value = 0
        self.memory = Memory(dut.ap_clk, random.Random(seed + 1), latency)
        self.gp0 = AxiMaster(
            AxiBus.from_prefix(dut, "gp0"), dut.ap_clk, dut.ap_rst_n, False, max_burst_len=16
        )
        self.hp0 = AxiSlave(
            AxiBus.from_prefix(dut, "hp0"), dut.ap_clk, dut.ap_rst_n, self.memory, False
        )
        if stalls:
            self._stall(stalls)

    def _stall(self, share: float) -> None:
        read, write = self.hp0.read_if, self.hp0.write_if
        channels = [read.ar_channel, read.r_channel]
        channels += [write.aw_channel, write.w_channel, write.b_channel]
        for channel in channels:
            rng = random.Random(self.rng.random())
            channel.set_pause_generator(rng.random() < share for _ in itertools.count())

    async def reset(self) -> None:
        """Power up."""
        self.dut.ap_rst_n.value = 0
        await ClockCycles(self.dut.ap_clk, 5)
        self.dut.ap_rst_n.value = 1
        await ClockCycles(self.dut.ap_clk, 60)

    async def write(self, register: str, value: int) -> None:
        """Write a register by name."""
        await self.gp0.write(BASE_ADDRESS + OFFSETS[register], value.to_bytes(4, "little"))

    async def read(self, register: str) -> int:
        """Read a register by name."""
        answer = await self.gp0.read(BASE_ADDRESS + OFFSETS[register], 4)
        return int.from_bytes(answer.data, "little")

    async def request(self, source: int, destination: int, beats: int) -> None:
        """Set the run's registers and start it."""
        await self.write("SOURCE", source)
        await self.write("DESTINATION", destination)
        await self.write("BEAT_COUNT", beats)
        await self.write("CONTROL", mask("CONTROL", "START"))

    async def wait(self, cycles: int) -> None:
        """Wait a number of clock cycles."""
        if cycles:
            await ClockCycles(self.dut.ap_clk, cycles)

    async def finish(self, limit: int) -> None:
        """Poll until the run has ended and the overlay takes a new one.

        Raises
        ------
        AssertionError
            When that takes more than ``limit`` cycles: the overlay hangs.
        """
        waited, pause = 0, max(20, limit // 200)
        while await self.read("STATUS") & (BUSY | DONE) != DONE:
            assert waited < limit, f"the overlay is still busy after {waited} cycles"
            await self.wait(pause)
            waited += pause

    def places(self, beats: int) -> tuple[int, int]:
        """Random aligned addresses for beats and results, apart from each other."""
        size = -(-beats * self.samples // 4096) * 4096 + 8192
        first = 0x10_0000 + 8 * self.rng.randrange(0x100)
        second = first + size + 32 - first % 32 + 32 * self.rng.randrange(0x100)
        return first, second

    async def run(self, beats: np.ndarray, limit: int = 0) -> Outcome:
        """Store beats (n, samples) int8, run them, load the results."""
        source, destination = self.places(len(beats))
        self.memory.store(source, beats.tobytes())
        self.memory.store(destination, b"\xa5" * (32 * len(beats) + 32))
        await self.request(source, destination, len(beats))
        await self.finish(limit or 20_000 + 8 * beats.size)
        guard = self.memory.load(destination + 32 * len(beats), 32)
        assert guard == b"\xa5" * 32, "the overlay wrote past its last result"
        data = self.memory.load(destination, 32 * len(beats))
        results = np.frombuffer(data, "<i4").reshape(-1, RESULT_WORDS)
        return Outcome(await self.read("ERROR"), await self.read("BEATS_DONE"), results)

    def check_protocol(self) -> None:
        """Fail when the overlay took back or changed an open AXI transfer."""
        breaches = int(self.dut.breaches.value)
        assert breaches == 0, f"{breaches} AXI transfers changed while valid waited for ready"


def check_results(outcome: Outcome, logits: np.ndarray) -> None:
    """Compare a whole run with the logits (n, 5) it should give, integer for integer."""
    assert outcome.errors == 0, f"ERROR register is {outcome.errors:#x}"
    assert outcome.beats_done == len(logits)
    np.testing.assert_array_equal(outcome.results[:, 1:6], logits)
    np.testing.assert_array_equal(outcome.results[:, 0], logits.argmax(axis=1))

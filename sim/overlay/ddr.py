"""DDR memory behind an AXI slave model: latency, error responses, transactions left open."""

from __future__ import annotations

import random

from cocotb.triggers import ClockCycles, Event

FIRST = 0x10_0000
SIZE = 8 << 20


class MemoryFaultError(Exception):
    """Makes the AXI slave model answer SLVERR."""


class Memory:
    """Bytes from ``FIRST`` on; addresses outside are answered with an AXI error.

    Attributes
    ----------
    fail_reads_in, fail_writes_in : int or None
        The access after that many further ones is answered with an AXI error, once.
    read_open, write_open : Event
        While cleared, accesses are not answered at all.
    """

    def __init__(self, clock, rng: random.Random, latency: int):
        self.clock, self.rng, self.latency = clock, rng, latency
        self.data = bytearray(SIZE)
        self.fail_reads_in: int | None = None
        self.fail_writes_in: int | None = None
        self.reads = self.writes = self.faults = 0
        self.read_open, self.write_open = Event(), Event()
        self.release()
        self._next_read: int | None = None

    def store(self, address: int, data: bytes) -> None:
        """Put bytes into memory, as the processor would."""
        self.data[address - FIRST : address - FIRST + len(data)] = data

    def load(self, address: int, length: int) -> bytes:
        """Take bytes from memory, as the processor would."""
        return bytes(self.data[address - FIRST : address - FIRST + length])

    def release(self) -> None:
        """Answer again."""
        self.read_open.set()
        self.write_open.set()

    async def _think(self) -> None:
        if self.latency:
            await ClockCycles(self.clock, self.rng.randint(1, self.latency))

    def _check(self, address: int, length: int) -> None:
        if not FIRST <= address <= FIRST + SIZE - length:
            self.faults += 1
            raise MemoryFaultError(f"address {address:#x}")

    async def read(self, address: int, length: int) -> bytes:
        """Answer one word of a read burst."""
        if not self.read_open.is_set():
            await self.read_open.wait()
        if address != self._next_read or not address % 128:
            await self._think()
        self._next_read = address + length
        self.reads += 1
        if self.fail_reads_in is not None:
            self.fail_reads_in -= 1
            if self.fail_reads_in < 0:
                self.fail_reads_in = None
                self.faults += 1
                raise MemoryFaultError(f"read of {address:#x}")
        self._check(address, length)
        return self.load(address, length)

    async def write(self, address: int, data: bytes) -> None:
        """Take one word of a write burst."""
        if not self.write_open.is_set():
            await self.write_open.wait()
        if not address % 32:
            await self._think()
        self.writes += 1
        if self.fail_writes_in is not None:
            self.fail_writes_in -= 1
            if self.fail_writes_in < 0:
                self.fail_writes_in = None
                self.faults += 1
                raise MemoryFaultError(f"write of {address:#x}")
        self._check(address, len(data))
        self.store(address, data)

"""AXI4-Stream for cocotb: source, sink and monitor of exact widths, stepped by one loop.

All agents of a bench share two triggers per cycle: they sample at the falling edge, when every
combinational path has settled, and drive after the rising edge.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, RisingEdge


class Transfer(NamedTuple):
    """One transfer of a stream: the bits of tdata as an unsigned number, and tlast."""

    data: int
    last: bool


def pack(lanes: list[int], width: int) -> int:
    """Join lanes to tdata, lane 0 in the least significant bits; negative lanes wrap."""
    mask = (1 << width) - 1
    return sum((int(lane) & mask) << (index * width) for index, lane in enumerate(lanes))


def unpack(data: int, lanes: int, width: int, signed: bool) -> list[int]:
    """Split tdata into lanes, lane 0 first."""
    mask, top = (1 << width) - 1, 1 << (width - 1)
    values = [(data >> (index * width)) & mask for index in range(lanes)]
    return [value - 2 * top if signed and value & top else value for value in values]


def stalls(kind: str, seed: int) -> Iterator[bool]:
    """Yield for each cycle whether an agent pauses.

    Parameters
    ----------
    kind : str
        `none` (full rate), `random` (every second cycle on average) or `bursts` (runs of up to
        20 cycles).
    seed : int
        Seed of the pattern.
    """
    rng = random.Random(seed)
    while True:
        if kind == "none":
            yield False
        elif kind == "random":
            yield rng.random() < 0.5
        elif kind == "bursts":
            pause = rng.random() < 0.5
            for _ in range(rng.randint(1, 20)):
                yield pause
        else:
            raise ValueError(f"stall pattern {kind!r} is unknown; use none, random or bursts")


class _Agent:
    """The four signals of a stream; `index` selects one of several packed streams."""

    def __init__(self, dut: Any, prefix: str, index: int | None = None):
        self.name = prefix if index is None else f"{prefix}[{index}]"
        self._index = index
        self._tdata = getattr(dut, f"{prefix}_tdata")
        self._tvalid = getattr(dut, f"{prefix}_tvalid")
        self._tready = getattr(dut, f"{prefix}_tready")
        self._tlast = getattr(dut, f"{prefix}_tlast")
        self.cycle = 0

    def _bit(self, handle: Any) -> bool:
        value = int(handle.value)
        return bool(value >> (self._index or 0) & 1)

    def _transfer(self) -> Transfer:
        data = int(self._tdata.value)
        if self._index is not None:
            width = len(self._tdata) // len(self._tvalid)
            data = data >> (self._index * width) & ((1 << width) - 1)
        return Transfer(data, self._bit(self._tlast))

    def reset(self) -> None:
        """Return to the state before the first cycle."""

    def sample(self) -> None:
        """Look at the settled signals of this cycle."""

    def drive(self) -> None:
        """Set the signals of the next cycle."""


class Source(_Agent):
    """Sends transfers into a sink port, pausing as its stall pattern says."""

    def __init__(self, dut: Any, prefix: str = "s_axis"):
        super().__init__(dut, prefix)
        self.pending: list[Transfer] = []
        self.pauses = stalls("none", 0)
        self.sent = 0
        self.sent_cycles: list[int] = []
        self._offered = False
        self._tvalid.value = 0

    def reset(self) -> None:
        self.pending, self.sent, self.sent_cycles, self._offered = [], 0, [], False
        self._tvalid.value = 0

    def sample(self) -> None:
        if self._offered and self._bit(self._tready):
            self.sent += 1
            self.sent_cycles.append(self.cycle)
            self._offered = False

    def drive(self) -> None:
        if self._offered:
            return
        self._offered = not next(self.pauses) and self.sent < len(self.pending)
        self._tvalid.value = int(self._offered)
        if self._offered:
            self._tdata.value, self._tlast.value = self.pending[self.sent]


class Monitor(_Agent):
    """Records the transfers of a stream and checks its handshake.

    Raises
    ------
    AssertionError
        When tvalid falls, or tdata or tlast change, before tready took the transfer.
    """

    def __init__(self, dut: Any, prefix: str = "m_axis", index: int | None = None):
        super().__init__(dut, prefix, index)
        self.transfers: list[Transfer] = []
        self.cycles: list[int] = []
        self._held: Transfer | None = None

    def reset(self) -> None:
        self.transfers, self.cycles, self._held = [], [], None

    def sample(self) -> None:
        if not self._bit(self._tvalid):
            assert self._held is None, f"{self.name}: tvalid fell in cycle {self.cycle}"
            return
        transfer = self._transfer()
        if self._held is not None:
            assert transfer == self._held, (
                f"{self.name}: {self._held} became {transfer} in cycle {self.cycle}, not taken yet"
            )
        if self._bit(self._tready):
            self.transfers.append(transfer)
            self.cycles.append(self.cycle)
            self._held = None
        else:
            self._held = transfer


class Sink(Monitor):
    """A monitor that also drives tready, pausing as its stall pattern says."""

    # tready of all streams of a packed port, which have to be written together
    _ready: dict[int, int] = {}

    def __init__(self, dut: Any, prefix: str = "m_axis", index: int | None = None):
        super().__init__(dut, prefix, index)
        self.pauses = stalls("none", 0)
        self._set_ready(False)

    def _set_ready(self, ready: bool) -> None:
        if self._index is None:
            self._tready.value = int(ready)
            return
        others = self._ready.get(id(self._tready), 0) & ~(1 << self._index)
        self._ready[id(self._tready)] = others | int(ready) << self._index
        self._tready.value = self._ready[id(self._tready)]

    def reset(self) -> None:
        super().reset()
        self._set_ready(False)

    def drive(self) -> None:
        self._set_ready(not next(self.pauses))


class Loop:
    """Clock and reset of a bench, and the loop that steps its agents.

    Parameters
    ----------
    dut : handle
        Top level with `ap_clk` and `ap_rst_n`.
    agents : list
        Sources, sinks and monitors.
    """

    def __init__(self, dut: Any, agents: Sequence[_Agent]):
        self.dut = dut
        self.agents = agents
        self.cycle = 0
        dut.ap_rst_n.value = 0
        Clock(dut.ap_clk, 10, "ns").start()

    async def reset(self, cycles: int = 3) -> None:
        """Hold the reset and put all agents back to their beginning."""
        self.dut.ap_rst_n.value = 0
        for agent in self.agents:
            agent.reset()
        for _ in range(cycles):
            await RisingEdge(self.dut.ap_clk)
        self.dut.ap_rst_n.value = 1
        self.cycle = 0

    async def step(self) -> None:
        """Run one clock cycle."""
        await FallingEdge(self.dut.ap_clk)
        for agent in self.agents:
            agent.cycle = self.cycle
            agent.sample()
        await RisingEdge(self.dut.ap_clk)
        for agent in self.agents:
            agent.drive()
        self.cycle += 1

    async def until(self, sinks: Sequence[Monitor], transfers: int, limit: int = 200_000) -> None:
        """Run until every sink has that many transfers.

        Raises
        ------
        AssertionError
            When `limit` cycles pass first: the design hangs or loses transfers.
        """
        start = self.cycle
        while any(len(sink.transfers) < transfers for sink in sinks):
            counts = {sink.name: len(sink.transfers) for sink in sinks}
            assert self.cycle - start < limit, (
                f"after {limit} cycles {counts} of {transfers} transfers arrived"
            )
            await self.step()

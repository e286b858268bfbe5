"""What every module bench shares: stall patterns, reset in the middle, exact comparison."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sim.axis import Loop, Sink, Source, Transfer, stalls
from sim.runner import bench_config

# Idle pattern of the sources x backpressure pattern of the sinks
PATTERNS = [
    ("none", "none"),
    ("random", "none"),
    ("none", "random"),
    ("random", "random"),
    ("bursts", "bursts"),
]

Streams = list[list[Transfer]]
Stimulus = Callable[[dict, random.Random], Streams]
Reference = Callable[[dict, Streams], Streams]
Port = str | tuple[str, int]


def beat(values: Sequence[int]) -> list[Transfer]:
    """Frame the transfers of one beat: tlast on the last one."""
    return [Transfer(int(value), index == len(values) - 1) for index, value in enumerate(values)]


class ModuleBench:
    """A module with sources and sinks, and the runs that every module has to pass.

    Parameters
    ----------
    loop : Loop
        Clock and reset of the bundle.
    index : int
        Instance of the bundle.
    parameters : dict
        Its parameter set.
    stimulus, reference : callable
        Transfers for the sink ports; transfers wanted at the source ports.
    inputs, outputs : sequence
        Ports: a prefix, or (prefix, index) for one of several packed streams.
    """

    def __init__(
        self,
        loop: Loop,
        index: int,
        parameters: dict,
        stimulus: Stimulus,
        reference: Reference,
        inputs: Sequence[str],
        outputs: Sequence[Port],
    ):
        self.loop, self.name = loop, f"c{index}"
        self.parameters, self.stimulus, self.reference = parameters, stimulus, reference
        self.sources = [Source(loop.dut, f"{self.name}_{prefix}") for prefix in inputs]
        self.sinks = [
            Sink(loop.dut, f"{self.name}_{prefix}", lane)
            for prefix, lane in (
                port if isinstance(port, tuple) else (port, None) for port in outputs
            )
        ]
        loop.agents = [*self.sources, *self.sinks]

    async def start(self, idle: str, backpressure: str, seed: int) -> Streams:
        """Reset, load a fresh stimulus and return what the sinks have to see."""
        await self.loop.reset()
        streams = self.stimulus(self.parameters, random.Random(seed))
        for index, (source, stream) in enumerate(zip(self.sources, streams, strict=True)):
            source.pending = stream
            source.pauses = stalls(idle, seed + index)
        for index, sink in enumerate(self.sinks):
            sink.pauses = stalls(backpressure, seed + 100 + index)
        return self.reference(self.parameters, streams)

    async def finish(self, expected: Streams) -> None:
        """Run to the end and compare every transfer; nothing may follow the last one."""
        await self.loop.until(self.sinks, len(expected[0]))
        for _ in range(30):
            await self.loop.step()
        for sink, wanted in zip(self.sinks, expected, strict=True):
            for index, (got, want) in enumerate(zip(sink.transfers, wanted, strict=False)):
                assert got == want, (
                    f"{sink.name}, transfer {index} in cycle {sink.cycles[index]}: "
                    f"got data {got.data:#x} tlast {got.last}, "
                    f"want data {want.data:#x} tlast {want.last}"
                )
            assert len(sink.transfers) >= len(wanted), f"{sink.name}: transfers are missing"
            extra = sink.transfers[len(wanted) :]
            assert not any(self._is_data(item) for item in extra), (
                f"{sink.name}: {len(extra)} transfers too many"
            )

    @staticmethod
    def _is_data(transfer: Transfer) -> bool:
        # pad opens the next beat with zeros of its own
        return transfer.data != 0 or transfer.last

    async def run(self, idle: str, backpressure: str, seed: int = 1) -> None:
        """Compare one stimulus under one pair of stall patterns."""
        await self.finish(await self.start(idle, backpressure, seed))

    async def run_all_patterns(self) -> None:
        """Compare under every pair of stall patterns."""
        for seed, (idle, backpressure) in enumerate(PATTERNS):
            await self.run(idle, backpressure, seed + 1)

    async def run_reset_midway(self) -> None:
        """Reset after a part of the stimulus: nothing of it may be left in what follows."""
        for seed, part in ((21, 0.3), (22, 0.7)):
            expected = await self.start("random", "random", seed)
            for _ in range(int(part * 2 * max(len(stream) for stream in expected))):
                await self.loop.step()
            await self.run("random", "random", seed + 10)

    async def run_rate(self, cycles_per_beat: int, beats: int) -> None:
        """At full rate the last transfers of consecutive beats come cycles_per_beat apart."""
        await self.finish(await self.start("none", "none", 31))
        sink = self.sinks[0]
        ends = [
            cycle
            for cycle, transfer in zip(sink.cycles, sink.transfers, strict=True)
            if transfer.last
        ]
        gaps = [after - before for before, after in zip(ends[:-1], ends[1:], strict=True)]
        assert gaps == [cycles_per_beat] * (beats - 1), (
            f"beats came {gaps} cycles apart, want {cycles_per_beat}"
        )


def benches(
    dut: Any,
    stimulus: Stimulus,
    reference: Reference,
    inputs: Sequence[str] = ("s_axis",),
    outputs: Callable[[dict], Sequence[Port]] = lambda parameters: ["m_axis"],
) -> Iterator[ModuleBench]:
    """Yield a bench for every parameter set of the bundle, on one clock."""
    loop = Loop(dut, [])
    for index, parameters in enumerate(bench_config()):
        yield ModuleBench(loop, index, parameters, stimulus, reference, inputs, outputs(parameters))

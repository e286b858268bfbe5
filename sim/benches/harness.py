"""What every module bench shares: stall patterns, reset in the middle, exact comparison."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from importlib import import_module
from types import ModuleType
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
    module : module
        The layer's bench, see :mod:`sim.benches`.
    """

    def __init__(
        self,
        loop: Loop,
        index: int,
        parameters: dict,
        module: ModuleType,
    ):
        self.loop, self.name = loop, f"c{index}"
        self.parameters, self.module = parameters, module
        inputs: Sequence[str] = getattr(module, "INPUTS", ("s_axis",))
        outputs: Sequence[Port] = getattr(module, "outputs", lambda _: ("m_axis",))(parameters)
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
        streams = self.module.stimulus(self.parameters, random.Random(seed))
        for index, (source, stream) in enumerate(zip(self.sources, streams, strict=True)):
            source.pending = stream
            source.pauses = stalls(idle, seed + index)
        for index, sink in enumerate(self.sinks):
            sink.pauses = stalls(backpressure, seed + 100 + index)
        return self.module.reference(self.parameters, streams)

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
            extra = len(sink.transfers) - len(wanted)
            assert not extra, f"{sink.name}: {extra} transfers too many"

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

    async def run_rate(self) -> None:
        """At full rate the last transfers of consecutive beats come cycles_per_beat apart."""
        expected = await self.start("none", "none", 31)
        await self.finish(expected)
        sink = self.sinks[0]
        ends = [
            cycle
            for cycle, transfer in zip(sink.cycles, sink.transfers, strict=True)
            if transfer.last
        ]
        gaps = [after - before for before, after in zip(ends[:-1], ends[1:], strict=True)]
        cycles = self.module.cycles_per_beat(self.parameters)
        beats = sum(transfer.last for transfer in expected[0])
        assert beats > 1, "one beat shows no rate; let the stimulus have several"
        assert gaps == [cycles] * (beats - 1), f"beats came {gaps} cycles apart, want {cycles}"


def benches(dut: Any) -> Iterator[ModuleBench]:
    """Yield a bench for every parameter set of the bundle, on one clock."""
    loop, config = Loop(dut, []), bench_config()
    module = import_module(config["bench"])
    for index, parameters in enumerate(config["parameters"]):
        yield ModuleBench(loop, index, parameters, module)

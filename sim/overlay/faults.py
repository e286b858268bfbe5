"""A harness that starts, breaks and repeats runs of the overlay."""

from __future__ import annotations

import numpy as np

from board.registers import ERROR_BITS
from sim.overlay import stand_in
from sim.overlay.harness import Harness, check_results
from sim.runner import bench_config

WATCHDOG = 600


def error(name: str) -> int:
    """Mask of an error bit."""
    return 1 << ERROR_BITS[name]


class Faults(Harness):
    """A harness that knows how to start, break and repeat a run."""

    def __init__(self, dut, offset: int, stalls: float = 0.0):
        config = bench_config()
        seed = config["seed"] + offset
        super().__init__(dut, seed, stalls, latency=12)
        self.count = config["faults"]
        self.numbers = np.random.default_rng(seed)

    async def prepare(self) -> None:
        """Power up with a short watchdog."""
        await self.reset()
        await self.write("WATCHDOG", WATCHDOG)

    def beats(self) -> np.ndarray:
        """Random beats, at times more than the overlay can hold."""
        count = self.rng.choice([1, 2, 3, 5, 20])
        return stand_in.random_beats(self.numbers, count, self.samples)

    async def start(self, beats: np.ndarray) -> None:
        """Start a run without waiting for it."""
        source, destination = self.places(len(beats))
        self.memory.store(source, beats.tobytes())
        self.destination = destination
        await self.request(source, destination, len(beats))

    async def expect(self, errors: int) -> None:
        """Wait for the end of the run and compare the ERROR register."""
        await self.finish(limit=20 * WATCHDOG)
        found = await self.read("ERROR")
        assert found == errors, f"ERROR register is {found:#x}, expected {errors:#x}"

    async def clean_run(self) -> None:
        """Run some beats and compare every result."""
        beats = self.beats()
        check_results(await self.run(beats), stand_in.logits(beats))

    async def refuse(self, source: int, destination: int, beats: int, errors: int) -> None:
        """Make a request that must be refused before anything moves."""
        before = self.memory.reads, self.memory.writes
        await self.request(source, destination, beats)
        await self.expect(errors)
        assert (self.memory.reads, self.memory.writes) == before, "a refused request used the bus"
        assert await self.read("BEATS_DONE") == 0

    def hits(self):
        """Yield until ``count`` faults met a run; the caller adds those to ``hit``."""
        self.hit = 0
        for attempt in range(10 * self.count):
            if self.hit >= self.count:
                return
            yield attempt
        assert self.hit >= self.count, f"only {self.hit} of {10 * self.count} faults met a run"

    def random_moment(self, beats: np.ndarray) -> int:
        """Cycles after START, up to about the length of the run."""
        return self.rng.randrange(60 + beats.size)

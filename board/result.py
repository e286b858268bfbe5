"""What the network said about beats, and how long it took."""

from dataclasses import dataclass
from typing import Optional

import numpy as np

from arrhythminet.classes import CLASSES, probabilities


@dataclass(frozen=True)
class Result:
    """Classified beats.

    Attributes
    ----------
    labels : np.ndarray
        int32 (n,), positions in ``arrhythminet.classes.CLASSES``.
    logits : np.ndarray
        int32 (n, 5), as the hardware counts them.
    latency_cycles, interval_cycles : np.ndarray
        int64 (n,). An interval is 0 for the first beat of a run: there is none before it.
    total_cycles : int
        All runs together, memory transfers included.
    seconds : float
        Time of the whole call on the board's clock, driver included.
    clock_mhz : float
        Clock of the overlay.
    kind : str
        ``measured`` or ``simulated``.
    logit_scale : float, optional
        Value of one step of ``logits``; without it there are no probabilities.
    peaks : np.ndarray, optional
        int64 (n,), samples of the R peaks, if a signal was given.
    """

    labels: np.ndarray
    logits: np.ndarray
    latency_cycles: np.ndarray
    interval_cycles: np.ndarray
    total_cycles: int
    seconds: float
    clock_mhz: float
    kind: str
    logit_scale: Optional[float] = None
    peaks: Optional[np.ndarray] = None

    @property
    def symbols(self) -> np.ndarray:
        """MIT-BIH's symbol of every beat."""
        return np.array(CLASSES)[self.labels]

    @property
    def probabilities(self) -> Optional[np.ndarray]:
        """Softmax (n, 5) of the scaled logits."""
        if self.logit_scale is None:
            return None
        return probabilities(self.logits, self.logit_scale)

    @property
    def intervals(self) -> np.ndarray:
        """Intervals without the zeros of first beats."""
        return self.interval_cycles[self.interval_cycles > 0]

    @property
    def beats_per_second(self) -> float:
        """Throughput of the overlay, memory transfers included."""
        return len(self.labels) * self.clock_mhz * 1e6 / self.total_cycles

    def microseconds(self, cycles: float) -> float:
        """Cycles at the overlay's clock as time."""
        return cycles / self.clock_mhz

    def summary(self) -> str:
        """Latency and interval in cycles and time, and the throughput."""
        parts = []
        for name, cycles in (("latency", self.latency_cycles), ("interval", self.intervals)):
            if len(cycles):
                low, high = int(cycles.min()), int(cycles.max())
                span = str(low) if low == high else f"{low} to {high}"
                time = self.microseconds(float(cycles.mean()))
                parts.append(f"{name} {span} cycles ({time:.2f} us)")
        return (
            f"{len(self.labels)} beats, {', '.join(parts)} at {self.clock_mhz:g} MHz, "
            f"{self.beats_per_second:,.0f} beats/s ({self.kind})"
        )

"""R peaks of a stream: samples in chunks of any size, beats out, the same for every division.

Causal: a beat is told ``DELAY`` samples (0.34 s) after its peak, or where search back finds it
after the next candidate. State does not grow with the signal.
"""

from typing import List, NamedTuple

import numpy as np

from arrhythminet.frontend.energy import DELAY, Candidate, QrsEnergy
from arrhythminet.frontend.samples import Samples
from arrhythminet.frontend.selection import Selection, Told

BLOCK = 1 << 16
"""Samples that are worked on at once, so that memory does not grow with a chunk either."""
GAPS = 64
"""Gaps without a beat between them that are kept apart."""


class Beat(NamedTuple):
    """An R peak: ``place`` its sample; height, flank and deflection as in ``Candidate``.

    ``told`` counts the samples after which it was certain. Two beats of the same ``stretch`` have
    no gap between them.
    """

    place: int
    height: int
    flank: int
    deflection: int
    stretch: int
    told: int


class Detector:
    """R peaks of one lead at 360 Hz; its samples are those of ``Samples``."""

    def __init__(self) -> None:
        self._energy = QrsEnergy()
        self._selection = Selection()
        self._count = 0
        self._gaps: List[int] = []  # where samples go missing
        self._missing = False
        self._stretch = 0

    def push(self, values: np.ndarray, missing: np.ndarray) -> List[Beat]:
        """Beats that the next samples, int64 (n,), make certain; ``missing`` is bool (n,)."""
        beats = []
        for first in range(0, len(values), BLOCK):
            block = slice(first, first + BLOCK)
            beats += self._block(values[block], missing[block])
        return beats

    def _block(self, values: np.ndarray, missing: np.ndarray) -> List[Beat]:
        begins = np.flatnonzero(missing & ~np.concatenate([[self._missing], missing[:-1]]))
        self._gaps += (self._count + begins).tolist()
        self._stretch += max(0, len(self._gaps) - GAPS)
        self._gaps = self._gaps[-GAPS:]
        self._missing = bool(missing[-1])
        self._count += len(values)
        found = self._energy.push(values, missing)
        return self._tell(self._selection.push(_whole(found), self._count - DELAY))

    def flush(self) -> List[Beat]:
        """Beats that the signal's end makes certain; the detector is not to be fed after it."""
        found = self._energy.flush() if self._count else []
        told = self._selection.push(_whole(found), self._count)
        return self._tell(told + self._selection.flush())

    def _tell(self, found: List[Told]) -> List[Beat]:
        beats = []
        for candidate, by in found:
            while self._gaps and self._gaps[0] <= candidate.place:
                self._gaps.pop(0)
                self._stretch += 1
            if 0 <= candidate.place < self._count:
                kept = candidate.place, candidate.height, candidate.flank, candidate.deflection
                beats.append(Beat(*kept, self._stretch, by + DELAY))
        return beats


def _whole(candidates: List[Candidate]) -> List[Candidate]:
    """Without those that may be the edge of a gap."""
    return [candidate for candidate in candidates if not candidate.gap]


def find_beats(signal: np.ndarray) -> List[Beat]:
    """All beats of a whole signal, float (n,) in mV at 360 Hz."""
    detector, samples = Detector(), Samples()
    beats = []
    for first in range(0, len(signal), BLOCK):
        steps = samples.push(signal[first : first + BLOCK])
        beats += detector.push(steps.values, steps.missing | steps.flat)
    return beats + detector.flush()

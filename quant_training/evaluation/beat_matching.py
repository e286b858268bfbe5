"""Detected beats against annotated ones: one to one, within 150 ms, and how far apart they are.

The window is that of ANSI/AAMI EC57 and of ``bxb`` of the WFDB software.
"""

from dataclasses import dataclass

import numpy as np

from arrhythminet.records import Record
from arrhythminet.signal import SAMPLE_RATE

WINDOW = round(0.15 * SAMPLE_RATE)
CLOSE = 3
FAR = 10
"""Samples from the annotation within which a peak is in its place, and beyond which it is not."""
FLUTTER_WAVE = "!"


@dataclass(frozen=True)
class Score:
    """Counts of beats; ``close`` and ``far`` of the found ones' places."""

    beats: int
    missed: int
    false: int
    close: int
    far: int

    @property
    def sensitivity(self) -> float:
        """Share of the beats that are found; 1 if there are none."""
        return 1 - self.missed / self.beats if self.beats else 1.0

    @property
    def predictivity(self) -> float:
        """Share of what is found that is a beat; 1 if nothing is."""
        found = self.beats - self.missed
        return found / (found + self.false) if found + self.false else 1.0

    @property
    def in_place(self) -> float:
        """Share of the found beats within ``CLOSE`` samples of the annotation."""
        return self.close / max(1, self.beats - self.missed)

    def __add__(self, other: "Score") -> "Score":
        mine, others = vars(self), vars(other)
        return Score(**{name: mine[name] + others[name] for name in mine})


NOTHING = Score(0, 0, 0, 0, 0)


def match(annotated: np.ndarray, detected: np.ndarray) -> np.ndarray:
    """Pairs of beats, each in one pair at most.

    Parameters
    ----------
    annotated, detected : np.ndarray
        Integer samples, ascending.

    Returns
    -------
    np.ndarray
        int64 (annotated,): index of the detected beat within ``WINDOW`` samples, or -1. First
        those that are nearest to each other, then any that are left.
    """
    pairs = np.full(len(annotated), -1, np.int64)
    nearest = _nearest(detected, annotated)
    back = _nearest(annotated, detected)
    free = np.ones(len(detected), bool)
    # Mutually nearest ones first, then what is left within reach
    for index, found in enumerate(nearest.tolist()):
        if found >= 0 and back[found] == index:
            pairs[index], free[found] = found, False
    for index in np.flatnonzero(pairs < 0).tolist():
        reach = np.arange(*np.searchsorted(detected, annotated[index] + [-WINDOW, WINDOW + 1]))
        reach = reach[free[reach]]
        if len(reach):
            pairs[index] = reach[np.abs(detected[reach] - annotated[index]).argmin()]
            free[pairs[index]] = False
    return pairs


def _nearest(places: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Index of the place nearest to each wanted one; -1 where none is within ``WINDOW``."""
    if not len(places):
        return np.full(len(wanted), -1)
    after = np.searchsorted(places, wanted).clip(1, max(1, len(places) - 1))
    after = np.minimum(after, len(places) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(places[before] - wanted) <= np.abs(places[after] - wanted)
    index = np.where(nearer, before, after)
    return np.where(np.abs(places[index] - wanted) <= WINDOW, index, -1)


def score(annotated: np.ndarray, detected: np.ndarray) -> Score:
    """Score of detected beats, ascending samples, against annotated ones."""
    pairs = match(annotated, detected)
    paired = pairs >= 0
    distance = np.abs(detected[pairs[paired]] - annotated[paired])
    return Score(
        beats=len(annotated),
        missed=int((~paired).sum()),
        false=len(detected) - int(paired.sum()),
        close=int((distance <= CLOSE).sum()),
        far=int((distance > FAR).sum()),
    )


def in_flutter(record: Record, places: np.ndarray) -> np.ndarray:
    """Whether each sample lies between the annotations ``[`` and ``]`` of ventricular flutter."""
    starts = record.peaks[record.symbols == "["]
    ends = record.peaks[record.symbols == "]"]
    if len(ends) < len(starts):
        ends = np.append(ends, len(record.signal))
    begun = np.searchsorted(starts, places, side="right")
    ended = np.searchsorted(ends, places, side="left")
    return begun > ended

"""Which candidates are beats: a threshold that follows the beats, and a second look where overdue.

A candidate is a beat if it exceeds a share of the level, the median height of recent beats, plus
what its own flanks hold: noise raises the threshold at once and only where it is. P waves and
wide T waves need no rule, the band of :mod:`arrhythminet.frontend.energy` leaves little of them; a
peaked T wave bends less than the beat before it. Where a beat is overdue, the highest candidate
that was passed over is taken at half the share. Search back, refractory time and a rule for T
waves after Pan and Tompkins, IEEE Trans. Biomed. Eng. 32 (1985) 230, the latter with a second
difference for their slope. The shares are chosen on MIT-BIH, where the optimum is flat.

State: eight heights, eight intervals, 32 candidates.
"""

from collections import deque
from typing import Deque, List, NamedTuple, Optional

from arrhythminet.frontend.energy import Candidate
from arrhythminet.signal import SAMPLE_RATE

REFRACTORY = 80
"""Samples after a beat in which there is no other: 222 ms, 270 a minute."""
T_WAVE = 130
"""Samples, 361 ms, after a beat within which a T wave may stand."""
BENDS_8 = 3
"""Eighths of the beat's second difference that it does not reach."""
SHARE_32 = 12
"""Of the level that a beat exceeds, in 32nds."""
SEARCH_SHARE_32 = 7
FLANK_32 = 40
"""The same of its flank, added to either."""
OVERDUE_4 = 5
"""Quarters of the usual interval after which a beat is searched for."""
NEAREST_8 = 3
"""Eighths of the usual interval that a beat found so keeps from its neighbours."""
LOWEST = 8
"""Steps of height below which nothing is a beat: a QRS complex of about 40 microvolts."""
CLEAR_4 = 4
"""A beat this many times as high as its flank moves the level."""
LOST = 4 * SAMPLE_RATE
"""Samples without a beat after which the level comes down to what there is."""
RECENT = 2 * SAMPLE_RATE
"""Where it looks for that."""
RISES = 3
"""Beats in a row of more than twice the level that lift it at once."""
LEARNING = 3 * SAMPLE_RATE
"""Samples that set a first level: the median of each second's largest height. Beats wait for it."""
FOUND = 4
"""A candidate so many times as high as a level that came down begins a new first level."""
USUAL_AT_FIRST = 288
WAITING = 32
"""Candidates that are kept for search back."""
LATEST = 2 * LOST
"""Samples after a candidate in which search back may still find it."""


class Told(NamedTuple):
    """A beat, and the middle of the candidate that made it certain: its own or a later one."""

    beat: Candidate
    by: int


class Selection:
    """Beats among a stream's candidates, in order.

    A beat is known with its candidate, save while a first level is learned, at the start and after
    a signal without beats, and where search back finds it: then with the first candidate that is
    late enough.
    """

    def __init__(self) -> None:
        self._queue: Deque[Candidate] = deque()
        self._learning: Optional[int] = None  # place from which a level is being learned
        self._learned = 0  # place up to which the last one was
        self._lost = True
        self._heights: Deque[int] = deque(maxlen=8)
        self._intervals: Deque[int] = deque([USUAL_AT_FIRST], maxlen=8)
        self._level = 0
        self._usual = USUAL_AT_FIRST
        self._last = -LOST
        self._bend = 0  # of the last beat
        self._passed: Deque[Candidate] = deque(maxlen=WAITING)
        self._rising: List[int] = []

    def push(self, candidates: List[Candidate], known: float) -> List[Told]:
        """Beats among the next candidates; ``known`` is the place up to which all are given."""
        self._queue += candidates
        told = []
        while self._queue:
            candidate = self._queue[0]
            if self._learning is not None:
                if known < self._learning + LEARNING:
                    break
                self._learn(self._learning)
            elif self._lost and candidate.height >= max(LOWEST, FOUND * self._level):
                self._learning = candidate.centre
                continue
            told += self._decide(self._queue.popleft())
        return told

    def flush(self) -> List[Told]:
        """End of the stream."""
        return self.push([], float("inf"))

    def _learn(self, start: int) -> None:
        largest = [0, 0, 0]
        for candidate in self._queue:
            second = (candidate.centre - start) * 3 // LEARNING
            # A chunk may reach beyond the seconds that are learned from
            if second < 3:
                largest[second] = max(largest[second], candidate.height)
        self._set_level(sorted(largest)[1])
        self._learned = start + LEARNING
        self._learning, self._lost = None, False

    def _set_level(self, level: int) -> None:
        self._level = level
        self._heights.extend([level] * 8)

    def _decide(self, candidate: Candidate) -> List[Told]:
        told: List[Told] = []
        if candidate.centre - self._last < REFRACTORY:
            return told
        by = max(self._learned, candidate.centre)
        while 4 * (candidate.centre - self._last) > OVERDUE_4 * self._usual:
            missed = self._search(candidate.centre)
            if missed is None:
                break
            told.append(Told(self._accept(missed), by))
        self._come_down(candidate)
        if self._exceeds(candidate, SHARE_32) and not self._is_t_wave(candidate):
            told.append(Told(self._accept(candidate), by))
        else:
            self._passed.append(candidate)
        return told

    def _exceeds(self, candidate: Candidate, share_32: int) -> bool:
        threshold = share_32 * self._level + FLANK_32 * candidate.flank
        return candidate.height >= LOWEST and 32 * candidate.height > threshold

    def _is_t_wave(self, candidate: Candidate) -> bool:
        near = candidate.centre - self._last < T_WAVE
        return near and 8 * candidate.bend < BENDS_8 * self._bend

    def _search(self, now: int) -> Optional[Candidate]:
        """The highest candidate that was passed over since the last beat, if it is one."""
        apart = max(REFRACTORY, NEAREST_8 * self._usual // 8)
        fitting = [
            candidate
            for candidate in self._passed
            if candidate.centre - self._last >= apart
            and apart <= now - candidate.centre <= LATEST
            and not self._is_t_wave(candidate)
        ]
        best = max(fitting, key=lambda candidate: candidate.height, default=None)
        return best if best is not None and self._exceeds(best, SEARCH_SHARE_32) else None

    def _accept(self, beat: Candidate) -> Candidate:
        interval = beat.centre - self._last
        if self._last >= 0:
            self._intervals.append(min(interval, 2 * self._usual))
            self._usual = _median(self._intervals)
        if beat.height > CLEAR_4 * beat.flank:
            self._follow(beat.height)
        self._last, self._bend = beat.centre, beat.bend
        later = [candidate for candidate in self._passed if candidate.centre > beat.centre]
        self._passed = deque(later, maxlen=WAITING)
        return beat

    def _follow(self, height: int) -> None:
        self._rising = [*self._rising, height] if height > 2 * self._level else []
        if len(self._rising) == RISES:
            self._set_level(min(self._rising))
            self._rising = []
            return
        self._heights.append(min(2 * self._level, max(self._level // 2, height)))
        self._level = _median(self._heights)

    def _come_down(self, candidate: Candidate) -> None:
        if candidate.centre - self._last <= LOST:
            return
        recent = [
            other.height
            for other in [*self._passed, candidate]
            if candidate.centre - other.centre <= RECENT
        ]
        if max(recent) < self._level:
            self._set_level((self._level + max(recent)) // 2)
            self._lost = True


def _median(values: Deque[int]) -> int:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) // 2

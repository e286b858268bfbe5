"""What can be trusted: a beat or second of a stream is usable, or is not and has a reason."""

from collections import deque
from statistics import median
from typing import Deque, List, NamedTuple, Tuple

import numpy as np

from arrhythminet.frontend.detector import Beat
from arrhythminet.frontend.samples import FLAT as FLAT_SAMPLES
from arrhythminet.frontend.samples import Steps
from arrhythminet.frontend.selection import LATEST
from arrhythminet.signal import SAMPLE_RATE

USABLE, GAP, FLAT, SATURATED, NO_ECG, NOISY = REASONS = (
    "usable",
    "gap",
    "flat",
    "saturated",
    "no ECG",
    "noisy",
)
HALF = SAMPLE_RATE // 2
"""A beat's window, as the networks take it, reaches so far to either side."""
ALONE = 3 * SAMPLE_RATE
"""A beat with no other so near, 20 a minute, is none."""
WAIT = 4 * SAMPLE_RATE
"""Samples after a beat or second before it is judged."""
NOISY_16 = 5
"""Sixteenths of a beat's height that its flank may have: beyond, 1 of 8 is no beat (MIT-BIH with
added noise of 24 to 0 dB)."""
NOISY_MEDIAN_16 = 4
"""The same for the median of it and the four before."""
KEPT = LATEST + SAMPLE_RATE
"""Samples whose marks are kept."""


class Judged(NamedTuple):
    """A beat and one of ``REASONS``."""

    beat: Beat
    reason: str


class Second(NamedTuple):
    """A second of the stream, from sample ``first``, and one of ``REASONS``."""

    first: int
    reason: str


class Quality:
    """Judges a stream's beats and seconds, ``WAIT`` samples late."""

    def __init__(self) -> None:
        self._marks = np.zeros((3, 0), bool)  # missing, flat, railed of the latest samples
        self._count = 0
        self._second = 0
        self._beats: Deque[Beat] = deque()  # from a few seconds ago to those not yet judged
        self._judged = 0  # how many of them are
        self._ratios: Deque[float] = deque(maxlen=5)
        self._noisy: Deque[Tuple[int, bool]] = deque()  # place of judged beats

    def push(self, steps: Steps, beats: List[Beat]) -> Tuple[List[Judged], List[Second]]:
        """Take the next samples and the beats that they made certain; what is judged by them."""
        marks = np.stack([steps.missing, steps.flat, steps.railed])
        self._marks = np.concatenate([self._marks, marks], axis=1)
        self._reach_back(marks.shape[1])
        self._count += marks.shape[1]
        self._beats += beats
        judged = self._judge(self._count)
        self._marks = self._marks[:, -KEPT:]
        return judged

    def _reach_back(self, fresh: int) -> None:
        """Mark the first ``FLAT`` samples of a flat stretch, which was not known to be one."""
        missing, flat, railed = self._marks
        begins = 1 + np.flatnonzero(flat[1:] & ~flat[:-1])
        for begin in begins[begins >= len(flat) - fresh]:
            run = slice(max(0, begin - FLAT_SAMPLES), begin)
            flat[run], railed[run] = True, False

    def flush(self, beats: List[Beat]) -> Tuple[List[Judged], List[Second]]:
        """End of the stream, with the last beats."""
        self._beats += beats
        return self._judge(self._count + WAIT + KEPT)

    def _judge(self, now: int) -> Tuple[List[Judged], List[Second]]:
        judged: List[Judged] = []
        seconds: List[Second] = []
        while True:
            beat = self._beats[self._judged] if self._judged < len(self._beats) else None
            due = max(beat.place + WAIT, beat.told) if beat else now + 1
            second = self._second + SAMPLE_RATE + WAIT
            if self._second >= self._count:
                second = now + 1
            if min(due, second) > now:
                return judged, seconds
            if beat and due <= second:
                reason = self._of_beat(self._judged)
                judged.append(Judged(beat, reason))
                self._noisy.append((beat.place, reason == NOISY))
                self._judged += 1
            else:
                seconds.append(Second(self._second, self._of_second(second)))
                self._second += SAMPLE_RATE
            self._forget()

    def _forget(self) -> None:
        while self._judged > 1 and self._beats[1].place < self._second - 2 * ALONE:
            self._beats.popleft()
            self._judged -= 1
        while self._noisy and self._noisy[0][0] < self._second - SAMPLE_RATE:
            self._noisy.popleft()

    def _window(self, first: int, last: int) -> np.ndarray:
        begin = self._count - self._marks.shape[1]
        return self._marks[:, max(0, first - begin) : max(0, last - begin)]

    def _of_beat(self, index: int) -> str:
        beat = self._beats[index]
        self._ratios.append(16 * beat.flank / max(1, beat.height))
        missing, flat, railed = self._window(beat.place - HALF, beat.place + HALF).sum(axis=1)
        if missing:
            return GAP
        if flat:
            return FLAT
        if railed:
            return SATURATED
        limit = max(beat.place + WAIT, beat.told)
        others = [
            other
            for other in self._beats
            if 0 < abs(other.place - beat.place) <= ALONE and other.told <= limit
        ]
        if not others:
            return NO_ECG
        noisy = self._ratios[-1] > NOISY_16 or median(self._ratios) > NOISY_MEDIAN_16
        return NOISY if noisy else USABLE

    def _of_second(self, now: int) -> str:
        first, last = self._second, self._second + SAMPLE_RATE
        missing, flat, railed = self._window(first, last).sum(axis=1)
        if 2 * missing > SAMPLE_RATE:
            return GAP
        if 2 * flat > SAMPLE_RATE:
            return FLAT
        if railed >= SAMPLE_RATE // 10:
            return SATURATED
        near = [
            beat
            for beat in self._beats
            if first - ALONE <= beat.place < last + ALONE and beat.told <= now
        ]
        if len(near) < 2:
            return NO_ECG
        around = [
            noisy
            for place, noisy in self._noisy
            if first - SAMPLE_RATE <= place < last + SAMPLE_RATE
        ]
        return NOISY if 2 * sum(around) > len(around) else USABLE

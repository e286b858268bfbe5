"""The whole way from a stream of millivolts to windows for a network, each with its quality.

Samples in, beats out: denoised as training does, cut at the detector's peaks, told
``DELAY`` + half a window after them, the same for any chunks. State does not grow with the signal.
"""

from typing import List, NamedTuple, Optional, Tuple

import numpy as np

from arrhythminet import beats as beat_windows
from arrhythminet.beats import BEAT_SAMPLES, EDGE_SAMPLES
from arrhythminet.frontend.denoiser import Denoiser
from arrhythminet.frontend.detector import BLOCK, Detector
from arrhythminet.frontend.quality import Judged, Quality, Second
from arrhythminet.frontend.samples import Samples

EDGE = "edge"
"""Reason of a beat whose window reaches beyond the signal's ends."""
HALF = BEAT_SAMPLES // 2
INVERTED = 0.9
"""Share of beats pointing down from which a lead is held to be inverted; in MIT-BIH only record
207 (left bundle branch block) comes near, with 0.8."""


class WindowedBeat(NamedTuple):
    """A beat: ``place`` of its R peak, its ``stretch``, and why it is not to be classified.

    ``reason`` is ``usable`` or one of ``quality.REASONS`` or ``edge``; ``window`` float64 (360,)
    in mV, denoised, or None at an edge; ``deflection`` is negative where the beat points down.
    """

    place: int
    stretch: int
    reason: str
    deflection: int
    window: Optional[np.ndarray]


class FrontEnd:
    """Beats and judged seconds of one lead at 360 Hz, fed chunk by chunk in mV."""

    def __init__(self) -> None:
        self._samples = Samples()
        self._detector = Detector()
        self._quality = Quality()
        self._denoiser = Denoiser()
        self._judged: List[Judged] = []
        self._clean = np.zeros(0)
        self._first = 0  # place of _clean[0]

    def push(self, signal: np.ndarray) -> Tuple[List[WindowedBeat], List[Second]]:
        """Take the next samples, float (n,) in mV; the beats and seconds that are now certain.

        Raises
        ------
        SignalError
            As :meth:`arrhythminet.frontend.samples.Samples.push`.
        """
        beats: List[WindowedBeat] = []
        seconds: List[Second] = []
        for first in range(0, max(1, len(signal)), BLOCK):
            steps = self._samples.push(signal[first : first + BLOCK])
            found = self._detector.push(steps.values, steps.missing | steps.flat)
            judged, more = self._quality.push(steps, found)
            self._judged += judged
            seconds += more
            self._clean = np.concatenate([self._clean, self._denoiser.push(steps.held)])
            beats += self._cut(self._first + len(self._clean) - HALF)
            self._forget()
        return beats, seconds

    def flush(self) -> Tuple[List[WindowedBeat], List[Second]]:
        """End of the stream: what is still to come."""
        judged, seconds = self._quality.flush(self._detector.flush())
        self._judged += judged
        self._clean = np.concatenate([self._clean, self._denoiser.flush()])
        return self._cut(self._first + len(self._clean)), seconds

    def _cut(self, known: int) -> List[WindowedBeat]:
        """The beats whose windows are known, in order."""
        cut = []
        while self._judged and self._judged[0].beat.place <= known:
            beat, reason = self._judged.pop(0)
            windows, _ = beat_windows.cut(self._clean, np.array([beat.place - self._first]))
            window = windows[0] if len(windows) else None
            reason = reason if window is not None else EDGE
            cut.append(WindowedBeat(beat.place, beat.stretch, reason, beat.deflection, window))
        return cut

    def _forget(self) -> None:
        """Keep of the denoised samples what beats still to come can need."""
        known = self._first + len(self._clean)
        oldest = min([known - HALF, *(judged.beat.place for judged in self._judged)])
        dropped = max(0, oldest - HALF - EDGE_SAMPLES - self._first)
        self._clean, self._first = self._clean[dropped:], self._first + dropped


def intervals(beats: List[WindowedBeat]) -> np.ndarray:
    """Intervals before and after each beat as :func:`arrhythminet.beats.intervals`, (n, 2).

    Those across a gap are no intervals: each stretch has its own local means, and its first and
    last beats take what they lack from their other side.
    """
    stretches = np.array([beat.stretch for beat in beats], np.int64)
    places = np.array([beat.place for beat in beats], np.int64)
    parts = [beat_windows.intervals(places[stretches == one]) for one in np.unique(stretches)]
    return np.concatenate([np.zeros((0, 2)), *parts])


def is_inverted(beats: List[WindowedBeat]) -> bool:
    """Whether the lead seems to be upside down: almost all usable beats point down."""
    down = [beat.deflection < 0 for beat in beats if beat.reason == "usable"]
    return bool(down) and sum(down) >= INVERTED * len(down)

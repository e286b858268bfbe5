"""QRS candidates of a stream: where the energy of the QRS band has a maximum, how much, how clear.

All arithmetic is on integers, sums of boxes and shifts, so any division of the stream into chunks
gives the same candidates. Two bands are differences of double boxes: 11 to 23 Hz for energy, 9 to
18 Hz for the fiducial point. The latter is the band's largest extremum near the middle of the
energy, whatever the beat's shape: MIT-BIH's annotations stand at the major local extremum of a
band-passed signal as well (its directory, introduction).

Word widths, for samples in ``STEPS_PER_MV`` within 20 mV: sample 16 bits, double box 25, band 15,
its square 28, double box of it 39, energy 28, height 14.
"""

from math import isqrt
from typing import List, NamedTuple

import numpy as np

STEPS_PER_MV = 1024
ENERGY_BAND = (8, 16)
FIDUCIAL_BAND = (10, 20)
"""Lengths of the boxes whose difference passes a band, the second twice the first."""
ENERGY_BOXES = (32, 64)
APART = 60
"""Samples on either side in which a candidate is the largest."""
FLANK_GAP, FLANK = 40, 64
"""A flank begins so far from a candidate, and is so long."""
BEND = 4
"""Samples between the three of a second difference: it tells a QRS complex from a T wave."""
REACH = 30
"""How far from the middle of the energy the fiducial point may lie."""
OUTSIDE = np.int8(2)
"""Marks samples before the stream's first and after its last, beside 1 for a missing one."""
DELAY = APART + sum(ENERGY_BOXES) // 2 - 1 + ENERGY_BAND[1] - 1
"""Samples after a candidate that must be known; before it, as many."""


class Candidate(NamedTuple):
    """What may be a beat: ``place`` its fiducial point, ``centre`` the middle of its energy.

    ``height`` is the root of its energy, ``flank`` the mean magnitude of the band in the quieter
    of its two flanks, of those that have all their samples, ``deflection`` the fiducial band at
    ``place``, ``bend`` the largest second difference near it, all in steps. ``gap`` tells that
    samples were missing so near that its energy may be their edge's.
    """

    place: int
    centre: int
    height: int
    flank: int
    deflection: int
    bend: int
    gap: bool


class QrsEnergy:
    """Candidates of a stream of integer samples at 360 Hz, ``DELAY`` samples late.

    Neighbour: :class:`arrhythminet.frontend.detector.Detector`, which takes millivolts.
    """

    def __init__(self) -> None:
        self._steps = np.zeros(0, np.int64)
        self._missing = np.full(2 * DELAY, OUTSIDE)
        self._first = -2 * DELAY  # place of _steps[0]

    def push(self, steps: np.ndarray, missing: np.ndarray) -> List[Candidate]:
        """Take the next samples; candidates that they make certain.

        Parameters
        ----------
        steps : np.ndarray
            int64 (n,).
        missing : np.ndarray
            bool (n,), samples that have no value of their own; ``OUTSIDE`` beyond the end.
        """
        if not len(steps):
            return []
        if not len(self._steps):
            self._steps = np.full(2 * DELAY, steps[0], np.int64)
        steps = np.concatenate([self._steps, steps])
        missing = np.concatenate([self._missing, missing.astype(np.int8)])
        band = band_pass(steps, *ENERGY_BAND)
        fiducial = band_pass(steps, *FIDUCIAL_BAND)
        energy = _energy(band)
        found = []
        for centre in _maxima(energy).tolist():
            near = fiducial[centre - REACH : centre + REACH + 1]
            shape = steps[centre - REACH : centre + REACH + 1]
            bent = shape[: -2 * BEND] - 2 * shape[BEND:-BEND] + shape[2 * BEND :]
            offset = int(np.abs(near).argmax())
            found.append(
                Candidate(
                    self._first + centre - REACH + offset,
                    self._first + centre,
                    isqrt(int(energy[centre])),
                    _flank(band, missing, centre),
                    int(near[offset]),
                    int(np.abs(bent).max()),
                    bool((missing[centre - APART : centre + APART + 1] == 1).any()),
                )
            )
        self._first += len(steps) - 2 * DELAY
        self._steps, self._missing = steps[-2 * DELAY :], missing[-2 * DELAY :]
        return found

    def flush(self) -> List[Candidate]:
        """End of the stream, which is taken to stay at its last sample."""
        return self.push(self._steps[-1:].repeat(DELAY), np.full(DELAY, OUTSIDE))


def band_pass(steps: np.ndarray, short: int, long: int) -> np.ndarray:
    """Difference of two double boxes, ``long`` twice ``short``: int64 as ``steps``, no delay.

    The ends, ``long`` samples each, hold no values.
    """
    narrow = _box(_box(steps, short), short)
    wide = _box(_box(steps, long), long)
    inner = narrow[long - short : len(narrow) - (long - short)]
    band = np.zeros(len(steps), np.int64)
    band[long - 1 : long - 1 + len(wide)] = (4 * inner - wide) >> 8
    return band


def _box(values: np.ndarray, length: int) -> np.ndarray:
    """Sums of ``length`` neighbours; ``length - 1`` fewer."""
    sums = np.cumsum(values)
    sums[length:] -= sums[:-length].copy()
    return sums[length - 1 :]


def _energy(band: np.ndarray) -> np.ndarray:
    """Mean square of the band under a trapezoid of 95 samples; its ends hold no values."""
    short, long = ENERGY_BOXES
    mean = _box(_box(band * band, short), long) >> 11
    energy = np.zeros(len(band), np.int64)
    energy[(short + long) // 2 - 1 :][: len(mean)] = mean
    return energy


def _maxima(energy: np.ndarray) -> np.ndarray:
    """Places, ``DELAY`` from either end, whose energy is the largest within ``APART``."""
    last = len(energy) - DELAY
    here = energy[DELAY:last]
    tops = (here > energy[DELAY - 1 : last - 1]) & (here >= energy[DELAY + 1 : last + 1])
    places = DELAY + np.flatnonzero(tops)
    windows = np.lib.stride_tricks.sliding_window_view(energy, 2 * APART + 1)[places - APART]
    # Of equal ones the first
    return places[windows.argmax(axis=1) == APART]


def _flank(band: np.ndarray, missing: np.ndarray, centre: int) -> int:
    """Mean magnitude in the quieter flank, of those without missing samples if there is one.

    A flank's nearer half may stand for it, doubled: at 240 a minute the next beat is in it.
    """
    near, half, far = FLANK_GAP, FLANK_GAP + FLANK // 2, FLANK_GAP + FLANK
    flanks = slice(centre - far, centre - near), slice(centre + near + 1, centre + far + 1)
    halves = slice(centre - half, centre - near), slice(centre + near + 1, centre + half + 1)
    sums = [
        min(int(np.abs(band[flank]).sum()), 4 * int(np.abs(band[part]).sum()))
        for flank, part in zip(flanks, halves)
        if not missing[flank].any()
    ]
    return min(sums or [0]) // FLANK

"""Waves of a beat as segments of its 360 samples, from the borders of P, QRS and T.

Borders come from cardiologists (annotated.py) or from a delineator (delineate.py), never from
fixed windows. Every sample belongs to exactly one segment.
"""

import numpy as np

from arrhythminet.beats import BEAT_SAMPLES, RHYTHM_SAMPLES

BORDERS = ("P onset", "P offset", "QRS onset", "QRS offset", "T onset", "T offset")
SEGMENTS = ("before", "P", "PR", "QRS", "ST", "T", "after")
"""``before`` reaches from the window's start to the P wave, or to the QRS complex where there is
no P wave; it holds the preceding beat's end. ``PR`` and ``ST`` lie between the waves."""
INTERVALS = ("RR before", "RR after")
"""Further segments of the form ``rhythm``: its two intervals, which are no samples of the ECG."""
SEGMENT_MEANINGS = {
    "before": "from the window's start to the P wave (to the QRS complex where there is none)",
    "P": "P wave, atrial depolarisation",
    "PR": "from the P wave to the QRS complex",
    "QRS": "QRS complex, ventricular depolarisation",
    "ST": "from the QRS complex to the T wave",
    "T": "T wave, ventricular repolarisation",
    "after": "from the T wave to the window's end",
    "RR before": "interval to the R peak before, relative to the local mean",
    "RR after": "interval to the R peak after, relative to the local mean",
}


def names(form: str = "beat") -> tuple[str, ...]:
    """Segments of an input form, in the order of the samples."""
    return SEGMENTS + INTERVALS if form == "rhythm" else SEGMENTS


def segment(borders: np.ndarray, form: str = "beat") -> np.ndarray:
    """Segment of every sample.

    Parameters
    ----------
    borders : np.ndarray
        Float (n, 6), samples within the beat's 360 in the order of :data:`BORDERS`; NaN for a
        wave that is not there. A border outside the window is where the window ends.
    form : str
        Input form; in ``rhythm`` the network sees the window's middle, then two intervals.

    Returns
    -------
    np.ndarray
        int8 (n, 360), positions in :func:`names`.
    """
    edges = np.clip(np.rint(_filled(np.asarray(borders, np.float64))), 0, BEAT_SAMPLES)
    samples = np.arange(BEAT_SAMPLES)
    found = (samples[None, :, None] >= edges[:, None, :]).sum(axis=2).astype(np.int8)
    if form == "beat":
        return found
    made = np.empty_like(found)
    ecg = BEAT_SAMPLES - 2 * RHYTHM_SAMPLES
    made[:, :ecg] = found[:, RHYTHM_SAMPLES:-RHYTHM_SAMPLES]
    made[:, ecg : ecg + RHYTHM_SAMPLES] = len(SEGMENTS)
    made[:, ecg + RHYTHM_SAMPLES :] = len(SEGMENTS) + 1
    return made


def _filled(borders: np.ndarray) -> np.ndarray:
    """Borders in order, missing waves of no length: P before QRS, T at the window's end."""
    made = borders.copy()
    no_p = np.isnan(made[:, :2]).any(axis=1)
    made[no_p, 0] = made[no_p, 1] = made[no_p, 2]
    no_t = np.isnan(made[:, 4:]).any(axis=1)
    made[no_t, 4] = made[no_t, 5] = made[no_t, 3]
    return np.maximum.accumulate(made, axis=1)


def complete(borders: np.ndarray) -> np.ndarray:
    """Whether a beat has both borders of QRS and T, in order; the P wave may be absent.

    Returns
    -------
    np.ndarray
        bool (n,).
    """
    borders = np.asarray(borders, np.float64)
    known = np.isfinite(borders[:, 2:]).all(axis=1)
    with np.errstate(invalid="ignore"):
        ordered = (np.diff(borders[:, 2:], axis=1) >= 0).all(axis=1)
        no_p = np.isnan(borders[:, :2]).any(axis=1)
        p_ordered = (borders[:, 0] < borders[:, 1]) & (borders[:, 1] <= borders[:, 2])
    return known & ordered & (no_p | p_ordered)


def durations(segments: np.ndarray, form: str = "beat") -> np.ndarray:
    """Samples in each segment, int64 (n, segments)."""
    count = len(names(form))
    return np.stack([(segments == index).sum(axis=1) for index in range(count)], axis=1)

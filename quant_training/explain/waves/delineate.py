"""Borders of P, QRS and T where nobody annotated them: by neurokit2.

neurokit2 (Makowski et al., Behavior Research Methods 53, 2021). P and T waves are those of its
method ``prominence`` (Emrich et al., 2024). That method ends a QRS complex 50 ms from its peak, too
early for a bundle branch block, so a complex reaches as far as ``prominence`` or ``dwt`` (Martinez
et al., IEEE Trans. Biomed. Eng. 51, 2004) finds it, within :data:`REACH_MS`. How far the borders
lie from cardiologists' on LUDB is measured by :func:`errors_ms`, see results/explain.md. A P wave
is found before nearly every beat, also where a cardiologist sees none.
"""

import contextlib
import io
import warnings

import neurokit2
import numpy as np

from arrhythminet.signal import SAMPLE_RATE
from quant_training.explain.waves.segments import BORDERS

REACH_MS = (120, 150)
"""Farthest onset before and offset after the R peak that ``dwt`` is believed."""
_LEAD_IN = SAMPLE_RATE
_KEYS = (
    "ECG_P_Onsets",
    "ECG_P_Offsets",
    "ECG_R_Onsets",
    "ECG_R_Offsets",
    "ECG_T_Onsets",
    "ECG_T_Offsets",
)


def name() -> str:
    """Library, version and methods."""
    return f"neurokit2 {neurokit2.__version__} (prominence; QRS also dwt)"


def delineate(signal: np.ndarray, peaks: np.ndarray) -> np.ndarray:
    """Borders of every beat of a signal.

    Parameters
    ----------
    signal : np.ndarray
        Float (samples,) at 360 Hz, denoised.
    peaks : np.ndarray
        Integer (n,), all R peaks in order, at least two.

    Returns
    -------
    np.ndarray
        float64 (n, 6), samples of the signal in the order of ``BORDERS``; NaN where none is found.
        Waves do not overlap.
    """
    peaks = np.asarray(peaks, np.int64)
    borders = _by(signal, peaks, "prominence")
    fine = _by(signal, peaks, "dwt")[:, 2:4]
    before, after = (reach * SAMPLE_RATE / 1000 for reach in REACH_MS)
    fine[fine[:, 0] < peaks - before, 0] = np.nan
    fine[fine[:, 1] > peaks + after, 1] = np.nan
    borders[:, 2] = np.fmin(borders[:, 2], fine[:, 0])
    borders[:, 3] = np.fmax(borders[:, 3], fine[:, 1])
    return _apart(borders)


def by_prominence(signal: np.ndarray, peaks: np.ndarray) -> np.ndarray:
    """As :func:`delineate`, by ``prominence`` alone: fast, but wide QRS complexes end early."""
    return _apart(_by(signal, np.asarray(peaks, np.int64), "prominence"))


def strip(signal: np.ndarray, peaks: np.ndarray, row: int) -> np.ndarray:
    """Borders of one beat, float64 (6,), from a strip with two beats on either side."""
    first, last = max(0, row - 2), min(len(peaks), row + 3)
    start = max(0, int(peaks[first]) - SAMPLE_RATE // 2)
    end = min(len(signal), int(peaks[last - 1]) + SAMPLE_RATE)
    return delineate(signal[start:end], peaks[first:last] - start)[row - first] + start


def _by(signal: np.ndarray, peaks: np.ndarray, method: str) -> np.ndarray:
    missing = np.full((len(peaks), len(BORDERS)), np.nan)
    if len(peaks) < 2:
        return missing
    # It drops borders at sample 0, and with them the rows' alignment: there must be none.
    padded = np.pad(signal, (_LEAD_IN, 0), mode="edge")
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        try:
            _, waves = neurokit2.ecg_delineate(
                padded, peaks + _LEAD_IN, sampling_rate=SAMPLE_RATE, method=method
            )
        except (ValueError, IndexError, TypeError, ZeroDivisionError):
            return missing  # it fails where it finds no wave at all
    columns = [np.asarray(waves[key], np.float64) for key in _KEYS]
    if any(len(column) != len(peaks) for column in columns):
        return missing
    return np.stack(columns, axis=1) - _LEAD_IN


def _apart(borders: np.ndarray) -> np.ndarray:
    """P waves end where the QRS complex begins, T waves begin where it ends, or are not there."""
    made = borders.copy()
    made[:, 1] = np.minimum(made[:, 1], made[:, 2])
    made[:, 4] = np.maximum(made[:, 4], made[:, 3])
    with np.errstate(invalid="ignore"):
        made[~(made[:, 0] < made[:, 1]), :2] = np.nan
        made[~(made[:, 4] < made[:, 5]), 4:] = np.nan
    return made


def errors_ms(found: np.ndarray, annotated: np.ndarray) -> dict[str, dict[str, float]]:
    """How far found borders lie from annotated ones.

    Parameters
    ----------
    found, annotated : np.ndarray
        Float (n, 6), samples at 360 Hz, NaN where there is none.

    Returns
    -------
    dict
        Border to ``n`` (annotated and found), ``missed``, ``unannotated`` (found where none is
        annotated), ``mean_ms``, ``sd_ms`` and ``median_absolute_ms``.
    """
    table = {}
    for column, border in enumerate(BORDERS):
        here, there = np.isfinite(found[:, column]), np.isfinite(annotated[:, column])
        both = here & there
        error = (found[both, column] - annotated[both, column]) / SAMPLE_RATE * 1000
        none = not len(error)
        table[border] = {
            "n": int(both.sum()),
            "missed": int((there & ~here).sum()),
            "unannotated": int((here & ~there).sum()),
            "mean_ms": float("nan") if none else float(error.mean()),
            "sd_ms": float("nan") if none else float(error.std()),
            "median_absolute_ms": float("nan") if none else float(np.median(np.abs(error))),
        }
    return table

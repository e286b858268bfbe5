"""Detectors of the wfdb package to compare with, and what they found in MIT-BIH, kept in a cache.

Both take whole signals. They are slow: a second run finds the first one's peaks in
``data/cache/rivals-<version>``.
"""

import contextlib
import hashlib
import io
from pathlib import Path

import numpy as np
import wfdb
from wfdb import processing

from arrhythminet.files import write_atomic
from arrhythminet.records import DATA
from arrhythminet.signal import SAMPLE_RATE

STEPS_PER_MV = 200
"""Of MIT-BIH; gqrs counts in steps of the converter."""


def xqrs(signal: np.ndarray) -> np.ndarray:
    """R peaks, int64, of a signal in mV, by wfdb's XQRS."""
    detector = processing.XQRS(sig=signal, fs=SAMPLE_RATE)
    with contextlib.redirect_stdout(io.StringIO()):
        detector.detect(learn=True, verbose=False)
    return np.asarray(detector.qrs_inds, np.int64)


def gqrs(signal: np.ndarray) -> np.ndarray:
    """R peaks, int64, of a signal in mV, by wfdb's port of GQRS."""
    steps = np.rint(signal * STEPS_PER_MV)
    found = processing.gqrs_detect(
        sig=steps, fs=SAMPLE_RATE, adc_gain=STEPS_PER_MV, adc_zero=0, threshold=1.0
    )
    return np.asarray(found, np.int64)


RIVALS = {"xqrs": xqrs, "gqrs": gqrs}


def detect(name: str, signal: np.ndarray, cache: Path = DATA / "cache") -> np.ndarray:
    """R peaks by one of ``RIVALS``, from the cache where it has seen the same signal."""
    key = hashlib.sha256(np.ascontiguousarray(signal, np.float64).tobytes()).hexdigest()[:16]
    path = cache / f"rivals-{wfdb.__version__}" / f"{name}-{key}.npy"
    if not path.is_file():
        found = RIVALS[name](signal)
        write_atomic(path, lambda temporary: np.save(temporary, found))
    return np.load(path)

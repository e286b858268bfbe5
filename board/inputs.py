"""From whatever the user has to int8 beats."""

from pathlib import Path
from typing import Any, Optional, Tuple

import numpy as np

from arrhythminet.beats import BEAT_SAMPLES, check, from_signal, quantise
from arrhythminet.errors import InputError
from arrhythminet.wfdb_files import read_lead


def prepare(beats: Any, lead: str, form: str = "beat") -> Tuple[np.ndarray, Optional[np.ndarray]]:
    """Int8 beats (n, 360) and, for a signal, the R peaks (n,) they belong to.

    Raises
    ------
    InputError
        If it is no beat, signal or record, or a record cannot be read.
    """
    if isinstance(beats, (str, Path)):
        return from_signal(read_lead(Path(beats), lead), form)[:2]
    try:
        values = np.asarray(beats)
    except Exception as error:
        raise InputError(f"cannot make an array of {type(beats).__name__}: {error}") from error
    if values.dtype == np.int8:
        if values.shape == (BEAT_SAMPLES,):
            values = values[None]
        check(values)
        return np.ascontiguousarray(values), None
    if values.dtype.kind not in "fiu":
        raise InputError(f"values are {values.dtype}: give int8 beats, or floats or a signal in mV")
    values = values.astype(np.float64)
    if values.ndim == 1:
        return from_signal(values, form)[:2]
    if values.ndim != 2:
        raise InputError(f"an array of shape {values.shape} is neither beats (n, 360) nor a signal")
    return quantise(values, form=form), None

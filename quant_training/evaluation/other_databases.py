"""Records that had no part in choosing the detector: QTDB and LUDB, from folders of WFDB files."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import wfdb
from wfdb import processing

from arrhythminet.classes import BEAT_SYMBOLS
from arrhythminet.errors import RecordError
from arrhythminet.signal import SAMPLE_RATE
from quant_training.evaluation.beat_matching import WINDOW

OF_MITDB = re.compile(r"sel[12]\d\d")
"""QTDB's records that are excerpts of MIT-BIH's."""


def qtdb(folder: Path) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Name, first lead (mV at 360 Hz) and beats of each record with beats, MIT-BIH's left out."""
    for path in _headers(folder):
        if not OF_MITDB.fullmatch(path.stem) and path.with_suffix(".atr").is_file():
            yield path.stem, *_read(path, 0, "atr")


def ludb(folder: Path) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Name, lead II (mV at 360 Hz) and QRS complexes of each record."""
    for path in _headers(folder / "data"):
        yield path.stem, *_read(path, "ii", "ii")


DATABASES = {"QTDB": qtdb, "LUDB": ludb}


def within(annotated: np.ndarray, detected: np.ndarray) -> np.ndarray:
    """Detected beats of the annotated part: annotators leave out ends of these records."""
    first, last = annotated[0] - WINDOW, annotated[-1] + WINDOW
    return detected[(detected >= first) & (detected <= last)]


def _headers(folder: Path) -> list[Path]:
    found = sorted(folder.glob("*.hea"))
    if not found:
        raise RecordError(
            f"{folder} holds no WFDB records: unpack the database and name its folder"
        )
    return found


def _read(header: Path, lead: int | str, annotator: str) -> tuple[np.ndarray, np.ndarray]:
    path = str(header.with_suffix(""))
    try:
        about = wfdb.rdheader(path)
        channel = lead if isinstance(lead, int) else about.sig_name.index(lead)
        signal = wfdb.rdrecord(path, channels=[channel]).p_signal[:, 0]
        marks = wfdb.rdann(path, annotator)
    except Exception as error:
        raise RecordError(f"{header} cannot be read ({error}): fetch it again") from error
    beats = marks.sample[np.isin(marks.symbol, list(BEAT_SYMBOLS))]
    resampled, _ = processing.resample_sig(np.nan_to_num(signal), about.fs, SAMPLE_RATE)
    return resampled, np.rint(beats * SAMPLE_RATE / about.fs).astype(np.int64)

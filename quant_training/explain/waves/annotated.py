"""LUDB and QTDB: beats whose P, QRS and T borders cardiologists drew, at 360 Hz.

LUDB (Kalyakulina et al., IEEE Access 8, 2020): 200 records of 10 s at 500 Hz, every lead
annotated; lead II is taken. QTDB (Laguna et al., Computers in Cardiology 24, 1997): 15-minute
records at 250 Hz, some 30 beats each annotated (``q1c``); the first signal is taken, whose lead
differs between records. Its records from MIT-BIH are left out: the networks were trained on them.
"""

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import wfdb
from rich.progress import track
from scipy.signal import resample_poly

from arrhythminet import beats
from arrhythminet.classes import BEAT_SYMBOLS
from arrhythminet.denoise import denoise
from arrhythminet.errors import DataError, RecordError
from arrhythminet.signal import SAMPLE_RATE
from quant_training.explain.waves.delineate import delineate
from quant_training.explain.waves.segments import complete

DATABASES = ("ludb", "qtdb")
QRS_SYMBOLS = frozenset(BEAT_SYMBOLS)
_ANNOTATORS = {"ludb": "ii", "qtdb": "q1c"}
_MARGIN_S = 10
"""Signal read before and after QTDB's annotated beats, for the denoising."""


@dataclass(frozen=True)
class Annotated:
    """Beats with borders, one row each.

    ``beats`` int8 (n, 360); ``borders`` float64 (n, 6), samples of the beat; ``found`` the same of
    the delineator, NaN in QTDB, whose leads vary; ``records`` names.
    """

    beats: np.ndarray
    borders: np.ndarray
    found: np.ndarray
    records: np.ndarray


def folder_of(database: str, folder: Path | None) -> Path | None:
    """Folder of the records, given or from the environment (``LUDB_DIR``, ``QTDB_DIR``).

    Returns
    -------
    Path or None
        None where neither names one: what needs the data is left out, visibly.

    Raises
    ------
    DataError
        If the named folder holds no records.
    """
    named = folder or os.environ.get(f"{database.upper()}_DIR")
    if not named:
        return None
    for inner in (Path(named), Path(named) / "data", Path(named) / database):
        if any(inner.glob("*.hea")):
            return inner
    raise DataError(
        f"{named} holds no WFDB records: unpack {database.upper()} from PhysioNet there, or leave "
        f"--{database} and {database.upper()}_DIR out to go without"
    )


def load(database: str, folder: Path) -> Annotated:
    """All completely annotated beats of a database whose windows fit.

    Raises
    ------
    RecordError
        If a record is damaged.
    DataError
        If no beat is left.
    """
    names = sorted({path.stem for path in folder.glob("*.hea")})
    if database == "qtdb":
        names = [name for name in names if not _of_mitdb(name)]
    annotator = _ANNOTATORS[database]
    parts = []
    for name in track(names, database.upper(), transient=True):
        if (folder / f"{name}.{annotator}").is_file():
            parts.append(_read(database, folder, name))
    kept = [part for part in parts if part is not None]
    if not kept:
        raise DataError(f"{folder} has no beat with annotated QRS and T: is it {database.upper()}?")
    return Annotated(*(np.concatenate(column) for column in zip(*kept, strict=True)))


def _of_mitdb(name: str) -> bool:
    """QTDB names MIT-BIH's records sel100 to sel234."""
    return name.startswith("sel") and len(name) == 6 and name[3] in "12" and name[3:].isdigit()


def _read(database: str, folder: Path, name: str) -> tuple | None:
    path, annotator = str(folder / name), _ANNOTATORS[database]
    try:
        annotation = wfdb.rdann(path, annotator)
        header = wfdb.rdheader(path)
        rate = float(header.fs)
        first = max(0, int(annotation.sample[0] - _MARGIN_S * rate))
        last = min(int(header.sig_len), int(annotation.sample[-1] + _MARGIN_S * rate))
        channel = header.sig_name.index("ii") if database == "ludb" else 0
        record = wfdb.rdrecord(path, sampfrom=first, sampto=last, channels=[channel])
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RecordError(f"{path} cannot be read ({reason}): fetch it again") from error
    ratio = Fraction(SAMPLE_RATE, round(rate))
    signal = resample_poly(record.p_signal[:, 0], ratio.numerator, ratio.denominator)
    waves = parse(annotation.sample - first, annotation.symbol)
    peaks, borders = by_beat(waves, float(ratio))
    if len(peaks) < 2:
        return None
    clean = denoise(signal)
    found = delineate(clean, peaks) if database == "ludb" else np.full(borders.shape, np.nan)
    windows, kept = beats.cut(clean, peaks)
    start = (peaks[kept] - beats.BEAT_SAMPLES // 2)[:, None]
    inside = complete(borders[kept])
    values = beats.quantise(windows)[inside]
    return (
        values,
        (borders[kept] - start)[inside],
        (found[kept] - start)[inside],
        np.full(len(values), name),
    )


def parse(samples: np.ndarray, symbols: list[str]) -> list[tuple[str, float, int, int]]:
    """Waves of an annotation file: kind (``p``, ``N`` or ``t``), onset, peak, offset.

    An onset that was not annotated is NaN; waves without an offset are dropped.
    """
    waves, onset, peak = [], np.nan, None
    for sample, symbol in zip(samples.tolist(), symbols, strict=True):
        if symbol == "(":
            onset, peak = sample, None
        elif symbol == ")":
            if peak is not None and peak[0] in "pNt":
                waves.append((peak[0], onset, peak[1], sample))
            onset, peak = np.nan, None
        else:
            peak = ("N" if symbol in QRS_SYMBOLS else symbol, sample)
    return waves


def by_beat(
    waves: list[tuple[str, float, int, int]], ratio: float
) -> tuple[np.ndarray, np.ndarray]:
    """R peaks and borders at another rate: each QRS with the P before and the T after it.

    Returns
    -------
    peaks : np.ndarray
        int64 (n,).
    borders : np.ndarray
        float64 (n, 6).
    """
    complexes = [index for index, wave in enumerate(waves) if wave[0] == "N"]
    peaks = np.array([round(waves[index][2] * ratio) for index in complexes], np.int64)
    borders = np.full((len(complexes), 6), np.nan)
    for row, index in enumerate(complexes):
        borders[row, 2:4] = waves[index][1], waves[index][3]
        if index and waves[index - 1][0] == "p":
            borders[row, :2] = waves[index - 1][1], waves[index - 1][3]
        if index + 1 < len(waves) and waves[index + 1][0] == "t":
            borders[row, 4:] = waves[index + 1][1], waves[index + 1][3]
    return peaks, borders * ratio

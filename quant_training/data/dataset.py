"""All beats of MIT-BIH in one cached file, tied to its inputs by a checksum.

Records without the MLII lead (102 and 104) are left out: 46 of 48 records remain.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from arrhythminet import beats, classes, denoise
from arrhythminet.errors import DataError, LeadError
from arrhythminet.files import write_atomic
from arrhythminet.records import DATA, MITDB_RECORDS, mitdb_folder, read
from arrhythminet.signal import LEAD
from arrhythminet.wavelet import WAVELET

_RECIPE = f"2 {LEAD} {WAVELET} {denoise.LEVELS} {denoise.NOISY_LEVELS} {denoise.THRESHOLD}"
_RECIPE += f" {beats.BEAT_SAMPLES} {beats.INPUT_SCALE} {beats.EDGE_SAMPLES}"
_RECIPE += f" {beats.RHYTHM_SAMPLES} {beats.RHYTHM_STEPS} {beats.LOCAL_INTERVALS}"


@dataclass(frozen=True)
class Dataset:
    """Beats and where they come from; all arrays have one row per beat.

    ``beats`` int8 (n, 360), to be multiplied by ``scale``; ``symbols`` MIT-BIH's;
    ``records`` record numbers; ``peaks`` samples of the R peaks.
    """

    beats: np.ndarray
    symbols: np.ndarray
    records: np.ndarray
    peaks: np.ndarray
    scale: float
    checksum: str

    @property
    def labels(self) -> np.ndarray:
        """int8 (n,): position in ``classes.CLASSES``, -1 for symbols outside the five classes."""
        return classes.class_indices(self.symbols)


def load(folder: Path | None = None, cache: Path = DATA / "cache", form: str = "beat") -> Dataset:
    """Beats of all records in an input form, from the cache where it was made from the same bytes.

    Raises
    ------
    DataError
        If records are missing, or none has the lead.
    RecordError
        If a record is damaged.
    """
    beats.check_form(form)
    folder = mitdb_folder() if folder is None else folder
    checksum = _checksum(folder)
    path = cache / f"{form}s-{checksum[:16]}.npz"
    if not path.is_file():
        made = make(folder, checksum, form)
        write_atomic(path, lambda temporary: np.savez(temporary, **vars(made)))
    try:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        beats.check(arrays["beats"])
        return Dataset(**{**arrays, "scale": float(arrays["scale"]), "checksum": checksum})
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise DataError(f"{path} is damaged ({error}): delete it") from error


def make(folder: Path, checksum: str = "", form: str = "beat") -> Dataset:
    """Read, denoise, cut and quantise every record of ``folder``, without the cache."""
    parts = []
    for name in MITDB_RECORDS:
        try:
            record = read(name, folder)
        except LeadError:
            continue
        is_beat = np.isin(record.symbols, list(classes.BEAT_SYMBOLS))
        peaks, symbols = record.peaks[is_beat], record.symbols[is_beat]
        rhythm = beats.intervals(peaks)
        wanted = np.isin(symbols, list(classes.AAMI))
        peaks, symbols, rhythm = peaks[wanted], symbols[wanted], rhythm[wanted]
        windows, kept = beats.cut(denoise.denoise(record.signal), peaks)
        number = np.full(len(kept), int(name), np.int16)
        values = beats.quantise(windows, rhythm[kept], form)
        parts.append((values, symbols[kept], number, peaks[kept]))
    if not parts:
        raise DataError(f"no record in {folder} has lead {LEAD}: point MITDB_DIR to MIT-BIH")
    values, symbols, records, peaks = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Dataset(values, symbols, records, peaks, beats.INPUT_SCALE, checksum)


def _checksum(folder: Path) -> str:
    """SHA-256 over the records' bytes and over how beats are made."""
    total = hashlib.sha256(_RECIPE.encode())
    for name in MITDB_RECORDS:
        for suffix in (".hea", ".dat", ".atr"):
            path = folder / f"{name}{suffix}"
            try:
                with path.open("rb") as file:
                    total.update(hashlib.file_digest(file, "sha256").digest())
            except OSError as error:
                raise DataError(
                    f"{path} is missing or unreadable ({error.strerror}): all 48 records of "
                    "MIT-BIH are needed; run `make data`"
                ) from error
    return total.hexdigest()

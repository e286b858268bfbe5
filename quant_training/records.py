"""ECG records in WFDB format: one lead, chosen by name, with its beat annotations."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import wfdb

from quant_training.errors import DataError, LeadError, RecordError, SignalError
from quant_training.files import DATA

SAMPLE_RATE = 360
"""Samples per second that the networks are made for (that of MIT-BIH)."""
LEAD = "MLII"

# fmt: off
MITDB_RECORDS = (
    "100", "101", "102", "103", "104", "105", "106", "107", "108", "109", "111", "112", "113",
    "114", "115", "116", "117", "118", "119", "121", "122", "123", "124", "200", "201", "202",
    "203", "205", "207", "208", "209", "210", "212", "213", "214", "215", "217", "219", "220",
    "221", "222", "223", "228", "230", "231", "232", "233", "234",
)
# fmt: on


@dataclass(frozen=True)
class Record:
    """One lead of a record.

    ``signal`` float64 (n,), mV at 360 Hz; ``peaks`` int64 (beats,), annotated samples;
    ``symbols`` (beats,) one WFDB annotation symbol each.
    """

    name: str
    lead: str
    signal: np.ndarray
    peaks: np.ndarray
    symbols: np.ndarray


def mitdb_folder() -> Path:
    """Folder of the MIT-BIH records: ``MITDB_DIR``, else ``data/mitdb`` in the checkout.

    Raises
    ------
    DataError
        If neither holds records.
    """
    folder = Path(os.environ.get("MITDB_DIR") or DATA / "mitdb")
    if not any(folder.glob("*.hea")):
        raise DataError(
            f"{folder} holds no WFDB records: run `make data`, or set MITDB_DIR to a copy"
        )
    return folder


def read(name: str, folder: Path | None = None, lead: str = LEAD, annotated: bool = True) -> Record:
    """Read one lead of one record.

    Parameters
    ----------
    name : str
        Record name, for example "208".
    folder : Path, optional
        Folder of the ``.hea``, ``.dat`` and ``.atr`` files; default :func:`mitdb_folder`.
    lead : str
        Lead name as in the header. Never an index: MIT-BIH 114 has MLII second.
    annotated : bool
        Whether the ``.atr`` file is needed; without it ``peaks`` and ``symbols`` are empty.

    Raises
    ------
    RecordError
        If a file is missing, truncated or unreadable.
    LeadError
        If the record has no such lead.
    SignalError
        If the lead holds NaN or is not sampled at 360 Hz.
    """
    folder = mitdb_folder() if folder is None else folder
    path = str(folder / name)
    header = _wfdb(name, folder, ".hea", lambda: wfdb.rdheader(path))
    leads = list(header.sig_name or [])
    if lead not in leads:
        raise LeadError(
            f"record {name} has no lead {lead!r}, only {', '.join(leads) or 'none'}: choose one"
        )
    if header.fs != SAMPLE_RATE:
        raise SignalError(
            f"record {name} has {header.fs} samples per second, not {SAMPLE_RATE}: resample it"
        )
    samples = _wfdb(name, folder, ".dat", lambda: wfdb.rdrecord(path, channel_names=[lead]))
    signal = samples.p_signal[:, 0]
    if len(signal) != header.sig_len:
        raise RecordError(
            f"record {name} holds {len(signal)} samples, its header says {header.sig_len}: "
            "fetch it again (make data)"
        )
    check_finite(signal, f"record {name}, lead {lead}")
    peaks, symbols = np.zeros(0, np.int64), np.zeros(0, "U1")
    if annotated:
        beats = _wfdb(name, folder, ".atr", lambda: wfdb.rdann(path, "atr"))
        peaks, symbols = beats.sample.astype(np.int64), np.array(beats.symbol, "U1")
    return Record(name, lead, signal, peaks, symbols)


def check_finite(signal: np.ndarray, what: str) -> None:
    """Raise :class:`SignalError` if a signal is not one-dimensional or holds NaN or infinity."""
    if signal.ndim != 1:
        raise SignalError(f"{what} has shape {signal.shape}, not (samples,): pass one lead")
    bad = np.flatnonzero(~np.isfinite(signal))
    if len(bad):
        raise SignalError(
            f"{what} holds {signal[bad[0]]} at sample {bad[0]} ({len(bad)} such samples): "
            "cut or interpolate them"
        )


def _wfdb(name: str, folder: Path, suffix: str, read_file):
    """Call wfdb; whatever it raises becomes one line that names the file."""
    file = folder / f"{name}{suffix}"
    if not file.is_file():
        raise RecordError(f"{file} is missing: run `make data`, or check the record's name")
    try:
        return read_file()
    except Exception as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RecordError(
            f"{file} cannot be read, truncated or damaged ({reason}): fetch it again (make data)"
        ) from error

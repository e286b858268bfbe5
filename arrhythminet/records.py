"""ECG records: one lead, chosen by name, with its beat annotations; MIT-BIH's records."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import numpy as np

from arrhythminet.errors import DataError
from arrhythminet.signal import LEAD, check_signal
from arrhythminet.wfdb_files import read_annotations, read_lead

DATA = Path(__file__).resolve().parent.parent / "data"
"""Where downloads and caches go: ``data/`` in the checkout."""

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


def read(
    name: str, folder: Optional[Path] = None, lead: str = LEAD, annotated: bool = True
) -> Record:
    """Read one lead of one record.

    Parameters
    ----------
    name : str
        Record name, for example "208".
    folder : Path, optional
        Folder of the ``.hea``, ``.dat`` and ``.atr`` files; default :func:`mitdb_folder`.
    lead : str
        Lead name as in the header.
    annotated : bool
        Whether the ``.atr`` file is needed; without it ``peaks`` and ``symbols`` are empty.

    Raises
    ------
    RecordError
        If a file is missing, truncated or unreadable, or the record has no such lead.
    SignalError
        If the lead holds NaN or is not sampled at 360 Hz.
    """
    folder = mitdb_folder() if folder is None else folder
    signal = read_lead(folder / name, lead)
    check_signal(signal, f"record {name}, lead {lead},")
    peaks, symbols = np.zeros(0, np.int64), np.zeros(0, "U1")
    if annotated:
        peaks, symbols = read_annotations(folder / f"{name}.atr")
    return Record(name, lead, signal, peaks, symbols)

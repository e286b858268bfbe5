"""One lead of a WFDB record, without the wfdb package: formats 212 and 16.

PhysioNet's "WFDB signal file formats" and "header(5)" describe both.
"""

import re
from pathlib import Path

import numpy as np

from board.errors import InputError

SAMPLE_RATE = 360
_GAIN = re.compile(r"(?P<gain>[-+0-9.eE]+)(?:\((?P<baseline>-?\d+)\))?(?:/\S+)?$")


def read_lead(record: Path, lead: str) -> np.ndarray:
    """Read one lead.

    Parameters
    ----------
    record : Path
        Record name with its folder, with or without ``.hea`` or ``.dat``.
    lead : str
        Lead name as in the header, never an index.

    Returns
    -------
    np.ndarray
        float64 (samples,), in the header's unit (mV), NaN where the file marks no value.

    Raises
    ------
    InputError
        If a file is missing, truncated or of another format, or the record has no such lead.
    """
    record = record.with_suffix("") if record.suffix in (".hea", ".dat") else record
    header = record.with_name(record.name + ".hea")
    if not header.is_file():
        raise InputError(f"{header} is missing: give a WFDB record's path without its suffix")
    lines = [line.split() for line in header.read_text().splitlines()]
    lines = [line for line in lines if line and not line[0].startswith("#")]
    try:
        signals, rate = int(lines[0][1]), float(lines[0][2].split("/")[0])
        leads = lines[1 : 1 + signals]
        names = [" ".join(line[8:]) for line in leads]
    except (IndexError, ValueError) as error:
        raise InputError(f"{header} is no WFDB header of a single segment ({error})") from error
    if rate != SAMPLE_RATE:
        raise InputError(f"{header} says {rate:g} samples per second, not {SAMPLE_RATE}: resample")
    if lead not in names:
        raise InputError(f"{header} has no lead {lead!r}, only {', '.join(names)}: choose one")
    index = names.index(lead)
    form, file = leads[index][1], record.with_name(leads[index][0])
    if form not in ("212", "16") or any(line[:2] != leads[index][:2] for line in leads):
        raise InputError(f"{file} has format {form}: only 212 and 16 in one file are read here")
    if not file.is_file():
        raise InputError(f"{file} is missing: copy it beside {header.name}")
    samples = _decode(file.read_bytes(), form)[index :: len(leads)]
    length = int(lines[0][3]) if len(lines[0]) > 3 else len(samples)
    if len(samples) < length:
        raise InputError(f"{file} holds {len(samples)} samples, {header.name} says {length}")
    return _physical(samples[:length], leads[index], form)


def _decode(data: bytes, form: str) -> np.ndarray:
    if form == "16":
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.int32)
    triples = np.frombuffer(data[: len(data) // 3 * 3], np.uint8).reshape(-1, 3).astype(np.int32)
    first = triples[:, 0] | (triples[:, 1] & 0x0F) << 8
    second = triples[:, 2] | (triples[:, 1] & 0xF0) << 4
    samples = np.stack([first, second], axis=1).reshape(-1)
    return samples - ((samples & 0x800) << 1)


def _physical(samples: np.ndarray, line: list, form: str) -> np.ndarray:
    match = _GAIN.match(line[2]) if len(line) > 2 else None
    gain = float(match.group("gain")) if match else 0.0
    baseline = match.group("baseline") if match else None
    if baseline is None:
        baseline = line[4] if len(line) > 4 else 0
    values = (samples.astype(np.float64) - float(baseline)) / (gain or 200.0)
    values[samples == (-2048 if form == "212" else -32768)] = np.nan
    return values

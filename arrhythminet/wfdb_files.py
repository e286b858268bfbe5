"""WFDB files without the wfdb package: headers, signals in formats 212 and 16, annotations.

PhysioNet's header(5), signal(5) and annot(5) describe all three.
"""

import re
from pathlib import Path
from typing import List, NamedTuple, Tuple

import numpy as np

from arrhythminet.errors import LeadError, RecordError, SignalError
from arrhythminet.signal import SAMPLE_RATE

_GAIN = re.compile(r"(?P<gain>[-+0-9.eE]+)(?:\((?P<baseline>-?\d+)\))?(?:/\S+)?$")
_INVALID = {"212": -2048, "16": -32768}
"""The sample that marks no value, by format."""
_SYMBOLS = dict(enumerate(' NLRaVFJASEj/Q~ | sT*D"=pB^t+u?![]en@xf()r'))
"""Annotation symbol by code (ecgcodes.h); blanks are not assigned."""
_SKIP, _NUMBER, _SUBTYPE, _CHANNEL, _AUXILIARY = 59, 60, 61, 62, 63
_NOT_QRS = 0
_RESOLUTION = re.compile(rb"## time resolution: ([0-9.]+)")


class Lead(NamedTuple):
    """One signal line of a header, split; ``name`` is its description."""

    fields: List[str]
    name: str


class Header(NamedTuple):
    """A single-segment header: rate in Hz, samples a lead (0: not said) and the leads."""

    path: Path
    rate_hz: float
    samples: int
    leads: List[Lead]


def read_header(record: Path) -> Header:
    """Read ``<record>.hea``; RecordError if it is missing or no header of a single segment."""
    record = record.with_suffix("") if record.suffix in (".hea", ".dat") else record
    path = record.with_name(record.name + ".hea")
    if not path.is_file():
        raise RecordError(f"{path} is missing: give a WFDB record's path without its suffix")
    lines = [line.split() for line in path.read_text().splitlines()]
    lines = [line for line in lines if line and not line[0].startswith("#")]
    try:
        count, rate = int(lines[0][1]), float(lines[0][2].split("/")[0])
        samples = int(lines[0][3]) if len(lines[0]) > 3 else 0
        leads = [Lead(line, " ".join(line[8:])) for line in lines[1 : 1 + count]]
        if len(leads) < count or any(len(lead.fields) < 2 for lead in leads):
            raise ValueError(f"{count} signals announced, {len(lines) - 1} described")
    except (IndexError, ValueError) as error:
        raise RecordError(f"{path} is no WFDB header of a single segment ({error})") from error
    return Header(path, rate, samples, leads)


def read_lead(record: Path, lead: str) -> np.ndarray:
    """Read one lead.

    Parameters
    ----------
    record : Path
        Record name with its folder, with or without ``.hea`` or ``.dat``.
    lead : str
        Lead name as in the header, never an index: MIT-BIH 114 has MLII second.

    Returns
    -------
    np.ndarray
        float64 (samples,), in the header's unit (mV), NaN where the file marks no value.

    Raises
    ------
    RecordError
        If a file is missing, truncated or of another format.
    LeadError
        If the record has no such lead.
    SignalError
        If it is not sampled at 360 Hz.
    """
    header = read_header(record)
    if header.rate_hz != SAMPLE_RATE:
        raise SignalError(
            f"{header.path} says {header.rate_hz:g} samples per second, not {SAMPLE_RATE}: "
            "resample it"
        )
    names = [entry.name for entry in header.leads]
    if lead not in names:
        raise LeadError(
            f"{header.path} has no lead {lead!r}, only {', '.join(names) or 'none'}: choose one"
        )
    index = names.index(lead)
    fields = header.leads[index].fields
    form, file = fields[1], header.path.with_name(fields[0])
    if form not in _INVALID or any(entry.fields[:2] != fields[:2] for entry in header.leads):
        raise RecordError(f"{file} has format {form}: only 212 and 16 in one file are read here")
    if not file.is_file():
        raise RecordError(f"{file} is missing: copy it beside {header.path.name}")
    samples = _decode(file.read_bytes(), form)[index :: len(names)]
    length = header.samples or len(samples)
    if len(samples) < length:
        raise RecordError(
            f"{file} holds {len(samples)} samples, {header.path.name} says {length}: "
            "it is truncated, fetch it again"
        )
    return _physical(samples[:length], fields)


def read_annotations(path: Path) -> Tuple[np.ndarray, np.ndarray]:
    """Read an annotation file such as ``208.atr``.

    Returns
    -------
    samples : np.ndarray
        int64 (annotations,), at the signals' rate.
    symbols : np.ndarray
        One WFDB symbol each.

    Raises
    ------
    RecordError
        If the file is missing or damaged.
    """
    if not path.is_file():
        raise RecordError(f"{path} is missing: copy it beside the record's header")
    data = path.read_bytes()
    words = np.frombuffer(data[: len(data) // 2 * 2], "<u2").tolist()
    samples: List[int] = []
    symbols: List[str] = []
    time, place, ticks = 0, 0, float(SAMPLE_RATE)
    try:
        while words[place]:
            code, value = words[place] >> 10, words[place] & 0x3FF
            place += 1
            if code == _SKIP:
                step = words[place] << 16 | words[place + 1]
                time += step - (step >> 31 << 32)
                place += 2
            elif code == _AUXILIARY:
                text = data[2 * place : 2 * place + value]
                found = _RESOLUTION.match(text)
                if found:
                    ticks = float(found.group(1))
                    samples.pop(), symbols.pop()
                place += -(-value // 2)
            elif code not in (_NUMBER, _SUBTYPE, _CHANNEL):
                time += value
                if code != _NOT_QRS:
                    samples.append(time)
                    symbols.append(_SYMBOLS[code])
    except (IndexError, KeyError) as error:
        raise RecordError(f"{path} is truncated or damaged: fetch it again") from error
    scaled = np.rint(np.array(samples, np.float64) * SAMPLE_RATE / ticks)
    return scaled.astype(np.int64), np.array(symbols, "U1")


def _decode(data: bytes, form: str) -> np.ndarray:
    if form == "16":
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.int32)
    triples = np.frombuffer(data[: len(data) // 3 * 3], np.uint8).reshape(-1, 3).astype(np.int32)
    first = triples[:, 0] | (triples[:, 1] & 0x0F) << 8
    second = triples[:, 2] | (triples[:, 1] & 0xF0) << 4
    samples = np.stack([first, second], axis=1).reshape(-1)
    return samples - ((samples & 0x800) << 1)


def _physical(samples: np.ndarray, fields: List[str]) -> np.ndarray:
    match = _GAIN.match(fields[2]) if len(fields) > 2 else None
    gain = float(match.group("gain")) if match else 0.0
    baseline = match.group("baseline") if match else None
    if baseline is None:
        baseline = fields[4] if len(fields) > 4 else "0"
    values = (samples.astype(np.float64) - float(baseline)) / (gain or 200.0)
    values[samples == _INVALID[fields[1]]] = np.nan
    return values

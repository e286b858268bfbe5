"""What the notebook shows where no board is: golden beats, a strip, the host CPU's time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from arrhythminet import golden
from arrhythminet.beats import BEAT_SAMPLES
from arrhythminet.errors import DataError
from arrhythminet.excerpt import excerpt
from arrhythminet.files import build_folder
from arrhythminet.records import mitdb_folder
from arrhythminet.signal import LEAD, SAMPLE_RATE
from arrhythminet.wfdb_files import read_lead
from board.samples import Samples, from_golden
from sim.overlay import stand_in

STRIP_RECORD, STRIP_START_S, STRIP_SECONDS = "208", 10, 10
"""Normal and ventricular beats side by side."""


def strip() -> tuple[np.ndarray, str]:
    """A strip in mV with its title: of MIT-BIH where ``MITDB_DIR`` is, else the embedded one."""
    try:
        lead = read_lead(mitdb_folder() / STRIP_RECORD, LEAD)
    except DataError:
        return excerpt()[:2]
    first = SAMPLE_RATE * STRIP_START_S
    part = lead[first : first + SAMPLE_RATE * STRIP_SECONDS]
    return part, f"MIT-BIH record {STRIP_RECORD}, {LEAD}, from {STRIP_START_S} s"


def prepare(stem: str, beats: int) -> tuple[Samples, dict[str, Any] | None]:
    """Samples of a compiled network, or of the stand-in, and the host CPU's figures."""
    signal, title = strip()
    if stem == stand_in.STEM:
        random = stand_in.random_beats(np.random.default_rng(1), beats, BEAT_SAMPLES)
        logits = stand_in.logits(random)
        labels = np.random.default_rng(2).integers(-1, 5, beats)
        return Samples(random, logits, labels, signal, title), None
    from sim.overlay import host_cpu

    data = from_golden(build_folder(stem) / golden.FILE, signal, title, beats)
    return data, asdict(host_cpu.write(stem))

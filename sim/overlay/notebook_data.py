"""What the notebook shows where no board is: golden beats, a strip, the host CPU's time."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from board.preprocess.wfdb212 import read_lead
from board.samples import Samples, embedded_strip, from_golden
from hw.files import build_folder
from sim.overlay import stand_in

STRIP_RECORD, STRIP_START_S, STRIP_SECONDS = "208", 10, 10
"""Normal and ventricular beats side by side."""


def strip() -> tuple[np.ndarray | None, str]:
    """A strip in mV with its title: of MIT-BIH where ``MITDB_DIR`` is, else the embedded one."""
    folder = Path(os.environ.get("MITDB_DIR") or "data/mitdb")
    if (folder / f"{STRIP_RECORD}.hea").is_file():
        lead = read_lead(folder / STRIP_RECORD, "MLII")
        part = lead[360 * STRIP_START_S : 360 * (STRIP_START_S + STRIP_SECONDS)]
        return part, f"MIT-BIH record {STRIP_RECORD}, MLII, from {STRIP_START_S} s"
    return embedded_strip(), "MIT-BIH record 101, MLII (excerpt shipped with PyWavelets)"


def prepare(stem: str, beats: int) -> tuple[Samples, dict[str, Any] | None]:
    """Samples of a compiled network, or of the stand-in, and the host CPU's figures."""
    signal, title = strip()
    if stem == stand_in.STEM:
        random = stand_in.random_beats(np.random.default_rng(1), beats, 360)
        logits = stand_in.logits(random)
        labels = np.random.default_rng(2).integers(-1, 5, beats)
        return Samples(random, logits, labels, np.asarray(signal), title), None
    from sim.overlay import host_cpu

    data = from_golden(build_folder(stem) / "golden.npz", signal, title, beats)
    return data, asdict(host_cpu.write(stem))

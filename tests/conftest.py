"""Fixtures for all tests: the MIT-BIH records, and a record made here."""

import os
from pathlib import Path

import numpy as np
import pytest
import wfdb

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 30


@pytest.fixture(scope="session")
def mitdb() -> Path:
    """Folder of MIT-BIH; skips where there is none."""
    folder = Path(os.environ.get("MITDB_DIR") or ROOT / "data/mitdb")
    if len(list(folder.glob("*.dat"))) < 48:
        pytest.skip("MIT-BIH is not here: set MITDB_DIR or run make data")
    return folder


def made_up_ecg(seconds: float = SECONDS, rate: float = 72.0) -> tuple[np.ndarray, np.ndarray]:
    """Signal in mV at 360 Hz with Gaussian QRS and T waves, and its R peaks."""
    time = np.arange(round(seconds * 360))
    peaks = np.arange(250, len(time) - 250, round(360 * 60 / rate))
    waves = ((0, 5, 1.0), (90, 18, 0.25), (-55, 9, 0.12))
    signal = 0.2 * np.sin(2 * np.pi * 0.2 * time / 360)
    for offset, width, height in waves:
        distance = time[:, None] - (peaks + offset)
        signal += (height * np.exp(-((distance / width) ** 2))).sum(axis=1)
    noise = np.random.default_rng(0).normal(0, 0.01, len(time))
    return signal + noise, peaks


@pytest.fixture
def record_folder(tmp_path: Path) -> Path:
    """Folder with record 900: leads V5 and MLII, annotated N, V, N, V, ..."""
    signal, peaks = made_up_ecg()
    wfdb.wrsamp(
        "900",
        fs=360,
        units=["mV", "mV"],
        sig_name=["V5", "MLII"],
        p_signal=np.column_stack([-signal, signal]),
        fmt=["212", "212"],
        adc_gain=[200.0, 200.0],
        baseline=[0, 0],
        write_dir=str(tmp_path),
    )
    symbols = ["NV"[i % 2] for i in range(len(peaks))]
    wfdb.wrann("900", "atr", peaks, symbols, fs=360, write_dir=str(tmp_path))
    return tmp_path


def all_classes_record(folder: Path, signal: np.ndarray, peaks: np.ndarray) -> None:
    """Make ``folder`` with record 900: lead MLII, annotated N, L, R, A, V, N, ..."""
    folder.mkdir()
    wfdb.wrsamp(
        "900",
        fs=360,
        units=["mV"],
        sig_name=["MLII"],
        p_signal=signal[:, None],
        fmt=["212"],
        write_dir=str(folder),
    )
    symbols = ["NLRAV"[i % 5] for i in range(len(peaks))]
    wfdb.wrann("900", "atr", peaks, symbols, fs=360, write_dir=str(folder))

"""Beats and a strip of ECG to try the network on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

import numpy as np

from board.errors import InputError

FILE = "sample_beats.npz"


@dataclass(frozen=True)
class Samples:
    """Beats to classify and a strip to show.

    Attributes
    ----------
    beats : np.ndarray
        int8 (n, 360).
    logits : np.ndarray
        int32 (n, 5), what PyTorch says to them.
    annotations : np.ndarray
        int64 (n,), annotated class, -1 where there is none.
    strip : np.ndarray
        float64 (samples,), mV at 360 Hz; may be empty.
    title : str
        Where the strip is from.
    """

    beats: np.ndarray
    logits: np.ndarray
    annotations: np.ndarray
    strip: np.ndarray
    title: str


def load(folders: Sequence[Path]) -> Samples:
    """Samples from the first folder that holds ``sample_beats.npz``.

    Raises
    ------
    InputError
        If none does, or the file is damaged.
    """
    for folder in folders:
        path = Path(folder) / FILE
        if path.is_file():
            try:
                with np.load(path) as file:
                    return Samples(
                        file["beats"],
                        file["logits"],
                        file["annotations"],
                        file["strip"],
                        str(file["title"]),
                    )
            except (ValueError, KeyError, OSError) as error:
                raise InputError(f"{path} is damaged ({error}): copy the archive again") from error
    places = ", ".join(str(folder) for folder in folders)
    raise InputError(f"no {FILE} in {places}: make one with `make board-package`")


def embedded_strip() -> Optional[np.ndarray]:
    """The ECG that PyWavelets ships (MIT-BIH record 101), in mV; None without PyWavelets."""
    try:
        import pywt.data
    except ImportError:
        return None
    # 200 units per mV, base line at 1024, already subtracted
    return pywt.data.ecg().astype(np.float64) / 200.0


def from_golden(golden: Path, strip: Optional[np.ndarray], title: str, limit: int) -> Samples:
    """Samples from ``golden.npz``, its first ``limit`` beats.

    Raises
    ------
    InputError
        If the file is missing.
    """
    if not golden.is_file():
        raise InputError(f"{golden} is missing: run `make compile` for this network")
    with np.load(golden) as file:
        beats, logits = file["beats"], file["logits"]
        annotations = file["annotations"] if "annotations" in file else np.full(len(beats), -1)
    chosen = slice(0, limit)
    empty = np.zeros(0)
    return Samples(
        beats[chosen],
        logits[chosen],
        np.asarray(annotations[chosen], np.int64),
        empty if strip is None else strip,
        title,
    )


def save(samples: Samples, path: Path) -> None:
    """Write ``sample_beats.npz``."""
    np.savez_compressed(
        path,
        beats=samples.beats,
        logits=samples.logits,
        annotations=samples.annotations,
        strip=samples.strip,
        title=samples.title,
    )

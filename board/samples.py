"""Beats and a strip of ECG to try the network on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

import numpy as np

from arrhythminet import golden
from arrhythminet.errors import InputError

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


def from_golden(path: Path, strip: np.ndarray, title: str, limit: int) -> Samples:
    """Samples from ``golden.npz``, its first ``limit`` beats; GoldenError if it cannot be read."""
    known = golden.load(path).first(limit)
    return Samples(known.beats, known.logits, np.asarray(known.annotations, np.int64), strip, title)


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

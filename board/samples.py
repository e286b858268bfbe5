"""Beats and a strip of ECG to try the network on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Optional, Sequence

import numpy as np

from arrhythminet import golden
from arrhythminet.errors import InputError

FILE = "sample_beats.npz"
MAPS = "explanations.npz"


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


@dataclass(frozen=True)
class Maps:
    """What the network reacts to in some beats, computed on a host.

    Attributes
    ----------
    beats : np.ndarray
        int8 (n, 360), the explained beats.
    classes : np.ndarray
        int64 (n,), the class that each map speaks for.
    maps : np.ndarray
        float32 (n, 360), not negative.
    method : str
        Which map it is.
    """

    beats: np.ndarray
    classes: np.ndarray
    maps: np.ndarray
    method: str

    def of(self, beat: np.ndarray, label: int) -> Optional[np.ndarray]:
        """Map of a beat for the class that the overlay gave it; None where there is none."""
        same = (self.beats == beat).all(axis=1) & (self.classes == label)
        return self.maps[np.argmax(same)] if same.any() else None


def load_maps(folders: Sequence[Path]) -> Optional[Maps]:
    """Maps from the first folder that holds ``explanations.npz``; None where none does.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    for folder in folders:
        path = Path(folder) / MAPS
        if path.is_file():
            try:
                with np.load(path) as file:
                    return Maps(file["beats"], file["classes"], file["maps"], str(file["method"]))
            except (ValueError, KeyError, OSError) as error:
                raise InputError(f"{path} is damaged ({error}): make it again") from error
    return None


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

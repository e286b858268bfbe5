"""golden.npz: beats with PyTorch's integers of every quantiser and its logits."""

import io
import json
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Dict, Optional, Union

import numpy as np

from arrhythminet.errors import GoldenError
from arrhythminet.files import write_bytes

FILE = "golden.npz"


@dataclass(frozen=True)
class Golden:
    """Beats and what PyTorch computes for them.

    Attributes
    ----------
    beats : np.ndarray
        int8 (n, samples).
    logits : np.ndarray
        int32 (n, classes); times ``logit_scale`` the float logits.
    annotations : np.ndarray
        Annotated class (n,), -1 where there is none.
    sites : dict
        Quantiser's name to its integers (n, length, channels), in the order of the data.
    meta : dict
        Where beats and network are from.
    signal : np.ndarray, optional
        float32 (samples,), the denoised stretch that the beats are from.
    peaks : np.ndarray, optional
        int64 (n,), the beats' R peaks in it.
    """

    beats: np.ndarray
    logits: np.ndarray
    annotations: np.ndarray
    logit_scale: float
    sites: Dict[str, np.ndarray]
    meta: Dict[str, Any] = field(default_factory=dict)
    signal: Optional[np.ndarray] = None
    peaks: Optional[np.ndarray] = None

    @property
    def labels(self) -> np.ndarray:
        """int64 (n,): largest logit, the lowest index on ties."""
        return self.logits.argmax(axis=1)

    def rows(self, chosen: Union[slice, np.ndarray]) -> "Golden":
        """Some of the beats, by slice or indices."""
        return replace(
            self,
            beats=self.beats[chosen],
            logits=self.logits[chosen],
            annotations=self.annotations[chosen],
            sites={name: values[chosen] for name, values in self.sites.items()},
            peaks=None if self.peaks is None else self.peaks[chosen],
        )

    def first(self, count: int) -> "Golden":
        """The first ``count`` beats."""
        return self.rows(slice(count))

    def repeated(self, count: int) -> "Golden":
        """``count`` beats, from the first again where there are fewer."""
        return self.rows(np.arange(count) % len(self.beats))


def save(golden: Golden, path: Path) -> None:
    """Write golden.npz as a whole or not at all; the same values give the same bytes."""
    meta = {**golden.meta, "sites": list(golden.sites)}
    arrays: Dict[str, Any] = {
        "beats": golden.beats,
        "logits": golden.logits.astype(np.int32),
        "labels": golden.labels,
        "annotations": golden.annotations,
        "logit_scale": np.float64(golden.logit_scale),
        "meta": json.dumps(meta, sort_keys=True),
        **golden.sites,
    }
    for name in ("signal", "peaks"):
        if getattr(golden, name) is not None:
            arrays[name] = getattr(golden, name)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_bytes(path, buffer.getvalue())


def load(path: Path) -> Golden:
    """Read golden.npz.

    Raises
    ------
    GoldenError
        If it is missing, damaged or incomplete.
    """
    fix = "make compile writes it (python -m quant_training.export)"
    if not path.is_file():
        raise GoldenError(f"{path} is missing: {fix}")
    try:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        meta = json.loads(str(arrays["meta"]))
        return Golden(
            arrays["beats"],
            arrays["logits"],
            arrays["annotations"],
            float(arrays["logit_scale"]),
            {name: arrays[name] for name in meta["sites"]},
            meta,
            arrays.get("signal"),
            arrays.get("peaks"),
        )
    except KeyError as error:
        raise GoldenError(f"{path} lacks {error.args[0]}: {fix}") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise GoldenError(f"cannot read {path}: {error}; {fix}") from error

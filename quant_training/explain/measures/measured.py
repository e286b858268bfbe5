"""What was measured of a network, and how much was asked for; kept, so as not to be made twice."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from arrhythminet.files import write_atomic

KEPT = Path("build/explain/measured")
_VERSION = 1  # of what is measured; another one forgets what was kept


@dataclass(frozen=True)
class Options:
    """How much is computed. The defaults take minutes a network on two cores."""

    shap_draws: int = 15
    shapley_beats: int = 50  # exact values: 2 ** segments times ``shapley_background`` runs a beat
    shapley_background: int = 4
    sanity_beats: int = 60
    consistency_beats: int = 500
    seed: int = 0


@dataclass(frozen=True)
class Measured:
    """Figures for the report, and arrays for its pictures: method to float (n, 360)."""

    figures: dict[str, Any]
    maps: dict[str, np.ndarray]
    classes: np.ndarray


def kept(key: str, make: Callable[[], Measured], folder: Path = KEPT) -> Measured:
    """What was measured under the same key before, else made now and kept in ``folder``."""
    path = folder / f"{hashlib.sha256(f'{_VERSION} {key}'.encode()).hexdigest()[:16]}.npz"
    if not path.is_file():
        made = make()
        write_atomic(
            path,
            lambda temporary: np.savez(
                temporary,
                classes=made.classes,
                names=list(made.maps),
                maps=np.stack(list(made.maps.values())).astype(np.float32),
                figures=json.dumps(made.figures),
            ),
        )
    with np.load(path) as file:
        maps = dict(zip(file["names"].tolist(), file["maps"], strict=True))
        return Measured(json.loads(str(file["figures"])), maps, file["classes"])

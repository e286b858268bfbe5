"""Where attribution falls: share per wave against the wave's share of time, and pointing game.

The pointing game (Zhang et al., IJCV 126, 2018) is Quantus's (Hedström et al., JMLR 24, 2023): is
the sample of most attribution inside the waves that make the class? By chance it is as often as
those waves take of the beat.
"""

import numpy as np
import quantus
from torch import Tensor, nn

from arrhythminet.classes import CLASSES
from quant_training.explain.waves.segments import durations, names

MARKS = {
    "N": ("P", "PR", "QRS"),
    "L": ("QRS",),
    "R": ("QRS",),
    "A": ("before", "P", "PR"),
    "V": ("QRS",),
}
"""Segments that a class is told by: a wide or notched QRS complex (L, R, V); a P wave that comes
early and looks different, so what precedes the QRS complex (A); a P wave and a narrow QRS (N)."""


def shares(attribution: np.ndarray, segments: np.ndarray, form: str = "beat") -> np.ndarray:
    """Share of every segment in a beat's attribution magnitude.

    Parameters
    ----------
    attribution : np.ndarray
        Float (n, 360).
    segments : np.ndarray
        Integer (n, 360).
    form : str
        Input form.

    Returns
    -------
    np.ndarray
        Float (n, segments); NaN where a beat has no attribution at all.
    """
    size = np.abs(attribution)
    total = size.sum(axis=1, keepdims=True)
    parts = [np.where(segments == i, size, 0).sum(axis=1) for i in range(len(names(form)))]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, np.stack(parts, axis=1) / total, np.nan)


def time_shares(segments: np.ndarray, form: str = "beat") -> np.ndarray:
    """Share of every segment in the beat's samples, float (n, segments)."""
    return durations(segments, form) / segments.shape[1]


def marked(segments: np.ndarray, labels: np.ndarray, form: str = "beat") -> np.ndarray:
    """Samples in the segments that a class is told by (:data:`MARKS`), bool (n, 360)."""
    made = np.zeros(segments.shape, bool)
    for index, symbol in enumerate(CLASSES):
        wanted = [names(form).index(name) for name in MARKS[symbol]]
        mine = labels == index
        made[mine] = np.isin(segments[mine], wanted)
    return made


class _PerSample(nn.Module):
    """Quantus wants inputs (n, 1, 360)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        return self.model(x[..., None])


def pointing_game(
    model: nn.Module,
    beats: np.ndarray,
    classes: np.ndarray,
    attribution: np.ndarray,
    where: np.ndarray,
) -> np.ndarray:
    """Whether the sample of most attribution lies within ``where``, float (n,): 1 or 0.

    NaN for beats without attribution, or with nothing to hit.
    """
    fit = (np.abs(attribution).sum(axis=1) > 0) & where.any(axis=1)
    made = np.full(len(beats), np.nan)
    if fit.any():
        game = quantus.PointingGame(abs=True, normalise=False, disable_warnings=True)
        hits = game(
            model=_PerSample(model),
            x_batch=beats[fit, None, :].astype(np.float32),
            y_batch=classes[fit].astype(np.int64),
            a_batch=attribution[fit, None, :].astype(np.float32),
            s_batch=where[fit, None, :].astype(np.float32),
            channel_first=True,
        )
        made[fit] = np.asarray(hits, float)
    return made

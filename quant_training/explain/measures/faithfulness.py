"""Deletion and insertion (RISE, arXiv 1806.07421) of parts of a beat, in an attribution's order.

A beat is divided into windows of :data:`WINDOW` samples. Deletion replaces the windows of most
attribution first, insertion keeps them first; what is gone is the straight line between what is
left, so that no edge is added that the network could react to. A faithful map deletes low and
inserts high: the score is the mean probability of the explained class along the way.
"""

import numpy as np

from arrhythminet.beats import BEAT_SAMPLES, RHYTHM_SAMPLES
from arrhythminet.classes import probabilities
from quant_training.evaluation.metrics import predict
from quant_training.net.models import ArrhythmiNet

WINDOW = 12
"""Samples, 33 ms: a third of a narrow QRS complex."""
SHARES = np.array([0.1, 0.2, 0.3, 0.5, 0.7])
"""Shares of the windows that are gone (deletion) or there (insertion) where the score is taken."""


def order(attribution: np.ndarray) -> np.ndarray:
    """Windows from most to least attribution magnitude, int64 (n, windows); ties stay in time."""
    windows = np.abs(attribution).reshape(len(attribution), -1, WINDOW).sum(axis=2)
    return np.argsort(-windows, axis=1, kind="stable")


def random_order(count: int, seed: int) -> np.ndarray:
    """Windows in random order, int64 (count, windows)."""
    generator = np.random.default_rng(seed)
    windows = np.tile(np.arange(BEAT_SAMPLES // WINDOW), (count, 1))
    return generator.permuted(windows, axis=1)


def scores(
    model: ArrhythmiNet,
    beats: np.ndarray,
    classes: np.ndarray,
    ranked: np.ndarray,
    form: str = "beat",
) -> dict[str, np.ndarray]:
    """Curves of deletion and insertion.

    Parameters
    ----------
    model : ArrhythmiNet
        Any network.
    beats : np.ndarray
        int8 (n, 360).
    classes : np.ndarray
        Integer (n,), explained class.
    ranked : np.ndarray
        Integer (n, windows), from :func:`order`.
    form : str
        Input form: in ``rhythm`` an interval that is gone becomes 0, its mean.

    Returns
    -------
    dict
        ``deletion`` and ``insertion``: float (n, shares), probability of the class.
    """
    rank = np.argsort(ranked, axis=1).repeat(WINDOW, axis=1)
    found: dict[str, list[np.ndarray]] = {"deletion": [], "insertion": []}
    for share in SHARES:
        count = round(share * ranked.shape[1])
        for kind, kept in (("deletion", rank >= count), ("insertion", rank < count)):
            logits = predict(model, removed(beats, kept, form))
            found[kind].append(probability(logits, classes))
    return {kind: np.stack(curves, axis=1) for kind, curves in found.items()}


def removed(beats: np.ndarray, kept: np.ndarray, form: str = "beat") -> np.ndarray:
    """Beats with straight lines where samples are not kept.

    Parameters
    ----------
    beats : np.ndarray
        int8 (n, 360).
    kept : np.ndarray
        bool (n, 360). Where nothing is kept the beat is flat.
    form : str
        Input form.

    Returns
    -------
    np.ndarray
        int8 (n, 360).
    """
    ecg = BEAT_SAMPLES if form == "beat" else BEAT_SAMPLES - 2 * RHYTHM_SAMPLES
    made = np.where(kept, beats, 0).astype(np.float64)
    samples = np.arange(ecg)
    for row in range(len(beats)):
        known = kept[row, :ecg]
        if known.any():
            made[row, :ecg] = np.interp(samples, samples[known], beats[row, :ecg][known])
    return np.clip(np.rint(made), -128, 127).astype(np.int8)


def probability(logits: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Softmax probability of one class of each row, float (n,)."""
    return probabilities(logits, 1.0)[np.arange(len(logits)), classes]

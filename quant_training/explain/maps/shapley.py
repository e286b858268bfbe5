"""SHAP (equation 4 of arXiv 2505.03787; Lundberg and Lee, NeurIPS 2017) of a class's logit.

:func:`by_segment` gives exact Shapley values of the waves: with seven players every coalition is
evaluated, none is sampled. :func:`by_sample` gives one value per sample, by shap's expected
gradients, whose sum misses the logit by an error that is returned with it.

What is left out of a coalition is taken from training beats of all classes (the background).
"""

import math
from dataclasses import dataclass

import numpy as np
import shap
import torch
from rich.progress import track

from arrhythminet.beats import BEAT_SAMPLES
from quant_training.evaluation.metrics import as_input, predict
from quant_training.explain.waves.segments import names
from quant_training.net.models import ArrhythmiNet


@dataclass(frozen=True)
class SegmentValues:
    """Shapley values (n, segments, classes) and the background's mean logits (n, classes).

    ``values.sum(1) + base`` are the beats' logits.
    """

    values: np.ndarray
    base: np.ndarray


def by_segment(
    model: ArrhythmiNet,
    beats: np.ndarray,
    segments: np.ndarray,
    background: np.ndarray,
    form: str = "beat",
    quiet: bool = True,
) -> SegmentValues:
    """Exact Shapley values of every segment for every class's logit.

    Parameters
    ----------
    model : ArrhythmiNet
        From :func:`quant_training.explain.network.explainable`.
    beats : np.ndarray
        int8 (n, 360).
    segments : np.ndarray
        Integer (n, 360), positions in :func:`quant_training.explain.waves.segments.names`.
    background : np.ndarray
        int8 (m, 360), beats of the same form; a coalition's value is the mean over them.
    form : str
        Input form.
    quiet : bool
        Show no progress.

    Returns
    -------
    SegmentValues
        Zero for segments of no length.
    """
    count, classes = len(names(form)), 5
    values = np.zeros((len(beats), count, classes))
    base = np.zeros((len(beats), classes))
    bar = track(range(len(beats)), "Shapley values of waves", transient=True, disable=quiet)
    for row in bar:
        players = np.unique(segments[row])
        worth = _coalitions(model, beats[row], segments[row], players, background)
        values[row, players] = shapley(worth)
        base[row] = worth[0]
    return SegmentValues(values, base)


def _coalitions(
    model: ArrhythmiNet,
    beat: np.ndarray,
    segments: np.ndarray,
    players: np.ndarray,
    background: np.ndarray,
) -> np.ndarray:
    """Mean logits (2 ** players, classes); bit i of the row says whether player i is there."""
    coalitions = np.arange(2 ** len(players))
    there = (coalitions[:, None] >> np.arange(len(players))) & 1
    kept = there[:, np.searchsorted(players, segments)].astype(bool)
    mixed = np.where(kept[:, None, :], beat, background[None])
    logits = predict(model, mixed.reshape(-1, BEAT_SAMPLES), batch=256)
    return logits.reshape(len(coalitions), len(background), -1).mean(axis=1)


def shapley(worth: np.ndarray) -> np.ndarray:
    """Shapley values of a game that is known whole.

    Parameters
    ----------
    worth : np.ndarray
        Float (2 ** players, ...), value of every coalition; bit i of the row: player i is in it.

    Returns
    -------
    np.ndarray
        float64 (players, ...); they sum to ``worth[-1] - worth[0]``.
    """
    count = int(math.log2(len(worth)))
    coalitions = np.arange(len(worth))
    sizes = np.array([int(c).bit_count() for c in coalitions])
    values = []
    for player in range(count):
        without = coalitions[(coalitions >> player) & 1 == 0]
        weights = [
            math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for size in sizes[without]
        ]
        gain = worth[without | (1 << player)] - worth[without]
        values.append(np.tensordot(np.array(weights), gain, axes=1))
    return np.array(values)


@dataclass(frozen=True)
class SampleValues:
    """Values (n, 360) for the logit of the class that the network chooses, ``classes`` (n,).

    ``explained`` (n,): that logit less the background's mean; ``missing`` (n,): the same less the
    values' sum.
    """

    values: np.ndarray
    classes: np.ndarray
    missing: np.ndarray
    explained: np.ndarray

    @property
    def additivity_error(self) -> np.ndarray:
        """Magnitude of what is missing, as a share of what was to be explained, (n,)."""
        return np.abs(self.missing) / np.maximum(np.abs(self.explained), 1e-9)


def by_sample(
    model: ArrhythmiNet,
    beats: np.ndarray,
    background: np.ndarray,
    draws: int = 50,
    seed: int = 0,
    chunk: int = 10,
    quiet: bool = False,
) -> SampleValues:
    """SHAP of every sample by expected gradients (shap.GradientExplainer).

    Parameters
    ----------
    model : ArrhythmiNet
        From :func:`quant_training.explain.network.explainable`; a quantised one has
        straight-through gradients, so that more draws do not bring its error to zero.
    beats, background : np.ndarray
        int8 (n, 360) and (m, 360).
    draws : int
        Random pairs of background beat and place on the way to the beat, for each beat.
    seed : int
        Of the draws.
    chunk : int
        Beats between two steps of the progress bar.
    quiet : bool
        Show no progress.
    """
    inputs = as_input(torch.from_numpy(background).float())
    explainer = shap.GradientExplainer(model, inputs, batch_size=64)
    logits, mean = predict(model, beats), predict(model, background).mean(axis=0)
    classes = logits.argmax(axis=1)
    parts = []
    for first in track(
        range(0, len(beats), chunk), "SHAP of samples", transient=True, disable=quiet
    ):
        x = as_input(torch.from_numpy(beats[first : first + chunk]).float())
        with torch.enable_grad():
            found, _ = explainer.shap_values(
                x, nsamples=draws, ranked_outputs=1, output_rank_order="max", rseed=seed
            )
        parts.append(np.asarray(found).reshape(len(x), BEAT_SAMPLES))
    values = np.concatenate(parts)
    explained = logits.max(axis=1) - mean[classes]
    return SampleValues(values, classes, explained - values.sum(axis=1), explained)


def global_by_sample(values: np.ndarray, labels: np.ndarray, classes: int = 5) -> np.ndarray:
    """Mean magnitude per class over R-aligned beats, float (classes, 360); NaN without beats."""
    made = np.full((classes, values.shape[1]), np.nan)
    for index in range(classes):
        if (labels == index).any():
            made[index] = np.abs(values[labels == index]).mean(axis=0)
    return made


def without(beat: np.ndarray, segments: np.ndarray, index: int) -> np.ndarray:
    """The beat with one segment replaced by the straight line between the samples beside it.

    Parameters
    ----------
    beat : np.ndarray
        int8 (360,).
    segments : np.ndarray
        Integer (360,), of the form ``beat`` or ``rhythm``; an interval becomes 0, its mean.
    index : int
        Segment.

    Returns
    -------
    np.ndarray
        int8 (360,).
    """
    made = beat.copy()
    gone = segments == index
    if index >= len(names("beat")):
        made[gone] = 0
        return made
    ecg = segments < len(names("beat"))
    kept = np.flatnonzero(ecg & ~gone)
    if gone.any() and len(kept):
        line = np.interp(np.flatnonzero(gone), kept, beat[kept].astype(np.float64))
        made[gone] = np.clip(np.rint(line), -128, 127).astype(np.int8)
    return made

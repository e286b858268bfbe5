"""Whether maps agree: between networks, between a beat and itself disturbed, with other weights.

A map that stays the same when the weights are replaced by random ones explains the input, not the
network (Adebayo et al., "Sanity checks for saliency maps", NeurIPS 2018).
"""

import copy
import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from scipy.stats import rankdata
from torch import Tensor

from arrhythminet.beats import BEAT_SAMPLES
from quant_training.data.disturbances import with_gain
from quant_training.evaluation.metrics import as_input
from quant_training.net.models import ArrhythmiNet, ConvBNReLU

Explain = Callable[[ArrhythmiNet, np.ndarray, np.ndarray], np.ndarray]
"""Map float (n, 360) of int8 beats (n, 360) and classes (n,)."""
SHIFT_SAMPLES = 10
GAIN_PERCENT = 10


def correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Pearson's r of each row, float (n,); NaN where a row is constant."""
    a = one - one.mean(axis=1, keepdims=True)
    b = other - other.mean(axis=1, keepdims=True)
    size = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(size > 1e-12, (a * b).sum(axis=1) / size, np.nan)


def rank_correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Spearman's rho of each row, ties shared, float (n,); NaN where a row is constant."""
    return correlation(rankdata(one, axis=1), rankdata(other, axis=1))


def shifted(beats: np.ndarray, samples: int) -> np.ndarray:
    """Beats moved to later samples, the first value repeated; negative moves to earlier ones."""
    places = np.clip(np.arange(BEAT_SAMPLES) - samples, 0, BEAT_SAMPLES - 1)
    return beats[:, places]


def self_consistency(
    explain: Explain,
    model: ArrhythmiNet,
    beats: np.ndarray,
    classes: np.ndarray,
    maps: np.ndarray,
    noisy: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Pearson's r of a beat's map and that of the same beat disturbed, for the same class.

    Parameters
    ----------
    explain : callable
        See :data:`Explain`.
    model : ArrhythmiNet
        What is explained.
    beats, classes, maps : np.ndarray
        The beats, the explained classes and the maps found for them.
    noisy : np.ndarray, optional
        int8 (n, 360), the beats with noise.

    Returns
    -------
    dict
        ``shifted`` (by 28 ms, the map moved back), ``scaled`` (by 10 %), ``noise``: float (n,).
    """
    inner = slice(SHIFT_SAMPLES, -SHIFT_SAMPLES)
    moved = explain(model, shifted(beats, SHIFT_SAMPLES), classes)
    back = shifted(moved, -SHIFT_SAMPLES)
    scaled = explain(model, with_gain(beats, GAIN_PERCENT), classes)
    found = {
        "shifted": correlation(maps[:, inner], back[:, inner]),
        "scaled": correlation(maps, scaled),
    }
    if noisy is not None:
        found["noise"] = correlation(maps, explain(model, noisy, classes))
    return found


@torch.no_grad()
def randomised(
    model: ArrhythmiNet, beats: np.ndarray, seed: int = 0
) -> Iterator[tuple[str, ArrhythmiNet]]:
    """Networks whose parameters are random from the classifier down, one site more each time.

    Weights are drawn anew as torch initialises them, and normalisation measures its statistics on
    the beats: without that a quantised network of random weights is constant, and says nothing
    about its maps. A quantised activation keeps its grid.

    Parameters
    ----------
    model : ArrhythmiNet
        From :func:`quant_training.explain.network.explainable`.
    beats : np.ndarray
        int8 (n, 360), for the statistics.
    seed : int
        Of the weights.

    Yields
    ------
    tuple
        Name of the site that was randomised last, and the network so far, which the next step
        changes; from ``classifier`` to the first site.
    """
    made = copy.deepcopy(model)
    inputs = as_input(torch.from_numpy(beats).float())
    random_bns = []
    generator = torch.Generator().manual_seed(seed)
    _draw(made.classifier.fc.weight, generator)
    made.classifier.bias.zero_()
    yield "classifier", made
    for name, site in reversed(made.sites().items()):
        if isinstance(site, ConvBNReLU):
            _draw(site.conv.weight, generator)
            site.bn.reset_parameters()
            site.bn.momentum = None  # the plain mean over what it sees
            random_bns.append(site.bn)
            for bn in random_bns:
                bn.reset_running_stats()
                bn.train()
            made(inputs)
            yield name, made.eval()


def _draw(weight: Tensor, generator: torch.Generator) -> None:
    """Draw as torch does for convolutions and matrices, from a generator."""
    limit = 1 / math.sqrt(weight[0].numel())
    weight.copy_((torch.rand(weight.shape, generator=generator) * 2 - 1) * limit)

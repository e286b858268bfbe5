"""Class activation maps in one dimension, from captum's layer attributions.

Grad-CAM (arXiv 1610.02391; equation 3 of arXiv 2505.03787), HiResCAM (arXiv 2011.08891) and guided
Grad-CAM. All explain the logit of one class and come as one value per sample of the beat.
After a network's last map come only the mean over positions and a matrix: its gradient is the
same at every position, so there Grad-CAM and HiResCAM are the same map.
"""

import warnings
from collections.abc import Callable

import numpy as np
import torch
from captum.attr import GuidedBackprop, LayerGradCam, LayerGradientXActivation
from torch import Tensor

from arrhythminet.beats import BEAT_SAMPLES
from quant_training.evaluation.metrics import as_input
from quant_training.explain.network import sample_centres
from quant_training.net.models import ArrhythmiNet

BATCH = 128
LAYERS = {
    "v1": ("b5.pointwise", "b4.pointwise", "b3.pointwise", "b2.pointwise", "b1.pointwise"),
    "v2": ("head", "b6.project", "b5.project", "b4.project", "b3.add", "b1.project"),
}
"""Sites whose maps are offered, from the last and coarsest to the finest."""


def grad_cam(model: ArrhythmiNet, beats: np.ndarray, classes: np.ndarray, site: str) -> np.ndarray:
    """Grad-CAM of a site.

    Parameters
    ----------
    model : ArrhythmiNet
        From :func:`quant_training.explain.network.explainable`.
    beats : np.ndarray
        int8 (n, 360).
    classes : np.ndarray
        Integer (n,), the class whose logit is explained.
    site : str
        Name of a site; :data:`LAYERS` are offered.

    Returns
    -------
    np.ndarray
        float32 (n, 360), not negative; zero where nothing speaks for the class.
    """
    attribution = LayerGradCam(model, model.sites()[site])

    def batch(x: Tensor, target: Tensor) -> Tensor:
        return attribution.attribute(x, target, relu_attributions=True).flatten(1)

    return _stretched(model, site, _in_batches(batch, beats, classes))


def hires_cam(model: ArrhythmiNet, beats: np.ndarray, classes: np.ndarray, site: str) -> np.ndarray:
    """HiResCAM of a site: gradient times activation at every position, summed over channels.

    Parameters and result as :func:`grad_cam`.
    """
    attribution = LayerGradientXActivation(model, model.sites()[site])

    def batch(x: Tensor, target: Tensor) -> Tensor:
        return attribution.attribute(x, target).sum(dim=(1, 3)).relu()

    return _stretched(model, site, _in_batches(batch, beats, classes))


def guided_grad_cam(
    model: ArrhythmiNet, beats: np.ndarray, classes: np.ndarray, site: str
) -> np.ndarray:
    """Magnitude of guided backpropagation (arXiv 1412.6806) times Grad-CAM, per sample.

    Parameters and result as :func:`grad_cam`.
    """
    guided = GuidedBackprop(model)

    def batch(x: Tensor, target: Tensor) -> Tensor:
        return guided.attribute(x, target).flatten(1).abs()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # captum announces its hooks at every call
        fine = _in_batches(batch, beats, classes).astype(np.float32)
    return fine * grad_cam(model, beats, classes, site)


def interpolation(model: ArrhythmiNet, site: str) -> np.ndarray:
    """Linear interpolation from a site's positions to samples, float64 (length, 360).

    Positions lie where :func:`sample_centres` says; beyond the outer ones the end values hold.
    """
    centres = sample_centres(model, site).numpy()
    samples = np.arange(BEAT_SAMPLES)
    return np.array([np.interp(samples, centres, row) for row in np.eye(len(centres))])


def resolution_ms(model: ArrhythmiNet, site: str) -> float:
    """Distance of a site's positions, in milliseconds of the beat."""
    from arrhythminet.signal import SAMPLE_RATE

    centres = sample_centres(model, site).tolist()
    return (centres[1] - centres[0]) / SAMPLE_RATE * 1000


def check_site(model: ArrhythmiNet, site: str) -> None:
    """Raise :class:`ExplanationError` unless the network has such a site."""
    from quant_training.explain.errors import ExplanationError

    if site not in model.sites():
        offered = ", ".join(LAYERS[model.config.net])
        raise ExplanationError(f"{model.config.net} has no layer {site!r}: choose one of {offered}")


def _in_batches(
    batch: Callable[[Tensor, Tensor], Tensor], beats: np.ndarray, classes: np.ndarray
) -> np.ndarray:
    found = [np.zeros((0, BEAT_SAMPLES), np.float32)]
    for first in range(0, len(beats), BATCH):
        some = slice(first, first + BATCH)
        x = as_input(torch.from_numpy(beats[some]).float()).requires_grad_()
        target = torch.from_numpy(np.asarray(classes[some], np.int64))
        found.append(batch(x, target).detach().numpy())
    return np.concatenate(found[1:]) if len(found) > 1 else found[0]


def _stretched(model: ArrhythmiNet, site: str, maps: np.ndarray) -> np.ndarray:
    if not len(maps):
        return maps
    return (maps @ interpolation(model, site)).astype(np.float32)

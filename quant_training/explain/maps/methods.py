"""The attributions that are measured and shown, under the names that reports use."""

from collections.abc import Callable

import numpy as np

from quant_training.explain.maps.cam import LAYERS, grad_cam, guided_grad_cam, hires_cam
from quant_training.explain.measures.stability import Explain
from quant_training.net.models import ArrhythmiNet

FINE = {"v1": "b1.pointwise", "v2": "b1.project"}
"""Finer layer shown beside the last one: the first block, where HiResCAM inserts best of all layers
but the last (200 validation beats, both nets)."""
SHAP = "SHAP"


def last_layer(net: str) -> str:
    """Grad-CAM of the last map, as the paper has it."""
    return f"Grad-CAM {LAYERS[net][0]}"


def fine_layer(net: str) -> str:
    """HiResCAM of :data:`FINE`."""
    return f"HiResCAM {FINE[net]}"


def cams(net: str) -> dict[str, Explain]:
    """Name to map, for ``v1`` or ``v2``: the last layer, and the finer one of :data:`FINE`."""
    last, fine = LAYERS[net][0], FINE[net]
    return {
        last_layer(net): _of(grad_cam, last),
        f"guided Grad-CAM {last}": _of(guided_grad_cam, last),
        f"Grad-CAM {fine}": _of(grad_cam, fine),
        fine_layer(net): _of(hires_cam, fine),
    }


def _of(method: Callable[..., np.ndarray], site: str) -> Explain:
    def explain(model: ArrhythmiNet, beats: np.ndarray, classes: np.ndarray) -> np.ndarray:
        return method(model, beats, classes, site)

    return explain

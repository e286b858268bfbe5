"""Figures of a classifier, from scikit-learn."""

from typing import Any

import numpy as np
import torch
from sklearn import metrics
from torch import nn

from arrhythminet.beats import INPUT_SCALE
from arrhythminet.classes import AAMI, AAMI_CLASSES, CLASSES


@torch.no_grad()
def predict(model: nn.Module, beats: np.ndarray, batch: int = 128) -> np.ndarray:
    """Logits, float32 (n, 5), of int8 beats (n, 360)."""
    device = next(model.parameters()).device
    model.eval()
    logits = [
        model(as_input(torch.from_numpy(beats[first : first + batch]).to(device).float())).cpu()
        for first in range(0, len(beats), batch)
    ]
    return torch.cat(logits).numpy() if logits else np.zeros((0, len(CLASSES)), np.float32)


def as_input(beats: torch.Tensor) -> torch.Tensor:
    """Network input (n, 1, 360, 1) of float tensors of int8 values (n, 360)."""
    return (beats * INPUT_SCALE)[:, None, :, None].contiguous(memory_format=torch.channels_last)


def macro_f1(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Unweighted mean of the five F1 scores; a class that never occurs counts as 0."""
    labels = range(len(CLASSES))
    return float(
        metrics.f1_score(truth, predicted, labels=labels, average="macro", zero_division=0)
    )


def figures(truth: np.ndarray, predicted: np.ndarray, names: tuple[str, ...]) -> dict[str, Any]:
    """Accuracy, macro F1, figures per class and confusion matrix (rows: annotated)."""
    labels = range(len(names))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        truth, predicted, labels=labels, zero_division=0
    )
    return {
        "n_test": len(truth),
        "accuracy": float(metrics.accuracy_score(truth, predicted)),
        "macro_f1": float(np.mean(f1)),
        "kappa": float(metrics.cohen_kappa_score(truth, predicted, labels=list(labels))),
        "per_class": {
            name: {
                "precision": float(precision[i]),
                "recall": float(recall[i]),
                "f1": float(f1[i]),
                "n": int(support[i]),
            }
            for i, name in enumerate(names)
        },
        "confusion": metrics.confusion_matrix(truth, predicted, labels=labels).tolist(),
    }


def aami(labels: np.ndarray) -> np.ndarray:
    """Positions in ``AAMI_CLASSES`` of positions in ``CLASSES``."""
    return np.array([AAMI_CLASSES.index(AAMI[symbol]) for symbol in CLASSES])[labels]


def validation(protocol: str, truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Figures by which an epoch is judged; ``selected_by`` is the one that decides.

    Macro F1; on ``patient`` Cohen's kappa over the AAMI classes, since a bundle branch block is
    the mark of a few patients there.
    """
    found = {
        "accuracy": float((predicted == truth).mean()),
        "macro_f1": macro_f1(truth, predicted),
        "aami_accuracy": float((aami(predicted) == aami(truth)).mean()),
        "aami_kappa": float(metrics.cohen_kappa_score(aami(truth), aami(predicted))),
    }
    return {**found, "selected_by": found["aami_kappa" if protocol == "patient" else "macro_f1"]}


def sentence(found: dict[str, float] | None) -> str:
    """What :func:`validation` found, for a line of progress."""
    if found is None:
        return "validation beats were trained on"
    text = "validation accuracy {accuracy:.4f}, macro F1 {macro_f1:.4f}, AAMI {aami_accuracy:.4f}"
    return (text + ", kappa {aami_kappa:.3f}").format(**found)

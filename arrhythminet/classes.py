"""The classes of beats, MIT-BIH's symbols for them and their colours in every picture."""

import numpy as np

CLASSES = ("N", "L", "R", "A", "V")
"""Normal, left and right bundle branch block, atrial premature, ventricular: MIT-BIH's symbols."""
MEANINGS = ("normal", "left bundle", "right bundle", "atrial premature", "ventricular")
COLOURS = ("#009E73", "#0072B2", "#56B4E9", "#E69F00", "#D55E00")
"""Of ``CLASSES``; after Okabe and Ito, distinguishable with any colour vision."""
AAMI_CLASSES = ("N", "S", "V")
AAMI = {**dict.fromkeys("NLRej", "N"), **dict.fromkeys("AaJS", "S"), **dict.fromkeys("VE", "V")}
"""AAMI class of each MIT-BIH symbol that is kept; paced, fusion and unknown beats are not."""
BEAT_SYMBOLS = "NLRBAaJSVrFejnE/fQ?"
"""MIT-BIH's annotations that stand on an R peak; the others are of rhythm and signal quality."""


def class_indices(symbols: np.ndarray) -> np.ndarray:
    """int8 (n,): position of each symbol in ``CLASSES``, -1 for others."""
    indices = np.full(len(symbols), -1, np.int8)
    for index, symbol in enumerate(CLASSES):
        indices[symbols == symbol] = index
    return indices


def probabilities(logits: np.ndarray, logit_scale: float) -> np.ndarray:
    """Softmax of scaled logits over the last axis, float64 as ``logits`` (n, classes)."""
    scaled = logits * logit_scale
    exponents = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return exponents / exponents.sum(axis=-1, keepdims=True)

"""Maps of golden beats in a file that the board's notebook shows beside what it classified."""

from pathlib import Path

import numpy as np

from arrhythminet import golden as golden_file
from arrhythminet.files import write_atomic
from quant_training import CHECKPOINTS
from quant_training.evaluation.metrics import predict
from quant_training.explain.errors import ExplanationError
from quant_training.explain.maps.methods import cams, fine_layer
from quant_training.explain.network import explainable
from quant_training.net import checkpoint
from quant_training.net.models import NetConfig

FILE = "explanations.npz"
MOST = 200
"""Golden beats that are explained; the first ones, which are of all classes."""


def write(golden: Path, stem: str, checkpoints: Path = CHECKPOINTS) -> Path:
    """Explain golden beats for the class of their integer logits.

    Parameters
    ----------
    golden : Path
        ``golden.npz`` of the same network.
    stem : str
        Network.
    checkpoints : Path
        Folder of the .pt files.

    Returns
    -------
    Path
        ``explanations.npz`` beside it: ``beats`` int8 (n, 360), ``classes`` int64 (n,), ``maps``
        float32 (n, 360) and ``method``.

    Raises
    ------
    GoldenError
        If the file is missing or damaged.
    ExplanationError
        If its logits are not this network's.
    """
    net = NetConfig.from_stem(stem).net
    some = golden_file.load(golden).rows(slice(MOST))
    beats, classes = some.beats, some.labels
    model = explainable(checkpoint.load(checkpoints / f"{stem}.pt", stem)[0])
    differ = int((predict(model, beats).argmax(axis=1) != classes).sum())
    if differ:
        raise ExplanationError(
            f"{differ} of {len(beats)} golden beats are classified otherwise by {stem}: "
            f"{golden} is of another network or checkpoint, run make compile NET={stem}"
        )
    name = fine_layer(net)
    maps = cams(net)[name](model, beats, classes)
    path = golden.with_name(FILE)
    write_atomic(
        path,
        lambda temporary: np.savez_compressed(
            temporary, beats=beats, classes=classes, maps=maps, method=name
        ),
    )
    return path

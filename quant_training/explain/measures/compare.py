"""Whether float and 4-bit networks explain alike, set against networks of other seeds."""

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from quant_training.explain.maps.methods import cams
from quant_training.explain.measures.intervals import both
from quant_training.explain.measures.stability import rank_correlation
from quant_training.explain.network import explainable
from quant_training.explain.sample import Sample
from quant_training.net import checkpoint

SEEDS = (0, 1, 2)


def agreement(beats: Sample, checkpoints: Path, console: Console) -> dict[str, Any]:
    """Rank correlation of maps between networks, for the annotated class of every beat.

    Returns
    -------
    dict
        Net to method to ``float_4bit`` (a float network and the 4-bit one that started from it,
        same seed) and ``float_float`` (two seeds), each pooled over the seeds that are there.
    """
    made: dict[str, Any] = {}
    for net in ("v1", "v2"):
        console.print(f"[bold]{net}[/bold]: maps of float and 4-bit networks of all seeds")
        maps = {
            (precision, seed): _maps(path, stem, beats)
            for precision in ("float32", "w4a4")
            for seed in SEEDS
            if (path := checkpoints / f"{(stem := _stem(net, precision, seed))}.pt").is_file()
        }
        made[net] = {}
        for name in cams(net):
            pairs = {
                "float_4bit": [
                    (maps["float32", s][name], maps["w4a4", s][name])
                    for s in SEEDS
                    if ("float32", s) in maps and ("w4a4", s) in maps
                ],
                "float_float": [
                    (maps["float32", s][name], maps["float32", t][name])
                    for s, t in combinations(SEEDS, 2)
                    if ("float32", s) in maps and ("float32", t) in maps
                ],
            }
            made[net][name] = {
                kind: both(
                    np.concatenate([rank_correlation(*pair) for pair in found]),
                    np.tile(beats.records, len(found)),
                )
                for kind, found in pairs.items()
                if found
            }
    return made


def _stem(net: str, precision: str, seed: int) -> str:
    return f"{net}-{precision}" + (f"-s{seed}" if seed else "")


def _maps(path: Path, stem: str, beats: Sample) -> dict[str, np.ndarray]:
    model = explainable(checkpoint.load(path, stem)[0])
    classes = beats.labels.astype(np.int64)
    return {name: f(model, beats.beats, classes) for name, f in cams(model.config.net).items()}

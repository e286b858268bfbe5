"""Measure every network of :data:`STEMS`, compare them, draw and write the results."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from arrhythminet.classes import CLASSES
from arrhythminet.files import sha256, write_bytes
from quant_training.data import dataset, disturbances, noise
from quant_training.data.disturbances import Setting
from quant_training.evaluation.metrics import predict
from quant_training.explain import sample
from quant_training.explain.experiment import measure, spread, where
from quant_training.explain.maps.methods import cams
from quant_training.explain.measures.compare import agreement
from quant_training.explain.measures.measured import Measured, Options, kept
from quant_training.explain.network import explainable
from quant_training.explain.pictures import overview
from quant_training.explain.reports import report
from quant_training.explain.sample import Sample
from quant_training.explain.waves import annotated, delineate
from quant_training.net import checkpoint
from quant_training.net.models import ArrhythmiNet

STEMS = ("v2-w4a4", "v1-w4a4", "v2-float32", "v1-float32")
PROTOCOL = "beat"
BACKGROUND = 50
COMPARED = 500
"""Beats on which networks of several seeds are compared."""
NOISE = Setting("muscle", 24)


def run(
    count: int,
    ludb: Path | None,
    qtdb: Path | None,
    output: Path,
    checkpoints: Path,
    seed: int,
    console: Console,
) -> None:
    """Write explain.json, explain.md and the plots.

    Raises
    ------
    CheckpointError, DataError, BeatError
        If a checkpoint, MIT-BIH or a class's beats are missing.
    """
    models = {stem: _load(stem, checkpoints) for stem in STEMS}  # all, before any work
    folders = {
        "ludb": annotated.folder_of("ludb", ludb),
        "qtdb": annotated.folder_of("qtdb", qtdb),
    }
    data = dataset.load()
    beats = sample.choose(data, PROTOCOL, count, "beat", seed)
    background = sample.background(data, PROTOCOL, BACKGROUND, seed)
    console.print(f"{len(beats)} test beats with delineated waves; noise at {NOISE.level} dB")
    noisy = _noisy(data, beats, seed)
    options = Options(seed=seed)
    measured: dict[str, Measured] = {}
    for stem, model in models.items():
        console.print(f"[bold]{stem}[/bold]")
        key = f"{sha256(checkpoints / f'{stem}.pt')} {data.checksum} {len(beats)} {options}"
        measured[stem] = kept(
            key,
            partial(measure, model, beats, background, noisy, options, console),
        )
    content: dict[str, Any] = {
        "data": "MIT-BIH Arrhythmia Database",
        "data_checksum": data.checksum,
        "protocol": PROTOCOL,
        "selection": "test beats, as many of every class, with delineated QRS and T",
        "n": len(beats),
        "n_per_class": dict(zip(CLASSES, np.bincount(beats.labels).tolist(), strict=True)),
        "seed": seed,
        "delineator": delineate.name(),
        "noise": f"{NOISE.kind} at {NOISE.level} dB, synthesised, version {noise.VERSION}",
        "checkpoints": {stem: sha256(checkpoints / f"{stem}.pt") for stem in STEMS},
        "nets": {stem: found.figures for stem, found in measured.items()},
        "agreement": agreement(beats.take(spread(beats.labels, COMPARED)), checkpoints, console),
        "annotated": {},
    }
    for database, folder in folders.items():
        if folder is None:
            console.print(f"{database}: left out, --{database} or {database.upper()}_DIR names it")
            continue
        content["annotated"][database] = _annotated(database, folder, models, console)
    overview.draw(beats, measured, models, output)
    content["cpu_seconds"] = round(sum(f.figures["cpu_seconds"] for f in measured.values()))
    text = report.markdown(content)
    write_bytes(output / "explain.json", (json.dumps(content, indent=1) + "\n").encode())
    write_bytes(output / "explain.md", text.encode())
    print(report.summary(content), end="")


def _load(stem: str, checkpoints: Path) -> ArrhythmiNet:
    return explainable(checkpoint.load(checkpoints / f"{stem}.pt", stem)[0])


def _noisy(data: dataset.Dataset, beats: Sample, seed: int) -> np.ndarray:
    """The beats with noise, made again from the records."""
    order = np.lexsort((data.peaks, data.records))
    keys = data.records[order].astype(np.int64) * 10**7 + data.peaks[order]
    wanted = beats.records.astype(np.int64) * 10**7 + beats.peaks
    rows = order[np.searchsorted(keys, wanted)]
    makers = {NOISE.kind: noise.SYNTHESISED[NOISE.kind]}
    return disturbances.make(data, rows, beats.form, makers, seed)[NOISE]


def _annotated(
    database: str, folder: Path, models: dict[str, ArrhythmiNet], console: Console
) -> dict[str, Any]:
    """Where attribution falls on waves that cardiologists bordered; classes are the network's."""
    console.print(f"[bold]{database}[/bold]")
    found = annotated.load(database, folder)
    made: dict[str, Any] = {
        "n": len(found.beats),
        "records": len(np.unique(found.records)),
        "delineator_error": (
            delineate.errors_ms(found.found, found.borders)
            if np.isfinite(found.found).any()
            else None
        ),
        "nets": {},
    }
    for stem, model in models.items():
        if not model.config.quantised:
            continue  # the map is that of the hardware
        classes = predict(model, found.beats).argmax(axis=1)
        beats = Sample(
            found.beats, classes, found.records, np.zeros(len(classes)), found.borders, "beat"
        )
        made["nets"][stem] = {
            "classified": np.bincount(classes, minlength=len(CLASSES)).tolist(),
            "methods": {
                name: where(model, beats, classes, explain(model, found.beats, classes))
                for name, explain in cams(model.config.net).items()
            },
        }
    return made

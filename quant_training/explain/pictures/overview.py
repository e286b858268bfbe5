"""Which beats and maps become pictures: typical beats of every class, errors, waves, curves."""

from pathlib import Path

import numpy as np
from rich.progress import track

from arrhythminet import beats as windows
from arrhythminet.classes import CLASSES
from arrhythminet.denoise import denoise
from arrhythminet.records import read
from quant_training.evaluation.metrics import predict
from quant_training.explain.maps.cam import resolution_ms
from quant_training.explain.maps.methods import FINE, SHAP, cams, fine_layer, last_layer
from quant_training.explain.maps.shapley import global_by_sample
from quant_training.explain.measures.faithfulness import SHARES, probability
from quant_training.explain.measures.measured import Measured
from quant_training.explain.pictures import figures
from quant_training.explain.sample import Sample
from quant_training.net.models import ArrhythmiNet

ERRORS = 8
"""Wrongly classified beats that are shown of each network."""


def draw(
    beats: Sample, measured: dict[str, Measured], models: dict[str, ArrhythmiNet], output: Path
) -> None:
    """Write all plots of results/ into ``output``."""
    signals = millivolts(beats)
    for stem, found in measured.items():
        if stem.endswith("w4a4"):
            _classes(beats, signals, found, models[stem], stem, output)
            _errors(beats, signals, found, models[stem], stem, output)
    by_net = {stem: found.figures["methods"] for stem, found in measured.items()}
    with_random = {
        stem: {**methods, "random order": measured[stem].figures["random"]}
        for stem, methods in by_net.items()
    }
    generic = {
        stem: {_generic(name): f for name, f in methods.items()}
        for stem, methods in with_random.items()
    }
    figures.curves(generic, SHARES, output / "explain-deletion.png")
    shown = {
        stem: {_generic(name): f for name, f in by_net[stem].items()}
        for stem in by_net
        if stem.endswith("w4a4")
    }
    names = list(next(iter(shown.values())))
    figures.wave_shares(shown, names, output / "explain-waves.png")
    mean = np.stack([signals[beats.labels == i].mean(axis=0) for i in range(len(CLASSES))])
    values = {
        stem: global_by_sample(found.maps[SHAP], beats.labels)
        for stem, found in measured.items()
        if stem.endswith("w4a4")
    }
    figures.global_shap(values, mean, output / "explain-shap.png")


def millivolts(beats: Sample) -> np.ndarray:
    """The beats' windows in mV, denoised, float64 (n, 360)."""
    made = np.zeros((len(beats), windows.BEAT_SAMPLES))
    for number in track(np.unique(beats.records).tolist(), "signals", transient=True):
        mine = beats.records == number
        made[mine], _ = windows.cut(denoise(read(str(number)).signal), beats.peaks[mine])
    return made


def _generic(name: str) -> str:
    """A method's name with its layer called last or fine, so that V1 and V2 share a legend."""
    for net in FINE:
        name = name.replace(f" {FINE[net]}", ", fine layer")
        for method in cams(net):
            layer = method.split()[-1]
            name = name.replace(f" {layer}", ", last layer")
    return name


def typical(found: Measured, beats: Sample, model: ArrhythmiNet) -> np.ndarray:
    """Of every class the beat of median confidence among those classified right, int64 (5,)."""
    chances = probability(predict(model, beats.beats), found.classes)
    rows = []
    for index in range(len(CLASSES)):
        mine = np.flatnonzero((beats.labels == index) & (found.classes == index))
        if not len(mine):
            mine = np.flatnonzero(beats.labels == index)
        rows.append(mine[np.argsort(chances[mine], kind="stable")[len(mine) // 2]])
    return np.array(rows)


def _classes(
    beats: Sample,
    signals: np.ndarray,
    found: Measured,
    model: ArrhythmiNet,
    stem: str,
    output: Path,
) -> None:
    rows = typical(found, beats, model)
    net = model.config.net
    last, fine = last_layer(net), fine_layer(net)
    steps = {name: resolution_ms(model, name.split()[-1]) for name in (last, fine)}
    maps = {
        "SHAP\n(orange for, purple against)": found.maps[SHAP][rows],
        f"{last}\n({steps[last]:.0f} ms)": found.maps[last][rows],
        f"{fine}\n({steps[fine]:.0f} ms)": found.maps[fine][rows],
    }
    captions = [
        f"{CLASSES[beats.labels[r]]} {figures.NAMES[CLASSES[beats.labels[r]]]}, "
        f"record {beats.records[r]}"
        for r in rows
    ]
    figures.classes_by_method(
        signals[rows],
        maps,
        beats.borders[rows],
        captions,
        f"{stem}: what it reacts to in a typical test beat of each class "
        f"(ECG paper 25 mm/s, 10 mm/mV, enlarged {figures.SCALE:g} times)",
        output / f"explain-{net}.png",
    )


def _errors(
    beats: Sample,
    signals: np.ndarray,
    found: Measured,
    model: ArrhythmiNet,
    stem: str,
    output: Path,
) -> None:
    """False positives and negatives, the most confident ones, classes in turn."""
    chances = probability(predict(model, beats.beats), found.classes)
    wrong = np.flatnonzero(found.classes != beats.labels)
    turn = np.zeros(len(wrong), int)
    for index in range(len(CLASSES)):
        mine = np.flatnonzero(beats.labels[wrong] == index)
        turn[mine[np.argsort(-chances[wrong[mine]], kind="stable")]] = np.arange(len(mine))
    rows = wrong[np.argsort(turn, kind="stable")][:ERRORS]
    if not len(rows):
        return
    name = fine_layer(model.config.net)
    captions = [
        f"annotated {CLASSES[beats.labels[r]]}, record {beats.records[r]}\n"
        f"classified {CLASSES[found.classes[r]]} ({chances[r]:.2f})"
        for r in rows
    ]
    figures.panels(
        signals[rows],
        found.maps[name][rows],
        beats.borders[rows],
        captions,
        f"{stem}: false classifications and what spoke for them ({name}, "
        f"{resolution_ms(model, name.split()[-1]):.0f} ms)",
        output / f"explain-errors-{model.config.net}.png",
    )

"""What is measured of one network: faithfulness, where attribution falls, stability, SHAP."""

import time
from typing import Any

import numpy as np
from rich.console import Console

from arrhythminet.classes import CLASSES
from quant_training.evaluation.metrics import predict
from quant_training.explain.maps import shapley
from quant_training.explain.maps.methods import SHAP, cams
from quant_training.explain.measures import faithfulness, localisation, stability
from quant_training.explain.measures.intervals import below, both, mean_interval
from quant_training.explain.measures.measured import Measured, Options
from quant_training.explain.sample import Sample
from quant_training.explain.waves.segments import names
from quant_training.net.models import ArrhythmiNet


def measure(
    model: ArrhythmiNet,
    beats: Sample,
    background: np.ndarray,
    noisy: np.ndarray,
    options: Options,
    console: Console,
) -> Measured:
    """Explain every beat's classification and measure the explanations.

    Parameters
    ----------
    model : ArrhythmiNet
        From :func:`quant_training.explain.network.explainable`.
    beats : Sample
        Test beats.
    background : np.ndarray
        int8 (m, 360), training beats for SHAP.
    noisy : np.ndarray
        int8 (n, 360), the beats with muscle noise at 24 dB.
    options, console :
        How much, and where progress goes.
    """
    began = time.process_time()
    classes = predict(model, beats.beats).argmax(axis=1)
    explainers = cams(model.config.net)
    maps = {}
    for name, explain in explainers.items():
        console.print(f"  {name}")
        maps[name] = explain(model, beats.beats, classes)
    console.print(f"  SHAP of {len(beats)} beats")
    shap = shapley.by_sample(model, beats.beats, background, options.shap_draws, options.seed)
    maps[SHAP] = shap.values
    found: dict[str, Any] = {
        "accuracy": float((classes == beats.labels).mean()),
        "random": _random(model, beats, classes, options.seed),
        "methods": {},
        "shap": _additivity(shap, options, len(background)),
    }
    chance = found["random"]["deletion"]
    for name, values in maps.items():
        console.print(f"  deletion, insertion, waves: {name}")
        figures = _faithful(model, beats, classes, values)
        figures |= where(model, beats, classes, values)
        figures["deletion_below_random"] = {
            "beats": below(figures["deletion"], chance),
            "records": below(figures["deletion"], chance, "interval_records"),
        }
        found["methods"][name] = figures
    rows = spread(beats.labels, options.consistency_beats)
    for name, explain in explainers.items():
        console.print(f"  self-consistency: {name}")
        disturbed = stability.self_consistency(
            explain, model, beats.beats[rows], classes[rows], maps[name][rows], noisy[rows]
        )
        found["methods"][name]["self_consistency"] = {
            kind: both(r, beats.records[rows]) for kind, r in disturbed.items()
        }
    rows = spread(beats.labels, options.sanity_beats)
    found["randomisation"] = _randomised(
        model, beats.take(rows), classes[rows], {n: m[rows] for n, m in maps.items()}, options
    )
    rows = spread(beats.labels, options.shapley_beats)
    console.print(f"  exact Shapley values of {len(rows)} beats' segments")
    exact = shapley.by_segment(
        model,
        beats.beats[rows],
        beats.segments[rows],
        background[: options.shapley_background],
        beats.form,
        quiet=False,
    )
    found["shapley"] = segment_values(exact, beats.labels[rows], classes[rows], beats.form)
    found["cpu_seconds"] = time.process_time() - began
    return Measured(found, maps, classes)


def spread(labels: np.ndarray, count: int) -> np.ndarray:
    """The first beats of every class, ``count`` in all, in the order of the rows."""
    share = -(-count // len(CLASSES))
    rows = [np.flatnonzero(labels == index)[:share] for index in range(len(CLASSES))]
    return np.sort(np.concatenate(rows))[:count]


def _random(model: ArrhythmiNet, beats: Sample, classes: np.ndarray, seed: int) -> dict[str, Any]:
    ranked = faithfulness.random_order(len(beats), seed)
    return _scores(model, beats, classes, ranked)


def _faithful(
    model: ArrhythmiNet, beats: Sample, classes: np.ndarray, values: np.ndarray
) -> dict[str, Any]:
    return _scores(model, beats, classes, faithfulness.order(values))


def _scores(
    model: ArrhythmiNet, beats: Sample, classes: np.ndarray, ranked: np.ndarray
) -> dict[str, Any]:
    curves = faithfulness.scores(model, beats.beats, classes, ranked, beats.form)
    made: dict[str, Any] = {
        kind: both(values.mean(axis=1), beats.records) for kind, values in curves.items()
    }
    made["curves"] = {kind: values.mean(axis=0).tolist() for kind, values in curves.items()}
    return made


def where(
    model: ArrhythmiNet, beats: Sample, classes: np.ndarray, values: np.ndarray
) -> dict[str, Any]:
    """Share of attribution per wave, of time and their ratio, per class, and pointing game.

    Classes are the annotated ones; a ratio is of means, so that absent waves weigh nothing.
    """
    parts = beats.segments
    share = localisation.shares(values, parts, beats.form)
    time = localisation.time_shares(parts, beats.form)
    waves: dict[str, Any] = {}
    for index, symbol in enumerate(CLASSES):
        mine = (beats.labels == index) & np.isfinite(share[:, 0])
        if not mine.any():
            continue
        waves[symbol] = {
            name: _against(share[mine, i], time[mine, i], beats.records[mine])
            for i, name in enumerate(names(beats.form))
        }
        wanted = [names(beats.form).index(name) for name in localisation.MARKS[symbol]]
        waves[symbol]["marks"] = _against(
            share[mine][:, wanted].sum(axis=1),
            time[mine][:, wanted].sum(axis=1),
            beats.records[mine],
        )
    marks = localisation.marked(parts, beats.labels, beats.form)
    hits = localisation.pointing_game(model, beats.beats, classes, values, marks)
    chance = np.where(np.isfinite(hits), marks.mean(axis=1), np.nan)
    return {
        "waves": waves,
        "pointing": {**both(hits, beats.records), "chance": float(np.nanmean(chance))},
        "without_attribution": int((np.abs(values).sum(axis=1) == 0).sum()),
    }


def _against(share: np.ndarray, time: np.ndarray, records: np.ndarray) -> dict[str, Any]:
    """Mean share of attribution and of time; the interval is of their difference."""
    mean_time = float(time.mean())
    difference = both(share - time, records)
    return {
        "share": float(share.mean()),
        "time": mean_time,
        "ratio": float(share.mean() / mean_time) if mean_time > 0 else None,
        "difference": difference,
        "above": difference["interval"][0] > 0,
    }


def _additivity(shap: shapley.SampleValues, options: Options, background: int) -> dict[str, Any]:
    error = shap.additivity_error
    return {
        "background_beats": background,
        "draws": options.shap_draws,
        "median_missing_logit": float(np.median(np.abs(shap.missing))),
        "median_explained_logit": float(np.median(np.abs(shap.explained))),
        "median_relative_error": float(np.median(error)),
        "relative_error_quartiles": np.percentile(error, [25, 75]).tolist(),
    }


def _randomised(
    model: ArrhythmiNet,
    beats: Sample,
    classes: np.ndarray,
    maps: dict[str, np.ndarray],
    options: Options,
) -> dict[str, Any]:
    """Rank correlation with the trained network's maps, per method and randomised site."""
    explainers = cams(model.config.net)
    found: dict[str, Any] = {name: {} for name in explainers}
    for site, network in stability.randomised(model, beats.beats, options.seed):
        for name, explain in explainers.items():
            rho = stability.rank_correlation(maps[name], explain(network, beats.beats, classes))
            # A constant map has no order to agree with.
            found[name][site] = mean_interval(np.nan_to_num(rho, nan=0.0))
    return found


def segment_values(
    exact: shapley.SegmentValues, labels: np.ndarray, classes: np.ndarray, form: str
) -> dict[str, Any]:
    """Per class: mean and mean absolute Shapley value of every segment, of the chosen logit."""
    chosen = exact.values[np.arange(len(classes)), :, classes]
    table: dict[str, Any] = {}
    for index, symbol in enumerate(CLASSES):
        mine = labels == index
        if mine.any():
            table[symbol] = {
                name: {
                    "mean": mean_interval(chosen[mine, i]),
                    "mean_absolute": float(np.abs(chosen[mine, i]).mean()),
                }
                for i, name in enumerate(names(form))
            }
    return table

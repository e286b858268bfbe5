"""Everything that is said about one beat of a record: scores, maps, waves, what-if."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from arrhythminet import beats
from arrhythminet.classes import BEAT_SYMBOLS, CLASSES
from arrhythminet.denoise import denoise
from arrhythminet.files import sha256
from arrhythminet.records import MITDB_RECORDS, Record, read
from arrhythminet.signal import SAMPLE_RATE
from quant_training import CHECKPOINTS
from quant_training.data import dataset, protocols
from quant_training.evaluation.metrics import predict
from quant_training.explain import sample
from quant_training.explain.errors import ExplanationError
from quant_training.explain.maps import shapley
from quant_training.explain.maps.cam import LAYERS, check_site, grad_cam, hires_cam, resolution_ms
from quant_training.explain.maps.methods import FINE
from quant_training.explain.measures.faithfulness import probability
from quant_training.explain.network import explainable
from quant_training.explain.waves import delineate, segments
from quant_training.net import checkpoint
from quant_training.net.models import NetConfig

BACKGROUND = 20
"""Training beats that Shapley values compare with."""
STRIP_S = 8.0


@dataclass(frozen=True)
class Explained:
    """One beat and its explanation; arrays over the beat's 360 samples unless said otherwise.

    ``signal`` mV, the record denoised, with ``peaks`` and ``symbols`` of its beats; ``window`` mV,
    the beat's second; ``borders`` float (6,); ``scores`` and ``chances`` float (5,), logits and
    probabilities; ``chosen`` the class of most; ``cam`` (last layer), ``fine`` (finer layer) and
    ``shap`` for it; ``segments`` one a segment that is there; ``about`` network and method.
    """

    record: Record
    number: int
    peak: int
    symbol: str
    form: str
    signal: np.ndarray
    peaks: np.ndarray
    symbols: np.ndarray
    window: np.ndarray
    borders: np.ndarray
    scores: np.ndarray
    chances: np.ndarray
    chosen: int
    cam: np.ndarray
    fine: np.ndarray
    shap: np.ndarray
    shap_missing: float
    segments: list[dict[str, Any]]
    about: dict[str, Any]


def explain(
    stem: str,
    name: str,
    number: int | None,
    layer: str | None = None,
    seed: int = 0,
    checkpoints: Path = CHECKPOINTS,
) -> Explained:
    """Explain one beat of a MIT-BIH record.

    Parameters
    ----------
    stem : str
        Network, such as ``v2-w4a4``.
    name : str
        Record, such as ``208``.
    number : int
        Which of its annotated beats, from 1.
    layer : str, optional
        Site whose map is shown beside the last one's; default the network's of ``FINE``.
    seed : int
        Of SHAP's draws.
    checkpoints : Path
        Folder of the .pt files.

    Raises
    ------
    ExplanationError
        If there is no such record, beat or layer, or the beat has no whole window or QRS complex.
    """
    path = checkpoints / f"{stem}.pt"
    NetConfig.from_stem(stem)
    model, content = checkpoint.load(path, stem)
    form, protocol = content["training"]["form"], content["training"]["protocol"]
    network = explainable(model)
    layer = layer or FINE[network.config.net]
    check_site(network, layer)
    if name not in MITDB_RECORDS:
        raise ExplanationError(
            f"record {name} is none of MIT-BIH's {len(MITDB_RECORDS)}, {MITDB_RECORDS[0]} to "
            f"{MITDB_RECORDS[-1]}: name one, for example 208"
        )
    record = read(name)
    is_beat = np.isin(record.symbols, list(BEAT_SYMBOLS))
    peaks, symbols = record.peaks[is_beat], record.symbols[is_beat]
    if number is None or not 1 <= number <= len(peaks):
        asked = "no beat is named" if number is None else f"beat {number} is out of range"
        raise ExplanationError(f"{asked}: record {name} has beats 1 to {len(peaks)} (--beat)")
    clean = denoise(record.signal)
    row = number - 1
    windows, kept = beats.cut(clean, peaks[row : row + 1])
    if not len(kept):
        raise ExplanationError(
            f"beat {number} of record {name} lies too near to the record's end for a whole "
            f"window of 1 s: choose another of 1 to {len(peaks)}"
        )
    values = beats.quantise(windows, beats.intervals(peaks)[row : row + 1], form)
    borders = delineate.strip(clean, peaks, row) - (peaks[row] - beats.BEAT_SAMPLES // 2)
    if not np.isfinite(borders[2:4]).all():
        raise ExplanationError(
            f"the delineator finds no QRS complex in beat {number} of record {name}, so it has no "
            f"segments to explain: choose another of 1 to {len(peaks)}"
        )
    data = dataset.load(form=form)
    background = sample.background(data, protocol, BACKGROUND, seed)
    scores = predict(network, values)[0]
    chosen = int(scores.argmax())
    last = LAYERS[network.config.net][0]
    cam = grad_cam(network, values, np.array([chosen]), last)[0]
    fine = hires_cam(network, values, np.array([chosen]), layer)[0]
    shap = shapley.by_sample(network, values, background, draws=200, seed=seed, quiet=True)
    parts = segments.segment(borders[None], form)
    exact = shapley.by_segment(network, values, parts, background, form)
    return Explained(
        record,
        number,
        int(peaks[row]),
        str(symbols[row]),
        form,
        clean,
        peaks,
        symbols,
        windows[0],
        borders,
        scores,
        np.array([probability(scores[None], np.array([i]))[0] for i in range(len(scores))]),
        chosen,
        cam,
        fine,
        shap.values[0],
        float(shap.missing[0]),
        _segments(network, values[0], parts[0], form, exact.values[0, :, chosen], fine),
        {
            "stem": stem,
            "last": last,
            "last_ms": resolution_ms(network, last),
            "layer": layer,
            "layer_ms": resolution_ms(network, layer),
            "protocol": protocol,
            "side": _side(data, protocol, int(name), int(peaks[row])),
            "background": BACKGROUND,
            "base": float(exact.base[0, chosen]),
            "delineator": delineate.name(),
            "sha256": sha256(path),
        },
    )


def _segments(
    network: Any,
    beat: np.ndarray,
    parts: np.ndarray,
    form: str,
    values: np.ndarray,
    shown: np.ndarray,
) -> list[dict[str, Any]]:
    """What is said about every segment that is there."""
    found = []
    total = float(shown.sum()) or 1.0
    for index, name in enumerate(segments.names(form)):
        here = parts == index
        if not here.any():
            continue
        left = predict(network, shapley.without(beat, parts, index)[None])[0]
        says = int(left.argmax())
        found.append(
            {
                "name": name,
                "meaning": segments.SEGMENT_MEANINGS[name],
                "duration_ms": float(here.sum() / SAMPLE_RATE * 1000),
                "value": float(values[index]),
                "map_share": float(shown[here].sum() / total),
                "time_share": float(here.mean()),
                "without": CLASSES[says],
                "without_chance": float(probability(left[None], np.array([says]))[0]),
            }
        )
    return found


def _side(data: dataset.Dataset, protocol: str, number: int, peak: int) -> str:
    """Whether the network was trained on the beat: training, validation, test or none."""
    row = np.flatnonzero((data.records == number) & (data.peaks == peak))
    split = protocols.split(data, protocol)
    for side in ("train", "validation", "test"):
        if len(row) and np.isin(row[0], getattr(split, side)):
            return {"train": "training"}.get(side, side)
    return "no"

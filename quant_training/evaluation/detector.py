"""``python -m quant_training.evaluation.detector``: the R-peak detector on MIT-BIH and in noise.

All 48 records, lead MLII, or the first where there is none (102, 104). Beside the front end's
detector stand xqrs and gqrs of the wfdb package. Writes results/detector.json, .md and .png.
"""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.progress import track

from arrhythminet.classes import BEAT_SYMBOLS
from arrhythminet.errors import run_cli
from arrhythminet.files import write_bytes
from arrhythminet.frontend.detector import find_beats
from arrhythminet.records import MITDB_RECORDS, Record, read
from arrhythminet.signal import LEAD, SAMPLE_RATE
from quant_training.data import noise
from quant_training.evaluation import rivals
from quant_training.evaluation.beat_matching import (
    FLUTTER_WAVE,
    NOTHING,
    Score,
    in_flutter,
    score,
)
from quant_training.evaluation.detector_report import draw, table
from quant_training.evaluation.other_databases import DATABASES, within

OURS = "front end"
WITHOUT_MLII = {"102": "V5", "104": "V5"}
LEARNING_S = 300
"""The first five minutes, which ANSI/AAMI EC57 leaves out."""
SCORINGS = {
    "beats": "beats outside ventricular flutter",
    "after 5 min": "the same without the first five minutes",
    "with flutter": "all beats, and flutter waves (!) as beats",
}
NOISE_RECORDS = MITDB_RECORDS[::5]
NOISE_S = 300
SNR_DB = (24, 18, 12, 6, 0)
RECORDS = list(MITDB_RECORDS)
Detect = Callable[[np.ndarray], np.ndarray]
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def ours(signal: np.ndarray) -> np.ndarray:
    """R peaks, int64, of a signal in mV, by the front end."""
    return np.array([beat.place for beat in find_beats(signal)], np.int64)


def beats_of(record: Record, protocol: str, detected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The annotated and the detected beats that a protocol compares, int64."""
    symbols = BEAT_SYMBOLS + (FLUTTER_WAVE if protocol == "with flutter" else "")
    annotated = record.peaks[np.isin(record.symbols, list(symbols))]
    if protocol != "with flutter":
        annotated = annotated[~in_flutter(record, annotated)]
        detected = detected[~in_flutter(record, detected)]
    if protocol == "after 5 min":
        first = LEARNING_S * SAMPLE_RATE
        annotated, detected = annotated[annotated >= first], detected[detected >= first]
    return annotated, detected


def on_records(
    records: list[Record], detectors: dict[str, Detect]
) -> dict[str, dict[str, dict[str, Score]]]:
    """Scores by protocol, detector and record."""
    found: dict[str, dict[str, dict[str, Score]]] = {
        protocol: {name: {} for name in detectors} for protocol in SCORINGS
    }
    for record in track(records, "MIT-BIH", transient=True):
        for name, detect in detectors.items():
            detected = detect(record.signal)
            for protocol in SCORINGS:
                pair = beats_of(record, protocol, detected)
                found[protocol][name][record.name] = score(*pair)
    return found


def in_noise(
    records: list[Record], detectors: dict[str, Detect], seed: int
) -> dict[str, dict[str, dict[str, Score]]]:
    """Scores by kind of noise, level (dB) and detector, over the first minutes of records."""
    found: dict[str, dict[str, dict[str, Score]]] = {
        kind: {str(level): dict.fromkeys(detectors, NOTHING) for level in SNR_DB}
        for kind in noise.SYNTHESISED
    }
    samples = NOISE_S * SAMPLE_RATE
    for record in track(records, "noise", transient=True):
        annotated, _ = beats_of(record, "beats", record.peaks)
        annotated = annotated[annotated < samples]
        signal = record.signal[:samples]
        for index, (kind, maker) in enumerate(noise.SYNTHESISED.items()):
            generator = np.random.default_rng((seed, int(record.name), index))
            added = maker(samples, generator)
            for level in SNR_DB:
                noisy = signal + added * noise.gain(signal, annotated, added, level)
                for name, detect in detectors.items():
                    found[kind][str(level)][name] += score(annotated, detect(noisy))
    return found


def figures(result: Score) -> dict[str, float]:
    """Counts and shares of a score, for JSON."""
    return {
        **vars(result),
        "sensitivity": result.sensitivity,
        "predictivity": result.predictivity,
        "in_place": result.in_place,
    }


def on_others(folders: dict[str, Path], detectors: dict[str, Detect]) -> dict[str, dict[str, Any]]:
    """Figures by database and detector; each names its records with the most errors."""
    found: dict[str, dict[str, Any]] = {}
    for database, folder in folders.items():
        scores: dict[str, dict[str, Score]] = {name: {} for name in detectors}
        for name, signal, annotated in track(
            list(DATABASES[database](folder)), database, transient=True
        ):
            for detector, detect in detectors.items():
                detected = within(annotated, detect(signal))
                scores[detector][name] = score(annotated, detected)
        found[database] = {
            detector: {
                **figures(sum(by_record.values(), NOTHING)),
                "records": len(by_record),
                "worst": dict(
                    sorted(
                        (
                            (name, result.missed + result.false)
                            for name, result in by_record.items()
                        ),
                        key=lambda item: -item[1],
                    )[:3]
                ),
            }
            for detector, by_record in scores.items()
        }
    return found


@app.command()
def main(
    output: Annotated[Path, typer.Option(help="Folder of the results")] = Path("results"),
    names: Annotated[
        list[str], typer.Option("--record", help="MIT-BIH record; repeat for more")
    ] = RECORDS,
    compare: Annotated[
        bool, typer.Option(help="Run wfdb's xqrs and gqrs, too: slow, the first time")
    ] = True,
    qtdb: Annotated[Path | None, typer.Option(help="Folder of QTDB, unpacked")] = None,
    ludb: Annotated[Path | None, typer.Option(help="Folder of LUDB, unpacked")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the noise")] = 0,
) -> None:
    """Score the R-peak detector on MIT-BIH, record by record, and under synthesised noise.

    Example: python -m quant_training.evaluation.detector --record 118 --record 207 --no-compare
    """
    detectors: dict[str, Detect] = {OURS: ours}
    if compare:
        detectors |= {name: partial(rivals.detect, name) for name in rivals.RIVALS}
    records = [read(name, lead=WITHOUT_MLII.get(name, LEAD)) for name in dict.fromkeys(names)]
    by_record = on_records(records, detectors)
    noisy = [record for record in records if record.name in NOISE_RECORDS]
    by_noise = in_noise(noisy, {OURS: ours}, seed)
    folders = {"QTDB": qtdb, "LUDB": ludb}
    others = on_others({name: path for name, path in folders.items() if path}, {OURS: ours})
    content: dict[str, Any] = {
        "data": "MIT-BIH Arrhythmia Database, MLII; 102 and 104: V5",
        "window_ms": 150,
        "protocols": SCORINGS,
        "records": {
            protocol: {
                name: {
                    "all": figures(sum(scores.values(), NOTHING)),
                    **{record: figures(result) for record, result in scores.items()},
                }
                for name, scores in detected.items()
            }
            for protocol, detected in by_record.items()
        },
        "others": others,
        "noise": {
            "source": "synthesised",
            "version": noise.VERSION,
            "seed": seed,
            "records": [record.name for record in noisy],
            "seconds": NOISE_S,
            "scores": {
                kind: {
                    level: {name: figures(result) for name, result in detected.items()}
                    for level, detected in levels.items()
                }
                for kind, levels in by_noise.items()
            },
        },
    }
    write_bytes(output / "detector.json", (json.dumps(content, indent=1) + "\n").encode())
    write_bytes(output / "detector.md", table(content).encode())
    if noisy:
        draw(content, output / "detector.png")
    typer.echo(table(content))


if __name__ == "__main__":
    run_cli(app)

"""``python -m quant_training.evaluate``: every committed checkpoint on its protocol's test side.

Writes results/accuracy.json, accuracy.md and the plots of report.py.
"""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.progress import track

from arrhythminet.classes import AAMI, AAMI_CLASSES, CLASSES
from arrhythminet.errors import run_cli
from arrhythminet.files import write_bytes
from quant_training import CHECKPOINTS
from quant_training.data import dataset, protocols
from quant_training.data.dataset import Dataset
from quant_training.errors import CheckpointError
from quant_training.evaluation import report
from quant_training.evaluation.metrics import aami, figures, predict
from quant_training.net import checkpoint, integers
from quant_training.net.models import ArrhythmiNet, NetConfig

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def evaluate(path: Path, data: Callable[[str], Dataset]) -> dict[str, Any]:
    """Figures of one checkpoint on the test side of the protocol that it was trained on.

    Parameters
    ----------
    path : Path
        The .pt file.
    data : callable
        Gives the data set of an input form.

    Returns
    -------
    dict
        ``stem``, ``protocol``, ``form``, ``net``, ``precision``, ``seed``, ``leaks``,
        ``weight_kb`` and what :func:`quant_training.evaluation.metrics.figures` gives, over the
        five classes and under ``aami`` over the three of AAMI; ``unleaked`` too where the protocol
        leaks.
    """
    model, content = checkpoint.load(path)
    training = content["training"]
    protocol, beats = training["protocol"], data(training["form"])
    integers.settle_(model)
    split = protocols.split(beats, protocol)
    truth = beats.labels[split.test]
    predicted = predict(model, beats.beats[split.test]).argmax(1)
    result = {
        "stem": content["stem"],
        "protocol": protocol,
        "form": training["form"],
        "net": model.config.net,
        "precision": precision(model.config),
        "seed": training["seed"],
        "leaks": protocols.leaks(protocol),
        "weight_kb": model.weight_bytes() / 1024,
        **figures(truth, predicted, CLASSES),
        "aami": figures(aami(truth), aami(predicted), AAMI_CLASSES),
    }
    if protocol == "patient":
        result["aami"] = _aami_of_all_beats(model, beats)
    if result["leaks"]:
        unseen = ~np.isin(split.test, np.concatenate([split.train, split.validation]))
        result["unleaked"] = figures(truth[unseen], predicted[unseen], CLASSES)
    return result


def precision(config: NetConfig) -> str:
    """``float32`` or for example ``w4a4``."""
    return f"w{config.weight_bits}a{config.act_bits}" if config.quantised else "float32"


def _aami_of_all_beats(model: ArrhythmiNet, data: Dataset) -> dict[str, Any]:
    """Figures over DS2's beats of all symbols of the AAMI classes, not of the five alone."""
    test = np.flatnonzero(np.isin(data.records, protocols.DS2))
    truth = np.array([AAMI_CLASSES.index(AAMI[symbol]) for symbol in data.symbols[test].tolist()])
    return figures(truth, aami(predict(model, data.beats[test]).argmax(1)), AAMI_CLASSES)


def nested(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Protocol to net to precision to figures; ``forms`` other than beat and ``seeds`` inside."""
    tree: dict[str, Any] = {}
    for result in results:
        place = tree.setdefault(result["protocol"], {}).setdefault(result["net"], {})
        place = place.setdefault(result["precision"], {})
        if result["form"] != "beat":
            place = place.setdefault("forms", {}).setdefault(result["form"], {})
        if result["seed"]:
            place = place.setdefault("seeds", {}).setdefault(str(result["seed"]), {})
        place.update(result)
    return tree


@app.command()
def main(
    output: Annotated[Path, typer.Option(help="Folder of the results")] = Path("results"),
    checkpoints: Annotated[Path, typer.Option(help="Folder of the .pt files")] = CHECKPOINTS,
) -> None:
    """Recompute every figure.

    Example: python -m quant_training.evaluate --output results
    """
    paths = sorted(checkpoints.glob("*.pt"))
    if not paths:
        raise CheckpointError(f"{checkpoints} holds no .pt file: train with make train")
    data = cache(lambda form: dataset.load(form=form))
    results = [evaluate(path, data) for path in track(paths, "evaluating", transient=True)]
    report.draw(results, output)
    tree = json.dumps(nested(results), indent=2) + "\n"
    write_bytes(output / "accuracy.json", tree.encode())
    text = report.markdown(results)
    write_bytes(output / "accuracy.md", text.encode())
    print(text, end="")


if __name__ == "__main__":
    run_cli(app)

"""``python -m quant_training.evaluate``: every committed checkpoint on its protocol's test side.

Writes results/accuracy.json, results/accuracy.md and one confusion matrix as PNG each.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import matplotlib
import numpy as np
import typer
from rich.progress import track

from quant_training import checkpoint, dataset, integers, protocols
from quant_training.beats import CLASSES
from quant_training.dataset import AAMI, AAMI_CLASSES, Dataset
from quant_training.errors import CheckpointError, run_cli
from quant_training.files import CHECKPOINTS, write_atomic, write_bytes
from quant_training.metrics import figures, predict
from quant_training.models import NetConfig

matplotlib.use("Agg")
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

LEAK_NOTE = (
    "Protocol `paper` leaks: minority beats are copied before the split, so test beats are also "
    "trained on. It is for comparison with arXiv 2505.03787 only; `beat` and `patient` do not."
)


def evaluate(path: Path, data: Dataset) -> dict[str, Any]:
    """Figures of one checkpoint on the test side of the protocol that it was trained on.

    Returns
    -------
    dict
        ``stem``, ``protocol``, ``net``, ``precision``, ``seed``, ``leaks`` and what
        :func:`quant_training.metrics.figures` gives; ``aami`` too on ``patient``.
    """
    model, content = checkpoint.load(path)
    training = content["training"]
    protocol = training["protocol"]
    integers.settle_(model)
    split = protocols.split(data, protocol)
    labels = data.labels[split.test]
    predicted = predict(model, data.beats[split.test]).argmax(1)
    result = {
        "stem": content["stem"],
        "protocol": protocol,
        "net": model.config.net,
        "precision": precision(model.config),
        "seed": training["seed"],
        "leaks": protocols.leaks(protocol),
        **figures(labels, predicted, CLASSES),
    }
    if protocol == "patient":
        result["aami"] = _aami(model, data)
    return result


def precision(config: NetConfig) -> str:
    """``float32`` or for example ``w4a4``."""
    return f"w{config.weight_bits}a{config.act_bits}" if config.quantised else "float32"


def _aami(model: Any, data: Dataset) -> dict[str, Any]:
    """Figures over the AAMI classes N, S, V, with the beats outside the five classes too."""
    test = np.flatnonzero(np.isin(data.records, protocols.DS2))
    order = {name: index for index, name in enumerate(AAMI_CLASSES)}
    truth = np.array([order[AAMI[symbol]] for symbol in data.symbols[test].tolist()])
    of_class = np.array([order[AAMI[symbol]] for symbol in CLASSES])
    return figures(truth, of_class[predict(model, data.beats[test]).argmax(1)], AAMI_CLASSES)


def table(results: list[dict[str, Any]]) -> str:
    """Markdown table of all checkpoints and one of their classes."""
    lines = [
        "# Accuracy",
        "",
        "Recomputed by `make evaluate` from the committed checkpoints and MIT-BIH.",
        "",
        "| checkpoint | protocol | seed | n_test | accuracy | macro F1 |",
        "|---|---|---|---|---|---|",
    ]
    for result in results:
        mark = " (leaks)" if result["leaks"] else ""
        lines.append(
            f"| {result['stem']} | {result['protocol']}{mark} | {result['seed']} | "
            f"{result['n_test']} | {result['accuracy']:.4f} | {result['macro_f1']:.4f} |"
        )
    lines += ["", LEAK_NOTE, "", "Per class, precision / recall / F1:", ""]
    lines += ["| checkpoint | " + " | ".join(CLASSES) + " |", "|---|" + "---|" * len(CLASSES)]
    for result in results:
        cells = [
            "{precision:.3f} / {recall:.3f} / {f1:.3f}".format(**result["per_class"][name])
            for name in CLASSES
        ]
        lines.append(f"| {result['stem']} | " + " | ".join(cells) + " |")
    for result in (r for r in results if "aami" in r):
        aami = result["aami"]
        lines += ["", f"{result['stem']}, AAMI classes: accuracy {aami['accuracy']:.4f}, "]
        lines[-1] += f"kappa {aami['kappa']:.3f} (n_test {aami['n_test']})."
    return "\n".join(lines) + "\n"


def draw(result: dict[str, Any], path: Path) -> None:
    """Confusion matrix as PNG; colours are shares of the annotated class."""
    import matplotlib.pyplot as plt

    confusion = np.array(result["confusion"])
    shares = confusion / np.maximum(1, confusion.sum(axis=1, keepdims=True))
    figure, axes = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(confusion):
        colour = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, f"{count:,}", ha="center", va="center", color=colour)
    axes.set_xticks(range(len(CLASSES)), CLASSES)
    axes.set_yticks(range(len(CLASSES)), CLASSES)
    axes.set_xlabel("classified")
    axes.set_ylabel("annotated")
    mark = ", leaks" if result["leaks"] else ""
    axes.set_title(
        f"{result['stem']}, protocol {result['protocol']}{mark}\n"
        f"accuracy {result['accuracy']:.4f}, macro F1 {result['macro_f1']:.4f}",
        fontsize=10,
    )
    write_atomic(path, lambda temporary: figure.savefig(temporary, dpi=120))
    plt.close(figure)


def nested(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Protocol to net to precision to figures; seeds other than 0 under ``seeds``."""
    tree: dict[str, Any] = {}
    for result in results:
        place = tree.setdefault(result["protocol"], {}).setdefault(result["net"], {})
        if result["seed"] == 0:
            place[result["precision"]] = {**result, **place.get(result["precision"], {})}
        else:
            first = place.setdefault(result["precision"], {})
            first.setdefault("seeds", {})[str(result["seed"])] = result
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
    data = dataset.load()
    results = [evaluate(path, data) for path in track(paths, "evaluating", transient=True)]
    for result in results:
        draw(result, output / f"confusion-{result['stem']}.png")
    tree = json.dumps(nested(results), indent=2) + "\n"
    write_bytes(output / "accuracy.json", tree.encode())
    write_bytes(output / "accuracy.md", table(results).encode())
    print(table(results), end="")


if __name__ == "__main__":
    run_cli(app)

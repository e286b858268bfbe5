"""Tables and plots of what evaluate.py found."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from arrhythminet.classes import AAMI_CLASSES, CLASSES
from arrhythminet.files import write_atomic
from quant_training.evaluation import false_classifications
from quant_training.net.models import NetConfig, build

matplotlib.use("Agg")

Result = dict[str, Any]

LEAK_NOTE = (
    "Protocol `paper` leaks: minority beats are copied before the split, so test beats are also "
    "trained on. It is for comparison with arXiv 2505.03787 only; `beat` and `patient` do not. "
    "Its classes are balanced, so its accuracy is a mean recall: beside it the mean recall on its "
    "test beats that have no copy in training, and that of the same layers on `beat`."
)
FOOTPRINT_NOTE = (
    "Weight memory is that of the convolutions and the classifier (8 bits where the rest has "
    "fewer). The paper's float32 networks take {v1:.2f} KB (V1) and {v2:.2f} KB (V2), biases and "
    "normalisation included; those take no memory in the hardware, where they are thresholds."
)


def markdown(results: list[Result]) -> str:
    """All tables, as Markdown."""
    parts = [
        "# Accuracy",
        "Recomputed by `make evaluate` from the committed checkpoints and MIT-BIH.",
        _main_table(results),
        *_seeds(results),
        _leak_table(results),
        "## Per class: precision / recall / F1",
        _class_table(results),
        "## False classifications",
        false_classifications.NOTE,
        _table(false_classifications.head(), false_classifications.rows(results)),
        "## AAMI classes: sensitivity / positive predictivity",
        _aami_table(results),
        *_study(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _main_table(results: list[Result]) -> str:
    rows = []
    for result in results:
        mark = " (leaks)" if result["leaks"] else ""
        of_float = _same(results, result, precision="float32")
        drop = f"{of_float['accuracy'] - result['accuracy']:+.4f}" if of_float else ""
        rows.append(
            (
                result["stem"],
                result["protocol"] + mark,
                result["form"],
                result["seed"],
                result["n_test"],
                f"{result['accuracy']:.4f}",
                f"{result['macro_f1']:.4f}",
                drop if result["precision"] != "float32" else "",
            )
        )
    head = ("checkpoint", "protocol", "form", "seed", "n_test", "accuracy", "macro F1")
    return _table((*head, "accuracy lost to float32"), rows)


def _same(results: list[Result], like: Result, **changes: object) -> Result | None:
    """The result of the same net, protocol, form and seed but for ``changes``."""
    keys = ("net", "protocol", "form", "seed", "precision")
    wanted = {**{key: like[key] for key in keys}, **changes}
    found = (r for r in results if all(r[key] == wanted[key] for key in keys))
    return next(found, None)


def _seeds(results: list[Result]) -> Iterable[str]:
    """Mean and deviation wherever more than one seed was trained; AAMI's figures on ``patient``."""
    for first in (r for r in results if r["seed"] == 0):
        group = [r for r in results if _same([r], first, seed=r["seed"])]
        if len(group) > 1:
            seeds = ", ".join(str(seed) for seed in sorted(r["seed"] for r in group))
            names = {"accuracy": "accuracy", "macro_f1": "macro F1"}
            if first["protocol"] == "patient":
                group = [r["aami"] for r in group]
                names = {"accuracy": "AAMI accuracy", "kappa": "kappa"}
            figures = ", ".join(f"{name} {_spread(group, key)}" for key, name in names.items())
            yield f"{first['stem']}, seeds {seeds}: {figures} (mean ± standard deviation)."


def _spread(group: list[Result], key: str) -> str:
    values = [result[key] for result in group]
    return f"{np.mean(values):.4f} ± {np.std(values, ddof=1):.4f}"


def _mean_recall(result: Result) -> float:
    recalls = [figures["recall"] for figures in result["per_class"].values() if figures["n"]]
    return float(np.mean(recalls))


def _leak_table(results: list[Result]) -> str:
    rows = []
    for result in (r for r in results if r["leaks"]):
        honest = _same(results, result, protocol="beat")
        rows.append(
            (
                result["stem"],
                f"{_mean_recall(result):.4f}",
                f"{_mean_recall(result['unleaked']):.4f} (n {result['unleaked']['n_test']})",
                f"{_mean_recall(honest):.4f}" if honest else "",
            )
        )
    if not rows:
        return ""
    head = ("mean recall", "`paper`", "`paper`, test beats without a copy", "`beat`")
    return LEAK_NOTE + "\n\n" + _table(head, rows)


def _class_table(results: list[Result]) -> str:
    form = "{precision:.3f} / {recall:.3f} / {f1:.3f}"
    cells = ([form.format(**r["per_class"][name]) for name in CLASSES] for r in results)
    rows = ((r["stem"], *c) for r, c in zip(results, cells, strict=True))
    return _table(("checkpoint", *CLASSES), rows)


def _aami_table(results: list[Result]) -> str:
    form = "{recall:.3f} / {precision:.3f}"
    rows = []
    for result in (r for r in results if not r["leaks"]):
        aami = result["aami"]
        cells = [form.format(**aami["per_class"][name]) for name in AAMI_CLASSES]
        figures = f"{aami['accuracy']:.4f}", f"{aami['kappa']:.3f}", aami["n_test"]
        rows.append((result["stem"], *cells, *figures))
    return _table(("checkpoint", *AAMI_CLASSES, "accuracy", "kappa", "n_test"), rows)


def studied(results: list[Result]) -> list[Result]:
    """Precisions of V2 on protocol ``beat``, seed 0, from many bits to few."""
    chosen = [
        r
        for r in results
        if (r["net"], r["protocol"], r["form"], r["seed"]) == ("v2", "beat", "beat", 0)
    ]
    return sorted(chosen, key=lambda result: -result["weight_kb"])


def _study(results: list[Result]) -> Iterable[str]:
    rows = studied(results)
    if not rows:
        return
    yield "## Bits: V2 on `beat`, seed 0"
    yield _table(
        ("precision", "weights, KB", "accuracy", "macro F1"),
        (
            (
                r["precision"],
                f"{r['weight_kb']:.1f}",
                f"{r['accuracy']:.4f}",
                f"{r['macro_f1']:.4f}",
            )
            for r in rows
        ),
    )
    kilobytes = {
        net: build(NetConfig.from_stem(f"{net}-float32")).footprint() * 4 / 1024
        for net in ("v1", "v2")
    }
    yield FOOTPRINT_NOTE.format(**kilobytes)


def draw(results: list[Result], folder: Path) -> None:
    """Confusion matrices and, where there are several precisions, the study, as PNG."""
    for result in results:
        draw_confusion(result, folder / f"confusion-{result['stem']}.png")
    if len(studied(results)) > 1:
        draw_study(studied(results), folder / "quantisation.png")


def draw_confusion(result: Result, path: Path) -> None:
    """Confusion matrix; colours are shares of the annotated class."""
    confusion = np.array(result["confusion"])
    shares = confusion / np.maximum(1, confusion.sum(axis=1, keepdims=True))

    def plot(axes: Any) -> None:
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(confusion):
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, f"{count:,}", ha="center", va="center", color=colour)
        axes.set_xticks(range(len(CLASSES)), CLASSES)
        axes.set_yticks(range(len(CLASSES)), CLASSES)
        axes.set(xlabel="classified", ylabel="annotated")
        mark = ", leaks" if result["leaks"] else ""
        axes.set_title(
            f"{result['stem']}, protocol {result['protocol']}{mark}\n"
            f"accuracy {result['accuracy']:.4f}, macro F1 {result['macro_f1']:.4f}",
            fontsize=10,
        )

    _save(plot, path)


def draw_study(results: list[Result], path: Path) -> None:
    """Accuracy and macro F1 against weight memory."""

    def plot(axes: Any) -> None:
        sizes = [result["weight_kb"] for result in results]
        for key, label in (("accuracy", "accuracy"), ("macro_f1", "macro F1")):
            axes.plot(sizes, [result[key] for result in results], "o-", label=label)
        for result in results:
            above = {"textcoords": "offset points", "xytext": (0, 7), "rotation": 40, "fontsize": 8}
            axes.annotate(result["precision"], (result["weight_kb"], result["accuracy"]), **above)
        axes.set_xscale("log")
        axes.set_xticks(sizes, [f"{size:.0f}" for size in sizes])
        axes.minorticks_off()
        axes.set(xlabel="weight memory, KB", ylabel="on the test side of beat")
        axes.set_title("V2: bits of weights and activations", fontsize=10)
        axes.margins(y=0.15)
        axes.grid(alpha=0.3)
        axes.legend()

    _save(plot, path)


def _save(plot: Callable[[Any], None], path: Path) -> None:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
    plot(axes)
    write_atomic(path, lambda temporary: figure.savefig(temporary, dpi=120))
    plt.close(figure)

"""Table and plots of what robustness.py found."""

from pathlib import Path
from typing import Any

import matplotlib

from arrhythminet.files import write_atomic
from quant_training.data.disturbances import LEVELS, ZERO_IS_CLEAN, axis

matplotlib.use("Agg")

TITLES = {
    "wander": "baseline wander",
    "muscle": "muscle noise",
    "electrode": "electrode motion",
    "jitter": "R-peak jitter",
    "gain": "gain error",
}
UNITS = {"jitter": "largest shift / samples (2.8 ms each)", "gain": "gain error at the input / %"}
CURVE_COLOURS = ("tab:blue", "tab:orange", "tab:green", "tab:red")
METRICS = {"accuracy": ("accuracy", "-", "o"), "macro_f1": ("macro F1", "--", "s")}

NOTE = (
    "Noise is added to the raw signal before denoising; beats are then cut at the annotated R "
    "peaks. Ratios are per record, as `nst` of the MIT-BIH Noise Stress Test Database measures "
    "them: QRS amplitude against noise within one-second chunks, so wander is large at a given "
    "ratio. Jitter is uniform. Gain errors act on the normalised input, since normalisation "
    "cancels any before it. Nothing was tuned on these beats. The R peaks of protocol `beat` are "
    "known and its patients are those of training: this is the classifier's robustness, not that "
    "of an R-peak detector."
)


def columns(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Figures of every network, in the order of their stems."""
    found = [figures for net in content["nets"].values() for figures in net.values()]
    return sorted(found, key=lambda figures: figures["stem"])


def table(content: dict[str, Any]) -> str:
    """Markdown: a row per disturbance and level, a column per network."""
    nets = columns(content)
    source = content["noise"]["source"]
    lines = [
        "# Robustness",
        "",
        f"Accuracy / macro F1 on protocol `{content['protocol']}`, {content['selection']} "
        f"(n = {content['n']:,}), seed {content['seed']}, noise {source}. Written by "
        "`make robustness`.",
        "",
        "| disturbance | level | " + " | ".join(f"`{net['stem']}`" for net in nets) + " |",
        "|---|---|" + "---|" * len(nets),
        _row("none", "", [net["clean"] for net in nets]),
    ]
    for kind in LEVELS:
        unit = {"jitter": "± {} samples", "gain": "{:+d} %"}.get(kind, "{} dB")
        for level in LEVELS[kind]:
            figures = [net[kind][str(level)] for net in nets]
            lines.append(_row(TITLES[kind], unit.format(level), figures))
    return "\n".join([*lines, "", NOTE]) + "\n"


def _row(kind: str, level: str, figures: list[dict[str, float]]) -> str:
    cells = [f"{found['accuracy']:.4f} / {found['macro_f1']:.4f}" for found in figures]
    return f"| {kind} | {level} | " + " | ".join(cells) + " |"


def draw(content: dict[str, Any], net: str, path: Path) -> None:
    """One panel per disturbance as PNG; colour is the precision, line style the metric."""
    import matplotlib.pyplot as plt

    precisions = sorted(content["nets"][net].items())
    figure, axes = plt.subplots(2, 3, figsize=(11, 6.5), sharey="row", layout="constrained")
    *panels, legend = axes.flat
    for panel, kind in zip(panels, LEVELS, strict=True):
        numeric = kind in ZERO_IS_CLEAN
        names = [*map(str, axis(kind))] if numeric else ["clean", *map(str, axis(kind))]
        places = axis(kind) if numeric else list(range(len(names)))
        for (precision, found), colour in zip(precisions, CURVE_COLOURS, strict=False):
            points = [found["clean"] if name == "clean" else found[kind][name] for name in names]
            for metric, (word, line, marker) in METRICS.items():
                style = {"ls": line, "marker": marker, "ms": 4, "color": colour}
                label = f"{precision}, {word}"
                panel.plot(places, [point[metric] for point in points], label=label, **style)
        panel.set_xticks(places, names)
        panel.set_title(TITLES[kind])
        panel.set_xlabel(UNITS.get(kind, "signal-to-noise ratio / dB"))
        panel.grid(alpha=0.3)
        panel.yaxis.set_tick_params(labelleft=True)
    always_n = content["n_per_class"]["N"] / content["n"]
    for panel in panels[:3]:
        panel.axhline(always_n, color="grey", ls=":", label="always N, accuracy")
    legend.axis("off")
    legend.legend(*panels[0].get_legend_handles_labels(), loc="center", frameon=False)
    figure.suptitle(
        f"{net.upper()}, protocol {content['protocol']}, {content['n']:,} test beats, "
        f"noise {content['noise']['source']}"
    )
    write_atomic(path, lambda temporary: figure.savefig(temporary, dpi=120))
    plt.close(figure)

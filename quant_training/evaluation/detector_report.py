"""Tables and curves of what detector.py found."""

from pathlib import Path
from typing import Any

import matplotlib

from arrhythminet.files import write_atomic

matplotlib.use("Agg")

DETECTOR_COLOURS = {"front end": "#0072B2", "xqrs": "#E69F00", "gqrs": "#009E73"}
"""After Okabe and Ito, distinguishable with any colour vision."""
METRICS = {"sensitivity": "sensitivity", "predictivity": "positive predictivity"}
KINDS = {
    "wander": "baseline wander",
    "muscle": "muscle noise",
    "electrode": "electrode motion",
}
NOTE = (
    "A beat is found if a peak stands within 150 ms of its annotation, one to one. In place: "
    "within 3 samples (8 ms) of it, of the beats that are found. The detector's shares were chosen "
    "on these records. Only record 207 has ventricular flutter; published figures leave it out."
)
OTHERS_NOTE = (
    "Records that had no part in choosing anything, resampled to 360 Hz: QTDB's first lead without "
    "MIT-BIH's own records, LUDB's lead II. Places are not compared: other rules set their marks."
)


def table(content: dict[str, Any]) -> str:
    """All figures as Markdown."""
    parts = ["# R-peak detector", "Written by `python -m quant_training.evaluation.detector`."]
    parts += [_overall(content), NOTE]
    if content["others"]:
        parts += ["## Other databases", _others(content), OTHERS_NOTE]
    if content["noise"]["records"]:
        parts += ["## Synthesised noise", _noise(content), _noise_note(content)]
    parts += ["## Per record: missed / false / in place", _records(content)]
    return "\n\n".join(parts) + "\n"


def _grid(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _overall(content: dict[str, Any]) -> str:
    head = ["protocol", "detector", "beats", "missed", "false", "Se", "+P", "in place", "> 10 off"]
    rows = []
    for protocol, detectors in content["records"].items():
        for name, scores in detectors.items():
            found = scores["all"]
            rows.append(
                [
                    content["protocols"][protocol],
                    name,
                    f"{found['beats']:,}",
                    str(found["missed"]),
                    str(found["false"]),
                    f"{found['sensitivity']:.4%}",
                    f"{found['predictivity']:.4%}",
                    f"{found['in_place']:.2%}",
                    f"{found['far'] / max(1, found['beats'] - found['missed']):.2%}",
                ]
            )
    return _grid(head, rows)


def _others(content: dict[str, Any]) -> str:
    head = ["database", "records", "beats", "missed", "false", "Se", "+P", "most errors in"]
    rows = []
    for database, detectors in content["others"].items():
        for found in detectors.values():
            worst = ", ".join(f"{name} ({errors})" for name, errors in found["worst"].items())
            counts = [str(found[key]) for key in ("records", "beats", "missed", "false")]
            shares = [f"{found[key]:.4%}" for key in ("sensitivity", "predictivity")]
            rows.append([database, *counts, *shares, worst])
    return _grid(head, rows)


def _noise(content: dict[str, Any]) -> str:
    scores = content["noise"]["scores"]
    names = list(next(iter(next(iter(scores.values())).values())))
    rows = [
        [KINDS[kind], f"{level} dB", *(_pair(detectors[name]) for name in names)]
        for kind, levels in scores.items()
        for level, detectors in levels.items()
    ]
    return _grid(["noise", "ratio", *(f"{name}: Se / +P" for name in names)], rows)


def _pair(found: dict[str, float]) -> str:
    return f"{found['sensitivity']:.4f} / {found['predictivity']:.4f}"


def _noise_note(content: dict[str, Any]) -> str:
    about = content["noise"]
    return (
        f"First {about['seconds'] // 60} minutes of records {', '.join(about['records'])}; ratio "
        f"as `nst` measures it (`make robustness`); seed {about['seed']}, synthesis version "
        f"{about['version']}."
    )


def _records(content: dict[str, Any]) -> str:
    detectors = content["records"]["beats"]
    names = [name for name in next(iter(detectors.values())) if name != "all"]
    rows = [
        [
            record,
            *(
                f"{found['missed']} / {found['false']} / {found['in_place']:.3f}"
                for found in (scores[record] for scores in detectors.values())
            ),
        ]
        for record in names
    ]
    return _grid(["record", *detectors], rows)


def draw(content: dict[str, Any], path: Path) -> None:
    """Both shares against the ratio, a panel per kind of noise, as PNG."""
    import matplotlib.pyplot as plt

    scores = content["noise"]["scores"]
    figure, axes = plt.subplots(
        2, len(scores), figsize=(10, 5.5), sharey=True, layout="constrained"
    )
    for column, (kind, levels) in enumerate(scores.items()):
        ratios = [int(level) for level in levels]
        for row, (metric, word) in enumerate(METRICS.items()):
            panel = axes[row][column]
            for name in next(iter(levels.values())):
                values = [detectors[name][metric] for detectors in levels.values()]
                panel.plot(ratios, values, "o-", ms=4, color=DETECTOR_COLOURS[name], label=name)
            panel.set_xticks(ratios)
            panel.grid(alpha=0.3)
            if not column:
                panel.set_ylabel(word)
                panel.yaxis.set_tick_params(labelleft=True)
        axes[0][column].set_title(KINDS[kind])
        axes[1][column].set_xlabel("signal-to-noise ratio / dB")
    axes[0][0].legend(loc="lower right")
    write_atomic(path, lambda temporary: figure.savefig(temporary, dpi=130))
    plt.close(figure)

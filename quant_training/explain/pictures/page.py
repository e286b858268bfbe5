"""One beat explained: a PNG, and an HTML page that holds it and needs nothing else."""

import base64
import html
import io
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from arrhythminet.beats import BEAT_SAMPLES, RHYTHM_SAMPLES
from arrhythminet.classes import CLASSES
from arrhythminet.files import write_bytes
from arrhythminet.signal import SAMPLE_RATE
from quant_training.explain.pictures import ecg_paper
from quant_training.explain.pictures.figures import NAMES
from quant_training.explain.pictures.one_beat import STRIP_S, Explained
from quant_training.explain.waves.segments import BORDERS

_DPI = 150
_SCALE = 1.8
_STYLE = """
body { font: 15px/1.45 sans-serif; max-width: 60em; margin: 1.5em auto; padding: 0 1em }
img { max-width: 100%; height: auto }
table { border-collapse: collapse; margin: 0.6em 0 1.4em }
th, td { border-bottom: 1px solid #bbb; padding: 0.25em 0.8em; text-align: left }
td.number { text-align: right; font-variant-numeric: tabular-nums }
tr.chosen { font-weight: bold }
p.note { color: #444; font-size: 90% }
"""


def title(found: Explained) -> str:
    """Record, beat, time, what was annotated and what the network says."""
    minutes, seconds = divmod(found.peak / SAMPLE_RATE, 60)
    chosen = CLASSES[found.chosen]
    return (
        f"Record {found.record.name}, beat {found.number} at {int(minutes)}:{seconds:05.2f} min, "
        f"lead {found.record.lead}: annotated {found.symbol}, {found.about['stem']} says {chosen} "
        f"({NAMES[chosen]}, probability {found.chances[found.chosen]:.2f})"
    )


def write(found: Explained, folder: Path) -> tuple[Path, Path]:
    """Write ``<record>-<beat>-<stem>.png`` and ``.html``; returns both paths."""
    name = f"{found.record.name}-{found.number}-{found.about['stem']}"
    png = picture(found)
    paths = folder / f"{name}.png", folder / f"{name}.html"
    write_bytes(paths[0], png)
    write_bytes(paths[1], page(found, png).encode())
    return paths


def picture(found: Explained) -> bytes:
    """Strip at the paper's own size, the beat with both maps enlarged, the segments' values."""
    millivolts = ecg_paper.reach(found.window)
    width, height = ecg_paper.SECOND_MM * _SCALE, ecg_paper.height_mm(millivolts, _SCALE)
    strip_mm, left = ecg_paper.SECOND_MM * STRIP_S, 16.0
    about, step = found.about, width + 5
    strip = _stretch(found)
    above = ecg_paper.height_mm(ecg_paper.reach(strip[1]), 1)
    total = 14 + height + 18 + above + 8
    figure = ecg_paper.sheet(strip_mm + 2 * left, total)
    _strip(figure, found, strip, left, total - above - 8)
    panels = (
        (f"Grad-CAM {about['last']} ({about['last_ms']:.0f} ms)", found.cam, False),
        (f"HiResCAM {about['layer']} ({about['layer_ms']:.0f} ms)", found.fine, False),
        ("SHAP: orange for, purple against", found.shap, True),
    )
    for index, (caption, values, signed) in enumerate(panels):
        axes = ecg_paper.place(figure, left + index * step, 14, width, height)
        ecg_paper.rule(axes, (-0.5, 0.5), millivolts)
        ecg_paper.shade(axes, in_window(values, found.form), signed)
        ecg_paper.trace(axes, ecg_paper.seconds_of(BEAT_SAMPLES), found.window)
        ecg_paper.waves(axes, found.borders)
        axes.set_title(caption, fontsize=8, loc="left", pad=3)
        axes.set_xlabel("time from the R peak (s)", fontsize=8)
        if index:
            axes.set_yticklabels([])
        else:
            axes.set_ylabel(f"lead {found.record.lead} (mV)", fontsize=8)
    _bars(figure, found, left + 3 * step + 11, 14, strip_mm - 3 * step - 11, height)
    figure.text(
        left / (strip_mm + 2 * left),
        1.5 / total,
        f"Above 25 mm/s and 10 mm/mV; below the same, enlarged {_SCALE:g} times. "
        "A small box is 40 ms by 0.1 mV, a large one 200 ms by 0.5 mV.",
        fontsize=7,
    )
    stream = io.BytesIO()
    figure.savefig(stream, dpi=_DPI, format="png")
    return stream.getvalue()


def in_window(values: np.ndarray, form: str) -> np.ndarray:
    """One value per sample of the window; the form ``rhythm`` shows its middle alone."""
    if form == "beat":
        return values
    made = np.zeros(BEAT_SAMPLES)
    made[RHYTHM_SAMPLES:-RHYTHM_SAMPLES] = values[: BEAT_SAMPLES - 2 * RHYTHM_SAMPLES]
    return made


def _stretch(found: Explained) -> tuple[int, np.ndarray]:
    """First sample, and signal in mV, of some seconds around the beat."""
    samples = round(STRIP_S * SAMPLE_RATE)
    first = min(max(0, found.peak - samples // 2), max(0, len(found.signal) - samples))
    return first, found.signal[first : first + samples]


def _strip(
    figure: Figure,
    found: Explained,
    strip: tuple[int, np.ndarray],
    left: float,
    bottom: float,
) -> None:
    """Some seconds of the lead, every beat with its annotation, the explained one marked."""
    first, signal = strip
    samples = len(signal)
    seconds = (first + np.arange(samples)) / SAMPLE_RATE
    low, high = ecg_paper.reach(signal)
    size = ecg_paper.SECOND_MM * STRIP_S, ecg_paper.height_mm((low, high), 1)
    axes = ecg_paper.place(figure, left, bottom, *size)
    ecg_paper.rule(axes, (seconds[0], seconds[0] + STRIP_S), (low, high))
    ecg_paper.trace(axes, seconds, signal)
    half = BEAT_SAMPLES / 2 / SAMPLE_RATE
    place = found.peak / SAMPLE_RATE
    axes.axvspan(place - half, place + half, color="#0072B2", alpha=0.15, linewidth=0)
    inside = (found.peaks >= first) & (found.peaks < first + samples)
    for peak, symbol in zip(found.peaks[inside], found.symbols[inside], strict=True):
        weight = "bold" if peak == found.peak else "normal"
        axes.text(peak / SAMPLE_RATE, low + 0.12, symbol, ha="center", fontsize=8, weight=weight)
    axes.set_xlabel("time in the record (s); annotated class below each beat", fontsize=8)
    axes.set_ylabel(f"lead {found.record.lead} (mV)", fontsize=8)
    axes.set_title(title(found), fontsize=9, loc="left", pad=4)


def _bars(
    figure: Figure, found: Explained, left: float, bottom: float, width: float, height: float
) -> None:
    """Shapley value of every segment, in logits of the chosen class."""
    axes = ecg_paper.place(figure, left, bottom, width, height)
    names = [part["name"] for part in found.segments][::-1]
    values = [part["value"] for part in found.segments][::-1]
    axes.barh(names, values, color=["#E66101" if v >= 0 else "#5E3C99" for v in values])
    axes.axvline(0, color="black", linewidth=0.7)
    axes.tick_params(labelsize=7.5)
    axes.grid(axis="x", alpha=0.3)
    axes.set_xlabel(f"Shapley value for {CLASSES[found.chosen]} (logit)", fontsize=8)
    axes.set_title("what each segment adds", fontsize=8, loc="left", pad=3)


def page(found: Explained, png: bytes) -> str:
    """The page as HTML; every text from a record is escaped."""
    about = found.about
    scores = [
        (symbol, NAMES[symbol], f"{score:.2f}", f"{chance:.3f}")
        for symbol, score, chance in zip(CLASSES, found.scores, found.chances, strict=True)
    ]
    parts = [
        (
            part["name"],
            part["meaning"],
            f"{part['duration_ms']:.0f}",
            f"{part['value']:+.2f}",
            f"{100 * part['map_share']:.0f}",
            f"{100 * part['time_share']:.0f}",
            f"{part['without']} ({part['without_chance']:.2f})",
        )
        for part in found.segments
    ]
    missing = [
        name for name, border in zip(BORDERS, found.borders, strict=True) if not np.isfinite(border)
    ]
    total = sum(part["value"] for part in found.segments)
    notes = [
        f"Segment values are exact Shapley values: with the background's mean logit "
        f"{about['base']:.2f} they sum to {about['base'] + total:.2f}, the logit of "
        f"{CLASSES[found.chosen]}. What is left out is taken from {about['background']} training "
        f"beats of all classes.",
        f"SHAP of the samples misses the logit by {found.shap_missing:+.2f}.",
        "“Without it” replaces the segment by the straight line between what stands beside it.",
        f"Grad-CAM of the last layer, {about['last']}, has one value each "
        f"{about['last_ms']:.0f} ms, HiResCAM of {about['layer']} one each "
        f"{about['layer_ms']:.0f} ms; what looks finer is interpolated. "
        "The share of the map is the latter's.",
        f"Wave borders: {about['delineator']}, no cardiologist."
        + (f" Not found: {', '.join(missing)}." if missing else ""),
        f"The network was trained on protocol {about['protocol']}; this beat is on its "
        f"{about['side']} side. Checkpoint SHA-256 {about['sha256'][:16]}….",
        "Research software, no medical device: it says what the network reacted to, not what is "
        "wrong with a heart.",
    ]
    image = base64.b64encode(png).decode()
    heading = html.escape(title(found))
    chosen = CLASSES[found.chosen]
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{heading}</title><style>{_STYLE}</style></head>
<body><h1 style="font-size:120%">{heading}</h1>
<img alt="ECG strip, beat with Grad-CAM and SHAP, values of segments"
 src="data:image/png;base64,{image}">
<h2>Class scores</h2>
{_table(("class", "meaning", "logit", "probability"), scores, chosen)}
<h2>Segments of the beat</h2>
{
        _table(
            (
                "segment",
                "what it is",
                "ms",
                f"value for {chosen}",
                "share of map, %",
                "share of time, %",
                "without it the network says",
            ),
            parts,
        )
    }
{"".join(f'<p class="note">{html.escape(note)}</p>' for note in notes)}
</body></html>
"""


def _table(head: tuple, rows: list[tuple], chosen: str | None = None) -> str:
    lines = ["<tr>" + "".join(f"<th>{html.escape(cell)}</th>" for cell in head) + "</tr>"]
    for row in rows:
        mark = ' class="chosen"' if row[0] == chosen else ""
        cells = "".join(
            f'<td class="number">{html.escape(cell)}</td>'
            if cell.lstrip("+-").replace(".", "").isdigit()
            else f"<td>{html.escape(cell)}</td>"
            for cell in row
        )
        lines.append(f"<tr{mark}>{cells}</tr>")
    return "<table>" + "".join(lines) + "</table>"

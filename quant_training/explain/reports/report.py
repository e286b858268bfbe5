"""Tables of what was measured, and the verdict on each claim an explanation should bear out."""

from arrhythminet.signal import SAMPLE_RATE
from quant_training.explain.measures.faithfulness import SHARES, WINDOW
from quant_training.explain.measures.localisation import MARKS
from quant_training.explain.measures.measured import Options
from quant_training.explain.measures.stability import GAIN_PERCENT, SHIFT_SAMPLES
from quant_training.explain.measures.verdict import verdicts
from quant_training.explain.reports.report_borders import annotated, borders
from quant_training.explain.reports.tables import Content, figure, ratios, table
from quant_training.explain.waves.segments import SEGMENT_MEANINGS, SEGMENTS


def markdown(content: Content) -> str:
    """All tables, as Markdown."""
    parts = [
        "# Explanations",
        _intro(content),
        "## What was to be shown",
        _verdict_table(content),
        "## Faithfulness: deletion and insertion",
        _deletion_note(),
        _faithful_table(content),
        "## Where attribution falls",
        _waves_note(),
        _waves_table(content),
        "### Exact Shapley values of the segments",
        _shapley_note(content),
        _shapley_table(content),
        "## Stability",
        _stability_note(),
        _stability_table(content),
        "### Random weights",
        _random_note(),
        _random_table(content),
        "### Float against 4 bits",
        _agreement_table(content),
        "## Borders",
        borders(content),
        *annotated(content),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def summary(content: Content) -> str:
    """What the command prints at its end: the verdicts."""
    lines = [
        f"{'yes' if v['holds'] else 'NO '}  {v['claim']}: {v['found']}" for v in verdicts(content)
    ]
    return (
        "\n".join([*lines, f"{content['cpu_seconds']} s of processor time for the networks"]) + "\n"
    )


def _intro(content: Content) -> str:
    classes = ", ".join(f"{symbol} {n}" for symbol, n in content["n_per_class"].items())
    return (
        "Recomputed by `make explain` from the committed checkpoints; the networks below took "
        f"{content['cpu_seconds']} s of processor time. "
        f"{content['n']} test beats of protocol `{content['protocol']}` ({classes}), seed "
        f"{content['seed']}; explained is the class that the network chooses. In brackets 95 % "
        "intervals, bootstrapped over beats; “over records” draws whole records, since beats of a "
        "record are alike. The 4-bit networks are the integers that the hardware computes; their "
        "gradients pass rounding as in training (straight-through)."
    )


def _verdict_table(content: Content) -> str:
    rows = (("yes" if v["holds"] else "**no**", v["claim"], v["found"]) for v in verdicts(content))
    return table(("holds", "claim", "measured"), rows)


def _deletion_note() -> str:
    return (
        f"Mean probability of the explained class while "
        f"{100 * SHARES[0]:.0f} to {100 * SHARES[-1]:.0f} % of the beat's windows "
        f"({WINDOW} samples, {WINDOW / SAMPLE_RATE * 1000:.0f} ms) are replaced by straight lines, "
        "most attribution first (deletion, less is better), or while only these are kept "
        "(insertion, more is better). See explain-deletion.png."
    )


def _faithful_table(content: Content) -> str:
    rows = []
    for stem, net in content["nets"].items():
        for name, found in {**net["methods"], "random order": net["random"]}.items():
            pointing = found.get("pointing")
            rows.append(
                (
                    stem,
                    name,
                    figure(found["deletion"]),
                    figure(found["deletion"], key="interval_records").split(" ", 1)[1],
                    figure(found["insertion"]),
                    figure(pointing, 2) if pointing else "",
                    f"{pointing['chance']:.2f}" if pointing else "",
                )
            )
    head = ("network", "map", "deletion", "over records", "insertion", "pointing game", "chance")
    return table(head, rows)


def _waves_note() -> str:
    marks = "; ".join(f"{symbol}: {', '.join(waves)}" for symbol, waves in MARKS.items())
    segments = "; ".join(f"*{name}* {SEGMENT_MEANINGS[name]}" for name in SEGMENTS)
    return (
        "Share of attribution over share of time, annotated class by class: above 1 a segment gets "
        "more than chance gives it; bold where the difference's interval lies above 0. Segments: "
        f"{segments}. The pointing game asks for the segments that tell a class ({marks}). "
        "See explain-waves.png."
    )


def _waves_table(content: Content) -> str:
    return table(
        ("network", "map", "class", *SEGMENTS),
        (
            (stem, name, symbol, *ratios(waves))
            for stem, net in content["nets"].items()
            for name, found in net["methods"].items()
            for symbol, waves in found["waves"].items()
        ),
    )


def _shapley_note(content: Content) -> str:
    shap = next(iter(content["nets"].values()))["shap"]
    options = Options()
    errors = ", ".join(
        f"{stem} {net['shap']['median_relative_error']:.3f}"
        for stem, net in content["nets"].items()
    )
    return (
        f"Mean magnitude, in logits of the chosen class, over {options.shapley_beats} beats; "
        f"all coalitions against {options.shapley_background} training beats, so the values sum to "
        f"the logit exactly. SHAP per sample (expected gradients, {shap['draws']} draws a beat, "
        f"{shap['background_beats']} training beats) misses the logit's difference from the "
        f"background by a median share of {errors}. See explain-shap.png."
    )


def _shapley_table(content: Content) -> str:
    return table(
        ("network", "class", *SEGMENTS),
        (
            (stem, symbol, *(f"{values[name]['mean_absolute']:.2f}" for name in SEGMENTS))
            for stem, net in content["nets"].items()
            for symbol, values in net["shapley"].items()
        ),
    )


def _stability_note() -> str:
    return (
        f"Pearson's r of a beat's map and that of the same beat {SHIFT_SAMPLES} samples later (the "
        f"map moved back), {GAIN_PERCENT} % larger, and with muscle noise at 24 dB added to the "
        f"record; the class explained stays the same; {Options().consistency_beats} of the beats, "
        "as many of every class. A published comparison on 873,710 beats spans "
        "0.41 to 0.65."
    )


def _stability_table(content: Content) -> str:
    return table(
        ("network", "map", "shifted", "scaled", "noise"),
        (
            (stem, name, *(figure(found["self_consistency"][k], 2) for k in kinds))
            for kinds in [("shifted", "scaled", "noise")]
            for stem, net in content["nets"].items()
            for name, found in net["methods"].items()
            if "self_consistency" in found
        ),
    )


def _random_note() -> str:
    return (
        "Spearman's rank correlation with the trained network's maps when weights are replaced by "
        "random ones, from the classifier down to the named site (normalisation measured anew), on "
        f"{Options().sanity_beats} of the beats. A "
        "map that stays the same explains the beat, not the network."
    )


def _random_table(content: Content) -> str:
    rows = []
    for stem, net in content["nets"].items():
        for name, sites in net["randomisation"].items():
            names = list(sites)
            picked = [names[0], names[len(names) // 2], names[-1]]
            cells = [f"{site}: {sites[site][0]:.2f}" for site in picked]
            most = max(names[1:], key=lambda site: abs(sites[site][0]))
            rows.append((stem, name, *cells, f"{most}: {sites[most][0]:.2f}"))
    head = ("network", "map", "classifier", "down to half", "all", "largest below the classifier")
    return table(head, rows)


def _agreement_table(content: Content) -> str:
    rows = []
    for net, methods in content["agreement"].items():
        for name, found in methods.items():
            cells = [
                figure(found[kind], 2) if kind in found else "no other seed"
                for kind in ("float_4bit", "float_float")
            ]
            rows.append((net, name, *cells))
    note = (
        "Spearman's rank correlation of maps for the annotated class: a float network and the "
        "4-bit one trained from it, against two float networks of other seeds."
    )
    return note + "\n\n" + table(("net", "map", "float and 4-bit", "float and float"), rows)

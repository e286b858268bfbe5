"""Claims that an explanation should bear out, and whether the measured figures do."""

from typing import Any

from quant_training.explain.maps.methods import SHAP, fine_layer, last_layer
from quant_training.explain.measures.localisation import MARKS

RANK_LIMIT = 0.3
CONSISTENT = 0.65


def verdicts(content: dict[str, Any]) -> list[dict[str, Any]]:
    """One entry a claim and network: ``claim``, ``holds``, ``found`` (text with the figures).

    A claim is judged on Grad-CAM of the last layer, the paper's map; where it falls short the best
    of the other maps is named.
    """
    made = []
    for stem, net in content["nets"].items():
        name = last_layer(stem.split("-")[0])
        made += [
            _deletion(stem, net, name),
            _marks(stem, net, name, ("L", "R", "V"), "QRS"),
            _marks(stem, net, name, ("A",), "P"),
            _random(stem, net, name),
            _consistent(stem, net, name),
        ]
    return sorted(made, key=lambda verdict: verdict["order"])


def _deletion(stem: str, net: dict[str, Any], name: str) -> dict[str, Any]:
    mine, chance = net["methods"][name]["deletion"], net["random"]["deletion"]
    better = min(net["methods"], key=lambda n: net["methods"][n]["deletion"]["mean"])
    best = net["methods"][better]["deletion"]["mean"]
    return {
        "order": 0,
        "claim": f"{stem}: {name} deletes faster than random order, intervals apart",
        "holds": net["methods"][name]["deletion_below_random"]["beats"],
        "found": f"{_interval(mine)} against {_interval(chance)}"
        + (f"; over records {_interval(mine, 'interval_records')}")
        + f"; best: {better}, {best:.3f}",
    }


def _marks(
    stem: str, net: dict[str, Any], name: str, classes: tuple[str, ...], wave: str
) -> dict[str, Any]:
    key = wave if wave == "QRS" else "marks"
    what = "QRS" if wave == "QRS" else "P wave and what precedes the QRS complex"

    def text(method: str) -> str:
        waves = net["methods"][method]["waves"]
        return ", ".join(
            f"{c} {100 * waves[c][key]['share']:.0f} % of {100 * waves[c][key]['time']:.0f} %"
            for c in classes
            if c in waves
        )

    def holds(method: str) -> bool:
        waves = net["methods"][method]["waves"]
        return all(c in waves and waves[c][key]["above"] for c in classes)

    others = [method for method in net["methods"] if method != name and holds(method)]
    found = text(name)
    if not holds(name):
        preferred = [m for m in (SHAP, fine_layer(stem.split("-")[0])) if m in others] or others
        found += f"; {preferred[0]}: {text(preferred[0])}" if preferred else "; no map does"
        if not preferred:
            found += " (" + "; ".join(f"{m}: {text(m)}" for m in net["methods"] if m != name) + ")"
    if exact := net.get("shapley"):
        segments = ("QRS",) if wave == "QRS" else MARKS["A"]
        shares = ", ".join(f"{c} {_share(exact[c], segments):.0f} %" for c in classes if c in exact)
        found += f"; of exact Shapley values: {shares}"
    return {
        "order": 1 if wave == "QRS" else 2,
        "claim": f"{stem}: {what} get more of {name} than of time in {', '.join(classes)}",
        "holds": holds(name),
        "found": found,
    }


def _share(values: dict[str, Any], segments: tuple[str, ...]) -> float:
    """Percentage of some segments in the magnitude of Shapley values."""
    sizes = {name: found["mean_absolute"] for name, found in values.items()}
    return 100 * sum(sizes[name] for name in segments) / sum(sizes.values())


def _random(stem: str, net: dict[str, Any], name: str) -> dict[str, Any]:
    def last(method: str) -> float:
        return list(net["randomisation"][method].values())[-1][0]

    others = "; ".join(f"{m}: {last(m):.2f}" for m in net["randomisation"] if m != name)
    return {
        "order": 3,
        "claim": f"{stem}: random weights bring {name}'s rank correlation below {RANK_LIMIT}",
        "holds": abs(last(name)) < RANK_LIMIT,
        "found": f"{last(name):.2f} (others: {others})",
    }


def _consistent(stem: str, net: dict[str, Any], name: str) -> dict[str, Any]:
    def text(method: str) -> str:
        kinds = net["methods"][method]["self_consistency"]
        return ", ".join(f"{kind} {found['mean']:.2f}" for kind, found in kinds.items())

    kinds = net["methods"][name]["self_consistency"].values()
    fine = fine_layer(stem.split("-")[0])
    return {
        "order": 4,
        "claim": f"{stem}: {name} of a disturbed beat correlates with r of {CONSISTENT} or more",
        "holds": all(found["mean"] >= CONSISTENT for found in kinds),
        "found": f"{text(name)} ({fine}: {text(fine)})",
    }


def _interval(found: dict[str, Any], key: str = "interval") -> str:
    low, high = found[key]
    return f"{found['mean']:.3f} [{low:.3f}, {high:.3f}]"

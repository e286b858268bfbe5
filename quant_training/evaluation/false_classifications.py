"""False positives and negatives of every checkpoint, as table 5 of arXiv 2505.03787 lists them."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from arrhythminet.classes import CLASSES

PAPER_NORMAL_RECALL = {"v1": 0.97, "v2": 0.94}
"""What the paper publishes of N (protocol ``paper``, float32): the rest of its table 5 was not at
hand when this was written, and nothing stands in for it."""
NOTE = (
    "Support is annotated beats of a class; false negatives are those classified otherwise (share "
    "of the support), false positives beats of other classes classified as it (share of what is "
    "classified as it). Beside protocol `paper`: false negatives of N that the paper's recall "
    "leaves (0.97 for V1, 0.94 for V2); its other counts were not at hand."
)


def count(confusion: list[list[int]] | np.ndarray) -> dict[str, dict[str, Any]]:
    """False classifications per class.

    Parameters
    ----------
    confusion : array_like
        Integer (5, 5), rows annotated, columns classified.

    Returns
    -------
    dict
        Class to ``support``, ``false_negatives``, ``false_positives``, their shares (NaN where
        there is nothing to share) and ``missed_as`` and ``taken_from``, other classes to counts.
    """
    counts = np.asarray(confusion)
    table: dict[str, dict[str, Any]] = {}
    for index, symbol in enumerate(CLASSES):
        support, chosen = int(counts[index].sum()), int(counts[:, index].sum())
        right = int(counts[index, index])
        table[symbol] = {
            "support": support,
            "false_negatives": support - right,
            "false_positives": chosen - right,
            "false_negative_share": _share(support - right, support),
            "false_positive_share": _share(chosen - right, chosen),
            "missed_as": _others(counts[index], index),
            "taken_from": _others(counts[:, index], index),
        }
    return table


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _others(counts: np.ndarray, index: int) -> dict[str, int]:
    return {
        symbol: int(counts[other])
        for other, symbol in enumerate(CLASSES)
        if other != index and counts[other]
    }


def rows(results: list[dict[str, Any]]) -> Iterable[tuple[str, ...]]:
    """Cells of the table, one row a checkpoint and class; see :func:`head`."""
    for result in results:
        for symbol, found in count(result["confusion"]).items():
            yield (
                result["stem"],
                symbol,
                f"{found['support']:,}",
                _cell(found["false_negatives"], found["false_negative_share"]),
                _breakdown(found["missed_as"]),
                _cell(found["false_positives"], found["false_positive_share"]),
                _breakdown(found["taken_from"]),
                _published(result, symbol, found["support"]),
            )


def head() -> tuple[str, ...]:
    """Titles of the columns."""
    return ("checkpoint", "class", "support", "FN", "classified as", "FP", "annotated", "paper: FN")


def _cell(number: int, share: float) -> str:
    return f"{number:,}" + ("" if np.isnan(share) else f" ({100 * share:.1f} %)")


def _breakdown(others: dict[str, int]) -> str:
    return ", ".join(f"{symbol} {number:,}" for symbol, number in others.items())


def _published(result: dict[str, Any], symbol: str, support: int) -> str:
    if result["protocol"] != "paper" or symbol != "N":
        return ""
    missed = 1 - PAPER_NORMAL_RECALL[result["net"]]
    return f"{missed * support:.0f} ({100 * missed:.0f} %)"

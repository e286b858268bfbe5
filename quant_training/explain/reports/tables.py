"""Cells and tables of the report, as Markdown."""

from collections.abc import Iterable
from typing import Any

from quant_training.explain.waves.segments import SEGMENTS

Content = dict[str, Any]
"""What results/explain.json holds."""


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table, a row a line."""
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def figure(found: dict[str, Any], digits: int = 3, key: str = "interval") -> str:
    """Mean and interval."""
    low, high = found[key]
    return f"{found['mean']:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


def ratios(waves: dict[str, Any]) -> Iterable[str]:
    """Cells of a row of shares over time, one a segment."""
    for segment in SEGMENTS:
        ratio, above = waves[segment]["ratio"], waves[segment]["above"]
        text = "" if ratio is None else f"{ratio:.2f}"
        yield f"**{text}**" if above else text

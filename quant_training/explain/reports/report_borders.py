"""Tables on wave borders: the delineator against cardiologists, attribution on their waves."""

from collections.abc import Iterable

from arrhythminet.classes import CLASSES
from quant_training.explain.reports.tables import Content, ratios, table
from quant_training.explain.waves.delineate import REACH_MS
from quant_training.explain.waves.segments import SEGMENTS


def borders(content: Content) -> str:
    """How far the delineator's borders lie from annotated ones."""
    note = (
        f"MIT-BIH has no borders: they are {content['delineator']}, dwt within {REACH_MS[0]} ms "
        f"before and {REACH_MS[1]} ms after the R peak."
    )
    tables = []
    for database, found in content["annotated"].items():
        if found["delineator_error"] is None:
            continue
        rows = (
            (
                border,
                e["n"],
                e["missed"],
                e["unannotated"],
                f"{e['mean_ms']:+.0f}",
                f"{e['sd_ms']:.0f}",
                f"{e['median_absolute_ms']:.0f}",
            )
            for border, e in found["delineator_error"].items()
        )
        head = ("border", "both", "missed", "not annotated", "mean, ms", "sd, ms", "median |.|, ms")
        title = f"Against the cardiologists of {database.upper()} ({found['n']} beats):"
        tables += [title, table(head, rows)]
    if not tables:
        tables = ["LUDB and QTDB were not at hand: how far the borders lie was not measured."]
    return "\n\n".join([note, *tables])


def annotated(content: Content) -> Iterable[str]:
    """Attribution on annotated waves, a section a database."""
    for database, found in content["annotated"].items():
        yield f"## {database.upper()}: borders by cardiologists"
        yield (
            f"{found['n']} beats of {found['records']} records; their beats carry no class, so "
            "rows are what the network calls them. Ratios as above."
        )
        rows = []
        for stem, net in found["nets"].items():
            for name, figures in net["methods"].items():
                for symbol, waves in figures["waves"].items():
                    n = net["classified"][CLASSES.index(symbol)]
                    rows.append((stem, name, f"{symbol} ({n})", *ratios(waves)))
        yield table(("network", "map", "classified", *SEGMENTS), rows)

"""``python -m quant_training.explain``: explanations measured, drawn, and of one beat.

Without ``--record`` everything is measured on test beats of protocol ``beat`` and written to
results/explain.json, explain.md and plots. With it one beat becomes a PNG and an HTML page.
"""

from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console

from arrhythminet.errors import run_cli
from quant_training import CHECKPOINTS

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    record: Annotated[str | None, typer.Option(help="MIT-BIH record: explain one beat")] = None,
    beat: Annotated[int | None, typer.Option(help="Number of the record's beat, from 1")] = None,
    net: Annotated[str, typer.Option(help="Network that explains the one beat")] = "v2-w4a4",
    layer: Annotated[
        str | None, typer.Option(help="Finer layer shown for the one beat, such as b3.add")
    ] = None,
    golden: Annotated[
        Path | None, typer.Option(help="golden.npz: maps of its beats, beside it, for the board")
    ] = None,
    beats: Annotated[int, typer.Option(min=10, help="Test beats, as many of every class")] = 1000,
    ludb: Annotated[Path | None, typer.Option(help="LUDB's records; default LUDB_DIR")] = None,
    qtdb: Annotated[Path | None, typer.Option(help="QTDB's records; default QTDB_DIR")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Default: results, or build/explain for one beat")
    ] = None,
    checkpoints: Annotated[Path, typer.Option(help="Folder of the .pt files")] = CHECKPOINTS,
    seed: Annotated[int, typer.Option(min=0, help="Of the choice of beats and all draws")] = 0,
    threads: Annotated[int, typer.Option(min=1)] = 2,
) -> None:
    """Explain what the networks react to, and measure the explanations.

    Example: python -m quant_training.explain --record 208 --beat 12
    """
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    console = Console()
    # Quantus and shap take seconds to import: not before the arguments are read.
    if record is not None:
        from quant_training.explain.pictures import one_beat, page

        found = one_beat.explain(net, record, beat, layer, seed, checkpoints)
        console.print(page.title(found), highlight=False)
        for path in page.write(found, output or Path("build/explain")):
            print(path)
        return
    if golden is not None:
        from quant_training.explain.maps import golden_maps

        print(golden_maps.write(golden, net, checkpoints))
        return
    if beat is not None or layer is not None:
        from quant_training.explain.errors import ExplanationError

        raise ExplanationError("--beat and --layer explain one beat: name its --record, too")
    from quant_training.explain.run import run

    run(beats, ludb, qtdb, output or Path("results"), checkpoints, seed, console)


if __name__ == "__main__":
    run_cli(app)

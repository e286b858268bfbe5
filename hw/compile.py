"""``python -m hw.compile``: QONNX and golden integers in, RTL and estimates out."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from qonnx.core.modelwrapper import ModelWrapper
from rich.console import Console
from rich.table import Table

from arrhythminet import golden, steps
from arrhythminet.errors import ArrhythmiNetError
from arrhythminet.files import build_folder, write_json
from arrhythminet.golden import Golden
from arrhythminet.stem import Stem
from hw.compiler import checks, estimate, fifos, folding, stitch
from hw.compiler.configuration import (
    Configuration,
    configuration_file,
    configure,
    load_configuration,
)
from hw.compiler.graph import layer_graph

console = Console(stderr=True)
DEFAULT_CYCLES = {"v1": 4000, "v2": 2000}
"""Cycles a beat asked of the folding when none are named and none are committed."""


def compile_network(stem: str, max_cycles: int | None = None, force: bool = False) -> Path:
    """Compile ``build/<stem>/model.onnx`` into ``build/<stem>/rtl`` and its reports.

    Returns
    -------
    The build folder. Nothing is done again when the inputs are the same as last time.
    """
    build = build_folder(stem)
    path = configuration_file(stem)
    key = _fingerprint(build, path, max_cycles)
    rtl = build / "rtl"
    if not force and steps.finished(rtl, key):
        console.print(f"{build}/rtl is up to date")
        return build
    expected = golden.load(build / golden.FILE)
    with console.status(f"{stem}: streamlining and lowering, each stage against PyTorch"):
        model = layer_graph(build / "model.onnx", expected)
        configuration = load_configuration(path) if path.is_file() else None
        if configuration is None or max_cycles not in (None, configuration.max_cycles):
            cycles = max_cycles or DEFAULT_CYCLES.get(Stem.parse(stem).net, 4000)
            layers = folding.solve(model, cycles, Stem.parse(stem).dsp)
            configuration = Configuration(cycles, layers, {})
            generous = fifos.generous_depths(configure(model, configuration))
            configuration = replace(configuration, fifos=generous)
        model = configure(model, configuration)
        checks.check_streams(model, expected)
    with steps.finishing(rtl, key):
        write_outputs(model, stem, build, configuration, expected)
    return build


def write_outputs(
    model: ModelWrapper,
    stem: str,
    build: Path,
    configuration: Configuration,
    expected: Golden,
) -> None:
    """RTL, graph, manifest, configuration and estimates."""
    stitch.write(model, stem, build / "rtl")
    model.save(str(build / "dataflow.onnx"))
    write_json(build / "configuration.json", asdict(configuration))
    files = (build / "rtl" / "files.f").read_text().split()
    write_json(
        build / "network.json",
        {
            "stem": stem,
            "top": Stem.parse(stem).module,
            "rtl_sha256": steps.digest(build / "rtl" / name for name in files),
            "logit_scale": expected.logit_scale,
            "beat_samples": int(expected.beats.shape[1]),
            "classes": int(expected.logits.shape[1]),
            "checkpoint": expected.meta,
        },
    )
    report = build / "report"
    write_json(report / "estimate_layer_cycles.json", estimate.layer_cycles(model))
    write_json(report / "estimate_layer_resources.json", estimate.layer_resources(model))
    write_json(report / "estimate_network_performance.json", estimate.network_performance(model))


def _fingerprint(build: Path, configuration: Path, max_cycles: int | None) -> str:
    sources = sorted(p for p in Path(__file__).parent.rglob("*") if p.suffix in (".py", ".sv"))
    inputs = (build / "model.onnx", build / golden.FILE, configuration, *sources)
    return steps.digest((path for path in inputs if path.is_file()), str(max_cycles))


def _print_summary(build: Path) -> None:
    performance = json.loads((build / "report" / "estimate_network_performance.json").read_text())
    resources = json.loads((build / "report" / "estimate_layer_resources.json").read_text())
    table = Table("estimated", "value")
    table.add_row("interval, cycles a beat", f"{performance['max_cycles']:,}")
    table.add_row("slowest layer", performance["max_cycles_node_name"])
    for key, value in resources["total"].items():
        table.add_row(key, f"{value:,}")
    table.add_row("RTL", f"{build}/rtl")
    Console().print(table)


def main(
    net: Annotated[str, typer.Option(help="Stem, such as v2-w4a4 or v1-w4a4-paper")],
    ii: Annotated[
        int | None, typer.Option(min=1, help="Most cycles a beat; default: as committed")
    ] = None,
    force: Annotated[bool, typer.Option(help="Compile again even if nothing changed")] = False,
) -> None:
    """Compile a network to RTL with FINN, checking every stage against PyTorch.

    Examples: python -m hw.compile --net v2-w4a4; python -m hw.compile --net v1-w4a4 --ii 2000
    """
    try:
        _print_summary(compile_network(net, ii, force))
    except (ArrhythmiNetError, OSError) as error:
        console.print(f"[red]error:[/] {error}", soft_wrap=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)

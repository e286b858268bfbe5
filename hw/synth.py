"""Synthesise a compiled network with Yosys and report its resources, module by module."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from arrhythminet import steps
from arrhythminet.errors import ArrhythmiNetError
from arrhythminet.files import build_folder, write_json
from arrhythminet.stem import Stem
from hw.errors import HardwareError
from hw.implement import mapping, utilisation
from hw.tools import yosys

console = Console(stderr=True)
_ROWS = 25


def sources(build: Path) -> list[Path]:
    """RTL of a compiled network in reading order, the top module's file last."""
    listing = build / "rtl" / "files.f"
    if not listing.is_file():
        raise HardwareError(f"{listing} is missing; run: make compile NET={build.name}")
    lines = [line.strip() for line in listing.read_text().splitlines()]
    paths = [listing.parent / line for line in lines if line and not line.startswith(("#", "//"))]
    for path in paths:
        if not path.is_file():
            raise HardwareError(f"{path}, listed in {listing}, is missing; compile again")
    if not paths:
        raise HardwareError(f"{listing} names no file; compile again")
    return paths


def synthesise(
    folder: Path, paths: list[Path], mapped: tuple[str, Path] | None = None, dsp: bool = True
) -> Path:
    """Map RTL to the device's cells, without pads or clock buffers.

    Parameters
    ----------
    folder : Path
        Working folder; scripts and logs stay there.
    paths : list of Path
        Sources in reading order; the last one's file name is the top module.
    mapped : tuple of str and Path, optional
        A module that the sources instantiate and its netlist, left out of this one.
    dsp : bool
        Whether multiplications may take DSP48E1 slices.

    Returns
    -------
    Path
        ``netlist.json``. What the top module instantiates stays a module of its own in it, so
        that resources have names. Made again only when something it depends on changed.
    """
    top = paths[-1].stem
    elaborated = mapping.elaborate(folder, paths, top, mapped)
    output = folder / "netlist.json"
    command = mapping.recipe(dsp)

    def make(partial: Path) -> None:
        modules = mapping.map_modules(folder, elaborated.read_text(), top, command)
        partial.write_text(json.dumps({"creator": yosys.version(), "modules": modules}))

    steps.once(output, steps.digest([elaborated], yosys.version(), command), make)
    return output


def synthesise_network(build: Path) -> Path:
    """Netlist of the network compiled into ``build/<stem>``."""
    return synthesise(build / "synth", sources(build), dsp=Stem.parse(build.name).dsp)


def report(build: Path, netlist: Path) -> dict:
    """Write ``report/post_synth_resources.json`` and return it."""
    top = sources(build)[-1].stem
    total, instances = utilisation.of_netlist(json.loads(netlist.read_text()), top)
    modules = {name.removesuffix("_i"): counts for name, counts in instances.items()}
    result = {"total": total, "modules": modules, "tool": yosys.version()}
    write_json(build / "report" / "post_synth_resources.json", result)
    return result


def print_summary(result: dict) -> None:
    """Print resources as a table: the largest modules, the rest in one row, the total."""
    table = Table("module", *utilisation.KEYS)
    for column in table.columns[1:]:
        column.justify = "right"
    modules = sorted(result["modules"].items(), key=lambda item: -item[1]["LUT"])
    rows = modules[:_ROWS]
    if rest := modules[_ROWS:]:
        sums = {key: sum(counts[key] for _, counts in rest) for key in utilisation.KEYS}
        rows.append((f"{len(rest)} smaller ones", sums))
    for name, counts in [*rows, ("total", result["total"])]:
        table.add_row(name, *(f"{counts[key]:,}" for key in utilisation.KEYS))
    Console().print(table)


def main(
    net: Annotated[str, typer.Option(help="Stem of a compiled network, such as v2-w4a4")],
) -> None:
    """Synthesise a compiled network for the xc7z020 with Yosys and report its resources.

    Reads build/<stem>/rtl, writes build/<stem>/report/post_synth_resources.json. Takes minutes;
    not repeated while the RTL stays the same. Example: python -m hw.synth --net v2-w4a4
    """
    build = build_folder(net)
    try:
        with console.status(f"{net}: Yosys maps it to the device's cells ({build}/synth)"):
            netlist = synthesise_network(build)
        result = report(build, netlist)
        print_summary(result)
        utilisation.check_fits(result["total"], net)
    except (ArrhythmiNetError, OSError) as error:
        console.print(f"[red]error:[/] {error}", soft_wrap=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)

"""Bitstream of the overlay around a compiled network, by openXC7 or by Vivado."""

import json
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from arrhythminet import steps
from arrhythminet.errors import ArrhythmiNetError
from arrhythminet.files import build_folder, write_text
from arrhythminet.stem import Stem
from hw import synth
from hw.errors import HardwareError
from hw.implement import dsp_pairs, openxc7, publish, vivado
from hw.overlay import network, sources
from hw.tools import yosys

XDC = Path(__file__).parent / "implement" / "constraints" / "overlay.xdc"
console = Console(stderr=True)


class Flow(StrEnum):
    """Ways to a bitstream."""

    OPENXC7 = "openxc7"
    VIVADO = "vivado"


class Verify(StrEnum):
    """What a bitstream must pass before it is published."""

    RULES = "rules"
    FULL = "full"


def default_flow() -> Flow | None:
    """OpenXC7 if its place and route is on PATH, else Vivado if that is, else none."""
    if openxc7.TOOLS[0] not in openxc7.missing():
        return Flow.OPENXC7
    return Flow.VIVADO if vivado.available() else None


def constraints(folder: Path, clock_mhz: float | None) -> Path:
    """The committed constraints, with another clock if one is asked for."""
    text = XDC.read_text()
    if clock_mhz is not None:
        text = re.sub(r"-period [\d.]+", f"-period {1000 / clock_mhz:.3f}", text)
    path = folder / XDC.name
    if not path.is_file() or path.read_text() != text:
        write_text(path, text)
    return path


def flat_netlist(build: Path, folder: Path) -> Path:
    """Netlist of the whole design for place and route, from the network's own netlist."""
    wrapper = network.write(build.name, folder)
    top = synth.sources(build)[-1].stem
    mapped = synth.synthesise_network(build)
    shell = synth.synthesise(
        folder / "overlay",
        sources.design([], wrapper),
        mapped=(top, mapped),
        dsp=Stem.parse(build.name).dsp,
    )
    output = folder / "overlay.json"
    local = {"network.json": mapped, "shell.json": shell}
    commands = [
        yosys.LIBRARY,
        *(f"read_json {name}" for name in local),
        "setattr -mod -unset keep_hierarchy *",
        f"hierarchy -check -top {sources.TOP.stem}",
        "flatten",
        "opt_clean -purge",
        *yosys.write_netlist(f"{output.name}.tmp"),
    ]

    def make(partial: Path) -> None:
        try:
            for name, path in local.items():
                (folder / name).write_bytes(path.read_bytes())
            yosys.run(commands, folder, "link")
            netlist = json.loads(partial.read_text())
            dsp_pairs.join(netlist["modules"][sources.TOP.stem])
            partial.write_text(json.dumps(netlist))
        finally:
            for name in local:
                (folder / name).unlink(missing_ok=True)

    steps.once(
        output,
        steps.digest([mapped, shell, Path(dsp_pairs.__file__)], *commands, yosys.version()),
        make,
    )
    return output


def with_openxc7(build: Path, flow: openxc7.Flow, clock_mhz: float | None, seed: int) -> dict:
    """Bitstream by openXC7, its rules checked; returns ``post_route.json``."""
    folder = build / "bitstream"
    xdc = constraints(folder, clock_mhz)
    with console.status(f"{build.name}: Yosys maps network and overlay ({folder})"):
        netlist = flat_netlist(build, folder)
    with console.status(f"{build.name}: nextpnr-xilinx places and routes ({folder}/nextpnr.log)"):
        cells = openxc7.cells(netlist, sources.TOP.stem)
        openxc7.check_faults(openxc7.version(flow), cells)
        fasm = openxc7.place_and_route(flow, netlist, xdc, seed, folder)
        fasm = openxc7.mend(fasm, cells, folder)
    with console.status(f"{build.name}: Project X-Ray assembles the bitstream ({folder})"):
        openxc7.assemble(flow, fasm, folder, folder / "overlay.bit")
    with console.status(f"{build.name}: reading the bitstream back"):
        publish.check_rules(build, folder / "overlay.bit", flow.database, netlist)
    return openxc7.report(flow, folder)


def with_vivado(build: Path, clock_mhz: float | None) -> dict:
    """Bitstream by Vivado; returns ``post_route.json``."""
    folder = build / "bitstream"
    xdc = constraints(folder, clock_mhz)
    paths = sources.design(synth.sources(build), network.write(build.name, folder))
    with console.status(f"{build.name}: Vivado from sources to bitstream ({folder}/vivado.log)"):
        vivado.implement(paths, sources.TOP.stem, xdc, folder, folder / "overlay.bit")
    return vivado.report(folder)


def print_summary(build: Path, result: dict) -> None:
    """Print what was reached."""
    table = Table("after routing", "value")
    table.add_row("tool", result["tool"])
    table.add_row("clock", f"{result['fmax_mhz']} MHz, {result['clock_mhz']:g} MHz asked for")
    for key, count in result["utilisation"].items():
        table.add_row(key, f"{count:,}")
    table.add_row("bitstream", f"{build / build.name}.bit, .bin, .hwh")
    Console().print(table)


def build_bitstream(
    build: Path,
    flow: Flow | None = None,
    chipdb: Path | None = None,
    prjxray_db: Path | None = None,
    clock_mhz: float | None = None,
    seed: int = 1,
) -> dict:
    """Run a flow from the compiled network to the bitstream and return ``post_route.json``.

    Without the flow's programs everything up to the mapped netlist is made.
    """
    if clock_mhz is not None and not 1 <= clock_mhz <= 250:
        raise HardwareError(f"--clock-mhz {clock_mhz:g}: FCLK0 takes 1 to 250 MHz; use 100")
    synth.sources(build)
    flow = flow or default_flow()
    absent = ["vivado"] if flow is Flow.VIVADO else openxc7.missing()
    if flow is Flow.VIVADO and vivado.available():
        result = with_vivado(build, clock_mhz)
    elif absent:
        with console.status(f"{build.name}: Yosys maps network and overlay"):
            netlist = flat_netlist(build, build / "bitstream")
        raise HardwareError(
            f"not on PATH: {', '.join(absent)}. For a bitstream build openXC7 from "
            "github.com/openXC7 (nextpnr-xilinx, prjxray) or install Vivado, whose free edition "
            f"knows the xc7z020. Made so far: the mapped netlist {netlist}"
        )
    else:
        result = with_openxc7(build, openxc7.find(chipdb, prjxray_db), clock_mhz, seed)
    publish.publish(build, result)
    return result


def main(
    net: Annotated[str, typer.Option(help="Stem of a compiled network, such as v2-w4a4")],
    flow: Annotated[
        Flow | None, typer.Option(help="Default: openxc7 if it is on PATH, else vivado")
    ] = None,
    chipdb: Annotated[
        Path | None, typer.Option(envvar="CHIPDB", help="xc7z020.bin for nextpnr-xilinx")
    ] = None,
    prjxray_db: Annotated[
        Path | None, typer.Option(envvar="PRJXRAY_DB", help="Folder of prjxray-db")
    ] = None,
    clock_mhz: Annotated[
        float | None, typer.Option(help="Clock of the overlay; default: hw/constraints")
    ] = None,
    seed: Annotated[int, typer.Option(min=1, help="Seed of place and route (openXC7)")] = 1,
    verify: Annotated[
        Verify, typer.Option(envvar="VERIFY", help="full: also simulate the circuit in the file")
    ] = Verify.RULES,
) -> None:
    """Build the bitstream of the overlay around a compiled network.

    Writes build/<stem>/<stem>.bit, .bin, .hwh and report/post_route.json; logs stay in
    build/<stem>/bitstream. A finished step is not repeated. What openXC7 made is read back first,
    and published only if no electrical rule is broken. Example: python -m hw.bitstream
    --net v2-w4a4 --flow openxc7 --chipdb xc7z020.bin --prjxray-db prjxray-db
    """
    build = build_folder(net)
    try:
        result = build_bitstream(build, flow, chipdb, prjxray_db, clock_mhz, seed)
        if verify is Verify.FULL:
            with console.status(f"{net}: simulating the circuit in the bitstream (minutes)"):
                publish.demand_simulation(build, prjxray_db)
        print_summary(build, result)
    except (ArrhythmiNetError, OSError) as error:
        console.print(f"[red]error:[/] {error}", soft_wrap=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    typer.run(main)

"""The whole way: frames to a netlist, its ports and every broken rule."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hw.errors import HardwareError
from hw.readback import blockram, clocks, dsp, nodes, ps7, routing, slices
from hw.readback.database import Database
from hw.readback.features import Features, decode
from hw.readback.frames import Frames
from hw.readback.netlist import Cell, Netlist, Pins, SiteView, views

KINDS = ("SLICEL", "SLICEM", "DSP48E1", "RAMB18E1", "FIFO18E1", "RAMBFIFO36E1", "BUFGCTRL",
          "BUFHCE")  # fmt: skip
_SLICES = ("SLICEL", "SLICEM")
_SHOWN_BITS = 20


@dataclass
class Device:
    """What stays the same for every bitstream of the part."""

    database: Database
    fabric: routing.Fabric


@dataclass
class Recovered:
    """What a bitstream holds.

    Attributes
    ----------
    ports : dict of str to list
        The overlay's ports to nets, least significant first; empty where no PS7 is used.
    """

    features: Features
    routing: routing.Routing
    netlist: Netlist
    ports: dict[str, list[str | None]]


def device(database: Database, cache: Path = nodes.CACHE) -> Device:
    """Load the part's fabric; the first time takes about half a minute."""
    return Device(database, routing.fabric(database, nodes.load(database, cache)))


def recover(device_: Device, frames: Frames, features: Features | None = None) -> Recovered:
    """Netlist of a bitstream.

    Parameters
    ----------
    device_ : Device
        Of the frames' part.
    frames : Frames
        Configuration memory.
    features : Features, optional
        Its features, where they are known already.

    Raises
    ------
    HardwareError
        If the bitstream holds no logic at all.
    """
    database = device_.database
    features = features or decode(database, frames)
    routed = routing.route(database, device_.fabric, features)
    netlist = Netlist()
    pins = Pins(database, routed, netlist)
    check_bits(features, netlist)
    check_routing(database, routed, netlist)
    sites = views(database, features, pins, KINDS)
    build(sites, netlist, slices.carried([s for s in sites if s.kind in _SLICES]))
    clocks.check_enables(features, netlist)
    if not netlist.cells:
        raise HardwareError("the bitstream configures no logic: nothing to verify")
    ports: dict[str, list[str | None]] = {}
    if system := processor(database, pins):
        ports = ps7.build(system, netlist)
        ps7.check_clocks(system, netlist)
    check_sources(netlist, ports)
    return Recovered(features, routed, netlist, ports)


def build(sites: list[SiteView], netlist: Netlist, carries: set[str | None]) -> None:
    """Cells of sites; slices first: a LUT without inputs is a constant that others are tied to."""
    chosen = {kind: [site for site in sites if site.kind == kind] for kind in KINDS}
    slices.build(chosen["SLICEL"] + chosen["SLICEM"], netlist, carries)
    clocks.build(chosen["BUFGCTRL"] + chosen["BUFHCE"], netlist)
    dsp.build(chosen["DSP48E1"], netlist)
    whole = {site.tile: site for site in chosen["RAMBFIFO36E1"]}
    blockram.build(chosen["RAMB18E1"] + chosen["FIFO18E1"], whole, netlist)


def processor(database: Database, pins: Pins) -> SiteView | None:
    """The PS7's site."""
    for number, tile in enumerate(database.tiles):
        if tile.kind == "PSS2":
            sites = database.tile_type(tile.kind).sites
            place = next(p for p, site in enumerate(sites) if site.kind == "PS7")
            return SiteView(number, tile.name, "PS7", "PS7", {}, place, pins)
    return None


def check_bits(features: Features, netlist: Netlist) -> None:
    """No set bit is left unexplained."""
    for bit in features.unknown[:_SHOWN_BITS]:
        tiles = ", ".join(bit.tiles[:3]) or "no tile"
        netlist.broken(
            "unknown bit",
            f"frame {bit.frame:#010x} word {bit.word} bit {bit.bit}",
            f"set, but no feature explains it ({tiles})",
        )
    if len(features.unknown) > _SHOWN_BITS:
        more = len(features.unknown) - _SHOWN_BITS
        netlist.broken("unknown bit", "frames", f"{more} more set bits that no feature explains")


def check_routing(database: Database, routed: routing.Routing, netlist: Netlist) -> None:
    """Every branch has one beginning and an end."""
    for conflict in routed.conflicts:
        place = routed.fabric.nodes.name(conflict.node)
        netlist.broken("two drivers", place, " and ".join(conflict.drivers))
    for node in routed.loops:
        place = routed.fabric.nodes.name(node)
        netlist.broken("loop", place, "PIPs drive each other in a ring")
    pips, fabric = routed.pips, routed.fabric
    goes_on = np.zeros(fabric.nodes.count, bool)
    goes_on[pips[:, 0]] = True
    goes_on[fabric.fixed[fabric.fixed[:, 2] == routing.ALWAYS, 0]] = True
    goes_on[fabric.fixed[fabric.fixed[:, 2] == routing.REST, 0]] = True
    ends = ~goes_on[pips[:, 1]] & (fabric.inputs[pips[:, 1]] < 0)
    for row in pips[ends]:
        netlist.broken("dead end", routing.describe(database, row), "the branch reaches no pin")
    beginless = fabric.driver[routed.root[pips[:, 1]]] < 0
    for row in pips[beginless & (fabric.driver[routed.root[pips[:, 0]]] < 0)]:
        netlist.broken(
            "no driver", routing.describe(database, row), "the branch begins at no output"
        )


def check_sources(
    netlist: Netlist, ports: dict[str, list[str | None]], cells: list[Cell] | None = None
) -> None:
    """Every net that a cell reads (all, or some of them) is driven by a cell or a port."""
    driven = {net for cell in netlist.cells for net in cell.outputs.values()}
    driven |= {net for port in ps7.FROM_PROCESSOR for net in ports.get(port, ()) if net}
    for cell in netlist.cells if cells is None else cells:
        for pin, net in cell.inputs.items():
            source = netlist.net(net.removeprefix("~"))
            if source[0] != "1" and source not in driven:
                netlist.broken(
                    "no driver",
                    f"{cell.place} {pin}",
                    f"net {source} comes from a site that is not configured",
                )

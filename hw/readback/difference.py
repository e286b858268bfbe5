"""What a few changed bits do to a recovered netlist, without recovering all of it again."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from hw.readback import clocks, ps7, routing, slices
from hw.readback.features import Features, decode
from hw.readback.frames import Frames
from hw.readback.netlist import Cell, Netlist, Pins, Violation, views
from hw.readback.recover import (
    KINDS,
    Device,
    Recovered,
    build,
    check_bits,
    check_routing,
    check_sources,
    processor,
)
from hw.readback.verilog import Variant


@dataclass
class Effect:
    """What the changed bits do.

    Attributes
    ----------
    violations : list of Violation
        Rules that they break.
    variant : Variant
        What they change of the circuit; empty where they change nothing.
    """

    violations: list[Violation]
    variant: Variant = field(default_factory=lambda: Variant([], {}))


class Difference:
    """Compares bitstreams with one that was recovered and breaks no rule."""

    def __init__(self, device: Device, base: Recovered):
        self.device, self.base = device, base
        database = device.database
        self.numbers = {tile.name: number for number, tile in enumerate(database.tiles)}
        pins = Pins(database, base.routing, base.netlist)
        sites = views(database, base.features, pins, ("SLICEL", "SLICEM"))
        self.carries = slices.carried(sites)
        self.cells: dict[str, list[Cell]] = defaultdict(list)
        for cell in base.netlist.cells:
            self.cells[cell.place.split()[0]].append(cell)
        self.driven = list(base.netlist.cells)

    def of(self, frames: Frames, tiles: set[str], region: np.ndarray) -> Effect:
        """Effect of bits that changed in ``region``, which only ``tiles`` can own."""
        database, base = self.device.database, self.base
        found = decode(database, frames, tiles, region)
        changed = {name: found.of_tile.get(name, set()) for name in tiles}
        features = Features({**base.features.of_tile, **changed}, found.unknown)
        netlist = Netlist(alias=dict(base.netlist.alias))
        check_bits(features, netlist)
        routed, affected = base.routing, set(tiles)
        if self._moved(changed):
            routed = self._reroute(changed)
            check_routing(database, routed, netlist)
            affected |= self._reached(routed)
        if netlist.violations:
            return Effect(netlist.violations)
        pins = Pins(database, routed, netlist)
        sites = views(database, features, pins, KINDS, affected)
        for site in sites:
            prefix = f"{site.tile_name}_{site.name}_"
            for name in [name for name in netlist.alias if name.startswith(prefix)]:
                del netlist.alias[name]
            content = database.tile_type(database.tiles[site.tile].kind).sites[site.place]
            for pin, entry in content.pins.items():
                if entry.output:
                    netlist.alias.pop(site.output(pin), None)
        build(sites, netlist, self.carries)
        if any(name.startswith(("HCLK", "CLK")) for name in affected):
            clocks.check_enables(features, netlist)
        if any(name.startswith("PSS") for name in affected):
            system = processor(database, pins)
            if system is not None:
                ps7.build(system, netlist)
                ps7.check_clocks(system, netlist)
        fresh = netlist.cells
        netlist.cells = fresh + self.driven
        check_sources(netlist, self.base.ports, fresh)
        return Effect(netlist.violations, self._variant(netlist, fresh))

    def _moved(self, changed: dict[str, set[str]]) -> bool:
        """Whether any PIP was set or cleared."""
        for name, now in changed.items():
            before = self.base.features.of_tile.get(name, set())
            tile = self.device.database.tiles[self.numbers[name]]
            pips = self.device.database.tile_type(tile.kind).pip_index
            if any(tuple(feature.split(".")) in pips for feature in now ^ before):
                return True
        return False

    def _reroute(self, changed: dict[str, set[str]]) -> routing.Routing:
        database, fabric = self.device.database, self.device.fabric
        pips = self.base.routing.pips
        own = np.isin(pips[:, 3], [self.numbers[name] for name in changed])
        fresh = routing.set_pips(database, fabric.nodes, Features(changed, []))
        return routing.follow(database, fabric, np.concatenate([pips[~own], fresh]))

    def _reached(self, routed: routing.Routing) -> set[str]:
        """Tiles with a pin on a node whose net begins elsewhere now."""
        fabric, before = self.device.fabric, self.base.routing.root
        nodes = np.flatnonzero(routed.root != before)
        numbers = set(fabric.inputs[nodes].tolist())
        for roots in (before[nodes], routed.root[nodes]):
            places = fabric.driver[roots]
            numbers |= {fabric.outputs[place].tile for place in places[places >= 0].tolist()}
        return {self.device.database.tiles[number].name for number in numbers if number >= 0}

    def _variant(self, netlist: Netlist, fresh: list[Cell]) -> Variant:
        cells = []
        for cell in fresh:
            same = [
                other
                for other in self.cells[cell.place.split()[0]]
                if other.place == cell.place and other.kind == cell.kind
            ]
            if not same or same[0] != cell:
                cells.append(cell)
        before = self.base.netlist.alias
        alias = {name: net for name, net in netlist.alias.items() if before.get(name) != net}
        made = {net for cell in cells for net in cell.outputs.values()}
        return Variant(cells, {name: net for name, net in alias.items() if name not in made})

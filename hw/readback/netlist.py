"""A recovered netlist: cells on named nets, as the sites' configuration says."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from hw.readback.database import Database
from hw.readback.features import Features
from hw.readback.routing import NONE, Routing

ZERO, ONE = "1'b0", "1'b1"


@dataclass
class Cell:
    """One primitive.

    Attributes
    ----------
    kind : str
        Yosys' name of the primitive, or the project's model of it.
    place : str
        ``tile site.part``, for messages.
    settings : dict
        Its parameters.
    inputs, outputs : dict of str to str
        Net of each pin; pins of a bus carry their index (``A3``).
    """

    kind: str
    place: str
    settings: dict[str, int]
    inputs: dict[str, str]
    outputs: dict[str, str]


@dataclass(frozen=True)
class Violation:
    """A broken electrical rule."""

    rule: str
    place: str
    message: str


@dataclass
class Netlist:
    """Cells, what is another name for which net, and what broke a rule on the way."""

    cells: list[Cell] = field(default_factory=list)
    alias: dict[str, str] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    def add(self, cell: Cell) -> None:
        """Take one more cell."""
        self.cells.append(cell)

    def broken(self, rule: str, place: str, message: str) -> None:
        """Note a broken rule."""
        self.violations.append(Violation(rule, place, message))

    def net(self, name: str) -> str:
        """The net that ``name`` is another name for."""
        while name in self.alias:
            name = self.alias[name]
        return name


@dataclass(frozen=True)
class SiteView:
    """A site with its configuration and its pins' nets."""

    tile: int
    tile_name: str
    name: str
    kind: str
    features: dict[str, int]
    place: int
    pins: "Pins"

    def has(self, feature: str) -> bool:
        """Whether a feature is set."""
        return feature in self.features

    def input(self, pin: str) -> str | None:
        """Net that an input pin reads; None where nothing drives it and no default is known."""
        return self.pins.read(self, pin)

    def output(self, pin: str) -> str:
        """Net that an output pin drives."""
        return f"n{self.pins.node(self, pin)}"

    def consumed(self, pin: str) -> bool:
        """Whether a set PIP or a wired input takes an output pin's net."""
        return bool(self.pins.taken[self.pins.node(self, pin)])

    def __str__(self) -> str:
        return f"{self.tile_name} {self.name}"


class Pins:
    """Nets of sites' pins.

    Parameters
    ----------
    database : Database
        Of the part.
    routing : Routing
        Nets of the bitstream.
    netlist : Netlist
        What is built of it so far: names that stand for constants are read as these.
    """

    def __init__(self, database: Database, routing: Routing, netlist: Netlist):
        self.database, self.routing, self.netlist = database, routing, netlist
        self.nodes = routing.fabric.nodes
        self.taken = np.zeros(self.nodes.count, bool)
        self.taken[routing.root[routing.pips[:, 1]]] = True

    def node(self, site: SiteView, pin: str) -> int:
        """Node of a pin."""
        content = self.database.tile_type(self.database.tiles[site.tile].kind)
        wire = content.wires[content.sites[site.place].pins[pin].wire]
        return int(self.nodes.label[self.nodes.base[site.tile] + wire])

    def read(self, site: SiteView, pin: str) -> str | None:
        """Net that an input pin reads."""
        node = self.node(site, pin)
        output = self.routing.output(node)
        if output is None:
            return None
        if output.pin in ("HARD0", "HARD1"):
            return ONE if output.pin == "HARD1" else ZERO
        net = f"n{int(self.routing.root[node])}"
        through = self.netlist.net(net)
        return through if through in (ZERO, ONE) else net

    def floating(self, site: SiteView, pin: str) -> bool:
        """Whether not even a fixed connection leads to the pin's node."""
        return int(self.routing.kind[self.node(site, pin)]) == NONE


def views(
    database: Database,
    features: Features,
    pins: Pins,
    kinds: Iterable[str],
    only: set[str] | None = None,
) -> list[SiteView]:
    """Sites of some kinds in tiles that have a feature or whose output something takes.

    A LUT whose table is all 0 has no bit at all and still drives its output.
    """
    wanted = set(kinds)
    owners = pins.routing.fabric.driver[pins.taken]
    sources = {pins.routing.fabric.outputs[place].tile for place in owners[owners >= 0].tolist()}
    found = []
    for number, tile in enumerate(database.tiles):
        names = features.of_tile.get(tile.name, set())
        if (not names and number not in sources) or (only is not None and tile.name not in only):
            continue
        content = database.tile_type(tile.kind)
        chosen = [(p, s) for p, s in enumerate(content.sites) if s.kind in wanted]
        if not chosen:
            continue
        by_site: dict[str, dict[str, int]] = {}
        for name in names:
            parts = name.split(".")
            if parts[0] in ("DSP48", "BUFGCTRL", "BUFHCE"):
                parts = parts[1:]
            if len(parts) < 2:
                continue
            _collect(by_site.setdefault(parts[0], {}), ".".join(parts[1:]))
        for place, site in chosen:
            settings = by_site.get(site.name, {})
            found.append(SiteView(number, tile.name, site.name, site.kind, settings, place, pins))
    return found


def _collect(settings: dict[str, int], name: str) -> None:
    """Note a feature; indexed ones (``INIT[05]``) become one number."""
    if name.endswith("]"):
        name, index = name[:-1].split("[")
        settings[name] = settings.get(name, 0) | 1 << int(index)
    else:
        settings[name] = 1

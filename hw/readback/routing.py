"""Features to nets: which node drives which, from the set PIPs back to a site's output.

Order of drivers of a node: a PIP whose bits are set; a connection without bits that is always
there; the input that a multiplexer takes while all its bits are 0; the constant that Project
X-Ray documents for an unprogrammed interconnect input (``default`` in ``ppips_int_*.db``: 1).
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hw.readback.database import Database
from hw.readback.features import Features
from hw.readback.nodes import Nodes

NONE, SET, ALWAYS, REST, DEFAULT = range(5)


class Output(NamedTuple):
    """A site's output pin: tile number, place in the tile type's sites, pin."""

    tile: int
    site: int
    pin: str


class Conflict(NamedTuple):
    """A node with two drivers."""

    node: int
    drivers: tuple[str, ...]


@dataclass
class Fabric:
    """What never changes of a part: connections without bits, sites' pins. Arrays over nodes.

    Attributes
    ----------
    fixed : numpy.ndarray
        Rows (source node, destination node, kind, tile, PIP), int64, of connections without bits.
    outputs : list of Output
        Site outputs; ``driver`` holds the place in it of a node's output, else -1.
    inputs : numpy.ndarray
        Number of the tile whose site's input hangs on the node, else -1.
    idle : tuple of numpy.ndarray
        Source, kind, tile and PIP of every node while no PIP is set.
    """

    nodes: Nodes
    fixed: np.ndarray
    outputs: list[Output]
    driver: np.ndarray
    inputs: np.ndarray
    idle: tuple[np.ndarray, ...]


@dataclass
class Routing:
    """Nets of a bitstream, over nodes.

    Attributes
    ----------
    source : numpy.ndarray
        Node that drives each node, -1 where nothing does.
    kind : numpy.ndarray
        How: NONE, SET, ALWAYS, REST or DEFAULT.
    tile, pip : numpy.ndarray
        The PIP that drives each node (tile's number, place in its type), -1 without one.
    root : numpy.ndarray
        Where each node's net begins.
    """

    fabric: Fabric
    source: np.ndarray
    kind: np.ndarray
    tile: np.ndarray
    pip: np.ndarray
    root: np.ndarray
    conflicts: list[Conflict]
    loops: list[int]
    pips: np.ndarray

    def output(self, node: int) -> Output | None:
        """The site output at the beginning of a node's net."""
        place = int(self.fabric.driver[self.root[node]])
        return None if place < 0 else self.fabric.outputs[place]


def fabric(database: Database, nodes: Nodes) -> Fabric:
    """Connections without bits and sites' pins of the whole device."""
    of_kind = defaultdict(list)
    for number, tile in enumerate(database.tiles):
        of_kind[tile.kind].append(number)
    rows: list[np.ndarray] = []
    driver = np.full(nodes.count, -1, np.int32)
    inputs = np.full(nodes.count, -1, np.int32)
    outputs: list[Output] = []
    for kind, members in of_kind.items():
        content = database.tile_type(kind)
        tiles = np.array(members)
        base = nodes.base[tiles]

        def at(wire: str, base=base, wires=content.wires) -> np.ndarray:
            return nodes.label[base + wires[wire]]

        # A RAMB36 is two RAMB18: its own pins only repeat theirs
        ghosts = {
            pin.wire
            for site in content.sites
            if site.kind == "RAMBFIFO36E1"
            for pin in site.pins.values()
        }
        resting = [
            tuple(feature.name.split("."))
            for feature in database.features(kind, "CLB_IO_CLK")
            if not feature.ones and feature.name.count(".") == 1
        ]
        for number, pairs in (
            (ALWAYS, content.always),
            (REST, resting),
            (DEFAULT, content.default),
        ):
            for destination, source in pairs:
                if not {source, destination} <= content.wires.keys() or ghosts & {
                    source,
                    destination,
                }:
                    continue
                pip = content.pip_index.get((destination, source), (-1, False))[0]
                columns = [at(source), at(destination), np.full(len(tiles), number), tiles]
                rows.append(np.stack([*columns, np.full(len(tiles), pip)], axis=1))
        for place, site in enumerate(content.sites):
            if site.kind == "RAMBFIFO36E1":
                continue
            for name, pin in site.pins.items():
                if not pin.output:
                    inputs[at(pin.wire)] = tiles
                    continue
                driver[at(pin.wire)] = len(outputs) + np.arange(len(members))
                outputs += [Output(tile, place, name) for tile in members]
    fixed = np.concatenate(rows).astype(np.int64)
    return Fabric(nodes, fixed, outputs, driver, inputs, _idle(nodes.count, fixed, driver))


def _idle(count: int, fixed: np.ndarray, driver: np.ndarray) -> tuple[np.ndarray, ...]:
    source = np.full(count, -1, np.int32)
    kind = np.zeros(count, np.int8)
    tile = np.full(count, -1, np.int32)
    pip = np.full(count, -1, np.int32)
    for number in (DEFAULT, REST, ALWAYS):
        some = fixed[fixed[:, 2] == number]
        source[some[:, 1]], kind[some[:, 1]] = some[:, 0], number
        tile[some[:, 1]], pip[some[:, 1]] = some[:, 3], some[:, 4]
    # A site that drives a node outranks what only rests there
    source[driver >= 0], kind[driver >= 0] = -1, NONE
    return source, kind, tile, pip


def set_pips(database: Database, nodes: Nodes, features: Features) -> np.ndarray:
    """Rows (source node, destination node, kind, tile, PIP) of PIPs whose bits are set."""
    numbers = {tile.name: number for number, tile in enumerate(database.tiles)}
    rows = []
    for name, found in features.of_tile.items():
        number = numbers[name]
        content = database.tile_type(database.tiles[number].kind)
        base = int(nodes.base[number])
        for feature in found:
            parts = feature.split(".")
            if len(parts) != 2:
                continue
            known = content.pip_index.get((parts[0], parts[1]))
            if known is not None:
                source = int(nodes.label[base + content.wires[parts[1]]])
                destination = int(nodes.label[base + content.wires[parts[0]]])
                rows.append((source, destination, SET, number, known[0]))
    return np.array(rows, np.int64).reshape(-1, 5)


def route(database: Database, fabric_: Fabric, features: Features) -> Routing:
    """Follow every net of a bitstream back to its source."""
    return follow(database, fabric_, set_pips(database, fabric_.nodes, features))


def follow(database: Database, fabric_: Fabric, pips: np.ndarray) -> Routing:
    """Nets from rows of :func:`set_pips`."""
    source, kind, tile, pip = (column.copy() for column in fabric_.idle)
    source[pips[:, 1]], kind[pips[:, 1]] = pips[:, 0], SET
    tile[pips[:, 1]], pip[pips[:, 1]] = pips[:, 3], pips[:, 4]
    root, loops = _roots(source)
    result = Routing(fabric_, source, kind, tile, pip, root, [], loops, pips)
    result.conflicts = _conflicts(database, result)
    return result


def _roots(source: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Beginning of each node's net by doubling; nodes that only drive each other are loops."""
    root = np.where(source >= 0, source, np.arange(len(source), dtype=np.int32))
    for _ in range(16):
        further = root[root]
        if (further == root).all():
            break
        root = further
    stuck = np.flatnonzero(source[root] >= 0)
    return root, np.unique(root[stuck]).tolist()


def describe(database: Database, row: np.ndarray) -> str:
    """``tile.destination<-source`` of a PIP's row."""
    tile = database.tiles[int(row[3])]
    pip = database.tile_type(tile.kind).pips[int(row[4])]
    return f"{tile.name} {pip.source}->{pip.destination}"


def _conflicts(database: Database, routing: Routing) -> list[Conflict]:
    """Nodes that two set PIPs, or a set PIP and a site, drive."""
    pips, driver = routing.pips, routing.fabric.driver
    order = np.argsort(pips[:, 1], kind="stable")
    ordered = pips[order]
    same = np.flatnonzero(ordered[1:, 1] == ordered[:-1, 1])
    drivers: dict[int, list[str]] = defaultdict(list)
    for place in same:
        node = int(ordered[place, 1])
        for row in ordered[place : place + 2]:
            said = describe(database, row)
            if said not in drivers[node]:
                drivers[node].append(said)
    for row in pips[driver[pips[:, 1]] >= 0]:
        output = routing.fabric.outputs[driver[row[1]]]
        tile = database.tiles[output.tile]
        site = database.tile_type(tile.kind).sites[output.site]
        drivers[int(row[1])] += [describe(database, row), f"{tile.name} {site.name}.{output.pin}"]
    return [Conflict(node, tuple(said)) for node, said in drivers.items()]

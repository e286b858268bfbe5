"""Nodes: wires of neighbouring tiles that are one piece of metal, numbered over the device."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hw.readback.database import Database

CACHE = Path("build/readback")


@dataclass
class Nodes:
    """Node of every wire.

    Attributes
    ----------
    base : numpy.ndarray
        First wire number of each tile, int64, one more than there are tiles.
    label : numpy.ndarray
        Node of each wire, int32.
    count : int
        Number of nodes.
    """

    database: Database
    base: np.ndarray
    label: np.ndarray
    count: int

    def of(self, tile: int, wire: str) -> int:
        """Node of a wire of a tile."""
        wires = self.database.tile_type(self.database.tiles[tile].kind).wires
        return int(self.label[self.base[tile] + wires[wire]])

    def name(self, node: int) -> str:
        """``tile/wire`` of one wire of a node, for messages."""
        wire = int(np.flatnonzero(self.label == node)[0])
        tile = int(np.searchsorted(self.base, wire, "right")) - 1
        wires = self.database.tile_type(self.database.tiles[tile].kind).wires
        return f"{self.database.tiles[tile].name}/{list(wires)[wire - int(self.base[tile])]}"


def load(database: Database, cache: Path = CACHE) -> Nodes:
    """Nodes of the part, from ``tileconn.json``; kept in ``cache``."""
    _add_wires(database)
    sizes = [len(database.tile_type(tile.kind).wires) for tile in database.tiles]
    base = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    digest = hashlib.sha256()
    for name in ("tileconn.json", "tilegrid.json"):
        digest.update(database.fabric_file(name).read_bytes())
    path = cache / f"nodes-{digest.hexdigest()[:16]}.npy"
    if path.is_file():
        label = np.load(path)
    else:
        label = _unite(database, base)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".tmp.npy")
        np.save(partial, label)
        partial.replace(path)
    return Nodes(database, base, label, int(label.max()) + 1)


def _add_wires(database: Database) -> None:
    """Joins may name wires that a tile type does not list: dead ends at the device's edges."""
    for join in database.joins:
        for side, kind in enumerate(join["tile_types"]):
            wires = database.tile_type(kind).wires
            for pair in join["wire_pairs"]:
                wires.setdefault(pair[side], len(wires))


def _unite(database: Database, base: np.ndarray) -> np.ndarray:
    """Connected pieces of all joins."""
    # scipy is slow to import and only wanted on the first run
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    place = {(tile.x, tile.y): number for number, tile in enumerate(database.tiles)}
    of_kind = defaultdict(list)
    for number, tile in enumerate(database.tiles):
        of_kind[tile.kind].append(number)
    left, right = [], []
    for join in database.joins:
        first_kind, second_kind = join["tile_types"]
        dx, dy = join["grid_deltas"]
        pairs = []
        for number in of_kind[first_kind]:
            tile = database.tiles[number]
            other = place.get((tile.x + dx, tile.y + dy))
            if other is not None and database.tiles[other].kind == second_kind:
                pairs.append((number, other))
        if not pairs:
            continue
        first, second = base[np.array(pairs)].T
        first_wires = database.tile_type(first_kind).wires
        second_wires = database.tile_type(second_kind).wires
        for one, two in join["wire_pairs"]:
            left.append(first + first_wires[one])
            right.append(second + second_wires[two])
    rows, columns = np.concatenate(left), np.concatenate(right)
    size = int(base[-1])
    links = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(size, size))
    return connected_components(links, directed=False)[1].astype(np.int32)

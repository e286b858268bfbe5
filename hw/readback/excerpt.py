"""Cut out of Project X-Ray's database what one small bitstream needs, for tests without it.

``python -m hw.readback.excerpt --bit small.bit --output excerpt.json.xz`` writes one JSON object:
file name in the database to content. The database is CC0.
"""

import json
import lzma
from collections import defaultdict
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from hw.implement.device import PART
from hw.readback import nodes, routing
from hw.readback.database import FABRIC, Database
from hw.readback.features import Features, decode
from hw.readback.frames import read_bit

_SITES = ("SLICE", "DSP48", "RAMB", "FIFO", "BUFG", "BUFH", "PS7", "TIEOFF")
_TABLES = (".INIT_", ".INITP_", "LUT.INIT[")


def used_wires(fabric: routing.Fabric, features: Features) -> dict[int, set[int]]:
    """Tile number to the wires (places in its type) of every node that the bitstream drives."""
    database, all_nodes = fabric.nodes.database, fabric.nodes
    routed = routing.route(database, fabric, features)
    wanted = np.zeros(all_nodes.count, bool)
    wanted[routed.pips[:, :2].ravel()] = True
    active = wanted.copy()
    for _ in range(4):
        # Fixed connections lead on from what is driven, to the pins
        fixed = fabric.fixed[fabric.fixed[:, 2] != routing.DEFAULT]
        active[fixed[active[fixed[:, 0]], 1]] = True
    tiles = {t.name for t in database.tiles if features.of_tile.get(t.name)}
    for number, tile in enumerate(database.tiles):
        if tile.name in tiles or tile.kind == "PSS2":
            for site in database.tile_type(tile.kind).sites:
                if site.kind.startswith(_SITES):
                    for pin in site.pins.values():
                        node = all_nodes.of(number, pin.wire)
                        while node >= 0:
                            active[node] = True
                            node = int(routed.source[node])
    found: dict[int, set[int]] = defaultdict(set)
    for wire in np.flatnonzero(active[all_nodes.label]).tolist():
        owner = int(np.searchsorted(all_nodes.base, wire, "right")) - 1
        found[owner].add(wire - int(all_nodes.base[owner]))
    return found


def cut(database: Database, features: Features, wires: dict[int, set[int]]) -> dict[str, object]:
    """Files of the excerpt by name."""
    folder = database.folder
    kinds: dict[str, set[str]] = defaultdict(set)
    for number, places in wires.items():
        listed = list(database.tile_type(database.tiles[number].kind).wires)
        kinds[database.tiles[number].kind] |= {listed[place] for place in places}
    held: dict[str, set[str]] = defaultdict(set)
    for number, tile in enumerate(database.tiles):
        held[tile.kind] |= features.of_tile.get(tile.name, set())
        if features.of_tile.get(tile.name):
            wires.setdefault(number, set())
            kinds[tile.kind] |= set()
    grid = json.loads((folder / FABRIC / "tilegrid.json").read_text())
    kept = {database.tiles[number].name for number in wires}
    files: dict[str, object] = {
        f"{FABRIC}/tilegrid.json": {name: grid[name] for name in sorted(kept)},
        f"{PART}/part.json": json.loads(database.part_json.read_text()),
    }
    joins: list[dict] = []
    for join in database.joins:
        one, two = (kinds.get(side, set()) for side in join["tile_types"])
        pairs = [pair for pair in join["wire_pairs"] if pair[0] in one and pair[1] in two]
        if pairs:
            joins.append(join | {"wire_pairs": pairs})
    files[f"{FABRIC}/tileconn.json"] = joins
    for kind, names in kinds.items():
        content = json.loads((folder / f"tile_type_{kind}.json").read_text())
        content["wires"] = {n: None for n in content["wires"] if n in names}
        content["pips"] = {
            name: pip
            for name, pip in content["pips"].items()
            if pip["src_wire"] in names and pip["dst_wire"] in names
        }
        kept_sites = [site for site in content["sites"] if site["type"].startswith(_SITES)]
        for site in kept_sites:
            site["site_pins"] = {
                name: {"wire": pin["wire"]}
                for name, pin in site["site_pins"].items()
                if pin and pin.get("wire") in names
            }
            path = f"site_type_{site['type']}.json"
            files[path] = json.loads((folder / path).read_text()) | {"site_pips": {}}
        content["sites"] = kept_sites
        for pip in content["pips"].values():
            pip["src_to_dst"] = {"delay": None, "res": "0"}
        files[f"tile_type_{kind}.json"] = content
        for suffix in ("", ".block_ram"):
            _lines(files, folder / f"segbits_{kind.lower()}{suffix}.db", held[kind], names)
        _lines(files, folder / f"ppips_{kind.lower()}.db", held[kind], names)
    return files


def _lines(files: dict[str, object], path: Path, held: set[str], names: set[str]) -> None:
    """Lines of features that are set, or of a site's mode, or between kept wires."""
    if not path.is_file():
        return
    kept = []
    for line in path.read_text().splitlines():
        name = line.split()[0].split(".", 1)[1]
        parts = name.split(".")
        pip = len(parts) == 2 and parts[0] in names and parts[1] in names
        mode = "." in name and not any(part in name for part in _TABLES) and len(parts) != 2
        resting = all(bit[0] == "!" for bit in line.split()[1:])
        plain = "!" not in line or "ppips" in path.name
        if name in held or mode or (pip and (plain or resting)):
            kept.append(line)
    if kept:
        files[path.name] = "\n".join(kept) + "\n"


def main(
    bit: Annotated[Path, typer.Option(help="small bitstream")],
    output: Annotated[Path, typer.Option(help="excerpt to write, .json.xz")],
    prjxray_db: Annotated[Path, typer.Option(envvar="PRJXRAY_DB")],
) -> None:
    """Write the excerpt."""
    database = Database(prjxray_db)
    fabric = routing.fabric(database, nodes.load(database))
    features = decode(database, read_bit(bit, database.part_json))
    files = cut(database, features, used_wires(fabric, features))
    output.write_bytes(lzma.compress(json.dumps(files).encode(), preset=9))
    typer.echo(f"{output}: {len(files)} files, {output.stat().st_size} bytes")


if __name__ == "__main__":
    typer.run(main)

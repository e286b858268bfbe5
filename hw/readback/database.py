"""Project X-Ray's database of a 7-series part: tiles, feature bits, PIPs, joins of wires."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from hw.errors import HardwareError
from hw.implement.device import PART

FABRIC = "xc7z020"
_SEGBIT = re.compile(r"(!?)(\d+)_(\d+)")


class Block(NamedTuple):
    """Where a tile's bits lie: frames from ``base``, words from ``offset``."""

    bus: str
    base: int
    frames: int
    offset: int
    words: int
    kind: str
    first_word: int


@dataclass(frozen=True)
class Tile:
    """One tile of the grid."""

    name: str
    kind: str
    x: int
    y: int
    sites: dict[str, str]
    blocks: tuple[Block, ...]


class Feature(NamedTuple):
    """A feature of a tile type: it holds where all ``ones`` are 1 and all ``zeros`` are 0.

    Bits are numbered ``frame * 32 * words + bit`` in the tile type's own block.
    """

    name: str
    ones: tuple[tuple[int, int], ...]
    zeros: tuple[tuple[int, int], ...]


class Pip(NamedTuple):
    """A connection of two wires of a tile."""

    source: str
    destination: str
    both_ways: bool


class Pin(NamedTuple):
    """A site's pin: the tile's wire, and whether the site drives it."""

    wire: str
    output: bool


class Site(NamedTuple):
    """A site of a tile type. ``name`` as features spell it (``SLICEM_X0``)."""

    name: str
    kind: str
    pins: dict[str, Pin]


class TileType:
    """Wires, PIPs and sites of a tile type."""

    def __init__(self, folder: Path, kind: str, content: dict[str, Any]):
        self.kind = kind
        self.wires = {name: index for index, name in enumerate(content["wires"])}
        self.pips = [_pip(value) for value in content["pips"].values()]
        self.pip_index = {}
        for index, pip in enumerate(self.pips):
            self.pip_index[pip.destination, pip.source] = index, False
            if pip.both_ways:
                self.pip_index[pip.source, pip.destination] = index, True
        self.sites = [_site(folder, kind, value) for value in content["sites"]]
        outputs = {pin.wire for site in self.sites for pin in site.pins.values() if pin.output}
        self.always: list[tuple[str, str]] = []
        self.default: list[tuple[str, str]] = []
        path = folder / f"ppips_{kind.lower()}.db"
        for line in path.read_text().splitlines() if path.is_file() else ():
            name, _, tag = line.partition(" ")
            _, destination, source = name.split(".")
            # A pseudo PIP onto a site's output is a way through the site, not a wire
            if tag == "always" and destination not in outputs:
                self.always.append((destination, source))
            elif tag == "default":
                self.default.append((destination, source))


def _pip(value: dict) -> Pip:
    return Pip(value["src_wire"], value["dst_wire"], value["is_directional"] != "1")


def _site(folder: Path, kind: str, value: dict) -> Site:
    path = folder / f"site_type_{value['type']}.json"
    directions = json.loads(path.read_text())["site_pins"] if path.is_file() else {}
    pins = {}
    for name, pin in value["site_pins"].items():
        if pin and pin.get("wire"):
            output = directions.get(name, {}).get("direction") != "IN"
            # A FIFO18E1 site names its pins otherwise, its wires are a RAMB18E1's
            if value["type"] == "FIFO18E1":
                name = pin["wire"].removeprefix("BRAM_FIFO18_")
            pins[name] = Pin(pin["wire"], output)
    prefix, x, y = value["prefix"], value["x_coord"], value["y_coord"]
    names = {
        "SLICE": f"{value['type']}_X{x}",
        "RAMB18": f"RAMB18_Y{y}",
        "RAMB36": "RAMB36",
        "DSP48": f"DSP_{y}",
    }
    return Site(names.get(prefix, f"{prefix}_X{x}Y{y}"), value["type"], pins)


class Database:
    """Project X-Ray's database, read as far as it is asked.

    Parameters
    ----------
    root : Path or None
        Its folder, or the ``zynq7`` in it.

    Raises
    ------
    HardwareError
        If it is missing or incomplete; names the file.
    """

    def __init__(self, root: Path | None):
        if root is None:
            raise HardwareError(
                "PRJXRAY_DB is missing: set it to a clone of github.com/openXC7/prjxray-db"
            )
        self.folder = root / "zynq7" if (root / "zynq7").is_dir() else root
        self.part_json = self._path(f"{PART}/part.json")
        self._types: dict[str, TileType] = {}
        self._features: dict[tuple[str, str], list[Feature]] = {}

    def _path(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file() or not path.stat().st_size:
            raise HardwareError(
                f"{path} is missing or empty: PRJXRAY_DB takes a complete prjxray-db"
            )
        return path

    def fabric_file(self, name: str) -> Path:
        """A file of the part's fabric, checked to be there."""
        return self._path(f"{FABRIC}/{name}")

    def _json(self, name: str) -> Any:
        return json.loads(self._path(name).read_text())

    @cached_property
    def tiles(self) -> list[Tile]:
        """Every tile of the grid; a tile's place in the list is its number."""
        tiles = []
        for name, entry in self._json(f"{FABRIC}/tilegrid.json").items():
            blocks = []
            for bus, bits in entry.get("bits", {}).items():
                alias = bits.get("alias") or {}
                blocks.append(
                    Block(
                        *(bus, int(bits["baseaddr"], 16), bits["frames"], bits["offset"]),
                        *(bits["words"], alias.get("type", entry["type"])),
                        alias.get("start_offset", 0),
                    )
                )
            tiles.append(
                Tile(
                    *(name, entry["type"], entry["grid_x"], entry["grid_y"]),
                    *(entry["sites"], tuple(blocks)),
                )
            )
        return tiles

    @cached_property
    def joins(self) -> list[dict]:
        """Project X-Ray's ``tileconn.json``: wires of neighbouring tiles that are one."""
        return self._json(f"{FABRIC}/tileconn.json")

    def tile_type(self, kind: str) -> TileType:
        """Wires, PIPs and sites of ``kind``."""
        if kind not in self._types:
            content = self._json(f"tile_type_{kind}.json")
            self._types[kind] = TileType(self.folder, kind, content)
        return self._types[kind]

    def features(self, kind: str, bus: str) -> list[Feature]:
        """Features of ``kind`` on a configuration bus; empty where the database knows none."""
        key = kind, bus
        if key not in self._features:
            suffix = ".block_ram" if bus == "BLOCK_RAM" else ""
            path = self.folder / f"segbits_{kind.lower()}{suffix}.db"
            lines = path.read_text().splitlines() if path.is_file() else []
            self._features[key] = [_feature(line) for line in lines if line.strip()]
        return self._features[key]


def _feature(line: str) -> Feature:
    name, *bits = line.split()
    ones: list[tuple[int, int]] = []
    zeros: list[tuple[int, int]] = []
    for bit in bits:
        match = _SEGBIT.fullmatch(bit)
        if not match:
            raise HardwareError(f"Project X-Ray's database has a bit {bit!r} in {name}")
        (zeros if match[1] else ones).append((int(match[2]), int(match[3])))
    return Feature(name.split(".", 1)[1], tuple(ones), tuple(zeros))

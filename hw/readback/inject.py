"""Faults in configuration frames: drawn at random, kind by kind, and what each changes."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hw.readback.database import Block, Database, Feature, Tile
from hw.readback.features import Features
from hw.readback.frames import Frames


@dataclass(frozen=True)
class Fault:
    """Bits to invert.

    Attributes
    ----------
    kind : str
        What was aimed at.
    place : str
        ``tile feature``.
    tile : str
        The tile aimed at.
    flips : tuple of (int, int, int)
        Frame base address, frame after it, bit of the frame.
    """

    kind: str
    place: str
    tile: str
    flips: tuple[tuple[int, int, int], ...]


KINDS = (
    "LUT table bit", "PIP removed", "PIP added", "DSP constant tie removed", "DSP mode bit",
    "RAM content bit", "LUT RAM content bit", "RAM width", "clock enable", "reset polarity",
    "multiplexer in a slice", "clock branch", "unused LUT table bit",
)  # fmt: skip


class Injector:
    """Draws faults for one bitstream.

    Parameters
    ----------
    database : Database
        Of its part.
    frames : Frames
        The bitstream without a fault.
    features : Features
        What it holds.
    seed : int
        Of the draw.
    """

    def __init__(self, database: Database, frames: Frames, features: Features, seed: int):
        self.database, self.frames, self.features = database, frames, features
        self.random = random.Random(seed)
        self.tiles = [tile for tile in database.tiles if tile.name in features.of_tile]

    def draw(self, kind: str, count: int) -> list[Fault]:
        """``count`` different faults of a kind."""
        found: dict[tuple, Fault] = {}
        for _ in range(1000 * count):
            fault = self._one(kind)
            if fault is not None:
                found.setdefault(fault.flips, fault)
            if len(found) == count:
                break
        return list(found.values())

    def _one(self, kind: str) -> Fault | None:
        if kind in ("PIP removed", "PIP added"):
            return self._pip(kind)
        prefixes, wanted = _TARGETS[kind]
        tile = self.random.choice([t for t in self.tiles if t.kind.startswith(prefixes)])
        held = self.features.of_tile[tile.name]
        options = []
        for block, feature in self._features(tile):
            if wanted(feature.name, held):
                options.append((block, feature))
        if not options:
            return None
        block, feature = self.random.choice(options)
        places = [*feature.ones, *feature.zeros]
        # A single bit, but for a tie: that is the whole connection
        chosen = feature.ones if "tie" in kind else [self.random.choice(places)]
        return self._fault(kind, tile, block, feature.name, list(chosen))

    def _features(self, tile: Tile) -> Iterator[tuple[Block, Feature]]:
        for block in tile.blocks:
            for feature in self.database.features(block.kind, block.bus):
                yield block, feature

    def _pip(self, kind: str) -> Fault | None:
        tile = self.random.choice([t for t in self.tiles if t.kind.startswith("INT_")])
        held = self.features.of_tile[tile.name]
        pips = self.database.tile_type(tile.kind).pip_index
        options = [
            (block, feature)
            for block, feature in self._features(tile)
            if tuple(feature.name.split(".")) in pips
            and (feature.name in held) == (kind == "PIP removed")
        ]
        if not options:
            return None
        block, feature = self.random.choice(options)
        bits = self.frames.bits(block.base, block.frames, block.offset, block.words)
        value = int(kind == "PIP removed")
        places = [place for place in feature.ones if bits[place] == value]
        return self._fault(kind, tile, block, feature.name, places) if places else None

    @staticmethod
    def _fault(
        kind: str, tile: Tile, block: Block, name: str, places: list[tuple[int, int]]
    ) -> Fault:
        first = 32 * (block.offset - block.first_word)
        flips = tuple((block.base, frame, first + bit) for frame, bit in places)
        return Fault(kind, f"{tile.name} {name}", tile.name, flips)


def inject(frames: Frames, fault: Fault) -> tuple[Frames, np.ndarray]:
    """Frames with a fault, and the mask of the words that it touched."""
    wrong = frames.copy()
    region = np.zeros_like(frames.words)
    for base, frame, bit in fault.flips:
        wrong.flip(base, frame, bit)
        region[frames.index[base] + frame, bit // 32] = 0xFFFF_FFFF
    return wrong, region


def owners(database: Database, frames: Frames, region: np.ndarray) -> set[str]:
    """Tiles whose bits the touched words may be."""
    rows, columns = np.nonzero(region)
    found = set()
    for tile in database.tiles:
        for block in tile.blocks:
            first = frames.index[block.base]
            inside = (rows >= first) & (rows < first + block.frames)
            inside &= (columns >= block.offset) & (columns < block.offset + block.words)
            if inside.any():
                found.add(tile.name)
    return found


def _lut_used(name: str, held: set[str]) -> bool:
    site = name.split("LUT.")[0]
    return "LUT.INIT[" in name and any(
        other.startswith((f"{site}OUTMUX", f"{site}FFMUX", f"{site}LUT.INIT")) for other in held
    )


def _lut_unused(name: str, held: set[str]) -> bool:
    site = name.split("LUT.")[0]
    return "LUT.INIT[" in name and not any(other.startswith(f"{site}LUT.INIT") for other in held)


def _dsp_mode(name: str, held: set[str]) -> bool:
    used = {other.split(".")[1] for other in held if other.startswith("DSP48.")}
    parts = name.split(".")
    unread = ("MASK", "PATTERN", "SEL_MASK", "AUTORESET")
    return parts[0] == "DSP48" and parts[1] in used and not parts[2].startswith(unread)


def _ram_used(name: str, held: set[str]) -> bool:
    return f"{name.split('.')[0]}.IN_USE" in held


_TARGETS = {
    "LUT table bit": (("CLBL",), lambda n, held: _lut_used(n, held) and not _in_ram(n, held)),
    "unused LUT table bit": (("CLBL",), _lut_unused),
    "LUT RAM content bit": (("CLBLM",), lambda n, held: "LUT.INIT[" in n and _in_ram(n, held)),
    "DSP constant tie removed": (("DSP_",), lambda n, held: n in held and ".DSP_GND_" in n),
    "DSP mode bit": (("DSP_",), _dsp_mode),
    "RAM content bit": (("BRAM_",), lambda n, held: ".INIT" in n and _ram_used(n, held)),
    "RAM width": (("BRAM_",), lambda n, held: "_WIDTH_" in n and _ram_used(n, held)),
    "clock enable": (("CLBL",), lambda n, held: n.endswith("CEUSEDMUX")),
    "reset polarity": (
        ("CLBL",), lambda n, held: n.endswith((".ZRST", ".ZINI", "FFSYNC", "SRUSEDMUX", "CLKINV")),
    ),
    "multiplexer in a slice": (
        ("CLBL",), lambda n, held: n in held and ("MUX." in n or "CY0" in n or "PRECYINIT" in n),
    ),
    "clock branch": (
        ("HCLK_", "CLK_"), lambda n, held: n in held and ("CLK" in n or "BUF" in n),
    ),
}  # fmt: skip


def _in_ram(name: str, held: set[str]) -> bool:
    return f"{name.split('.INIT')[0]}.RAM" in held

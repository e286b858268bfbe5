"""Frames to features: what every tile's bits say, and which bits nothing explains."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from hw.readback.database import Block, Database
from hw.readback.frames import Frames, without_ecc


@dataclass(frozen=True)
class UnknownBit:
    """A set bit that no feature explains: frame address, word, bit, tiles it could belong to."""

    frame: int
    word: int
    bit: int
    tiles: tuple[str, ...]


@dataclass
class Features:
    """Features of a bitstream.

    Attributes
    ----------
    of_tile : dict of str to set of str
        Tile to its features, spelt as FASM does after the tile's name.
    unknown : list of UnknownBit
        Set bits that no feature explains.
    """

    of_tile: dict[str, set[str]]
    unknown: list[UnknownBit]


def _groups(database: Database) -> dict[tuple[str, str, int, int], list[tuple[str, Block]]]:
    groups = defaultdict(list)
    for tile in database.tiles:
        for block in tile.blocks:
            groups[block.kind, block.bus, block.frames, block.words].append((tile.name, block))
    return groups


def decode(
    database: Database,
    frames: Frames,
    only: set[str] | None = None,
    region: np.ndarray | None = None,
) -> Features:
    """Features of every tile, or of the tiles in ``only``.

    Parameters
    ----------
    database : Database
        Of the frames' part.
    frames : Frames
        Configuration memory.
    only : set of str, optional
        Tiles to look at.
    region : numpy.ndarray, optional
        Mask over the frames' words in which unknown bits are searched, all of them without one.
    """
    explained = np.zeros_like(frames.words)
    of_tile: dict[str, set[str]] = {}
    for (kind, bus, count, words), members in _groups(database).items():
        chosen = [pair for pair in members if only is None or pair[0] in only]
        features = database.features(kind, bus)
        if not chosen or not features:
            continue
        blocks = [frames.bits(b.base, count, b.offset, words) for _, b in chosen]
        bits = np.stack(blocks)
        busy = np.asarray(bits.any(axis=(1, 2)))
        chosen = [pair for pair, used in zip(chosen, busy, strict=True) if used]
        if not chosen:
            continue
        bits = np.ascontiguousarray(np.moveaxis(bits[busy], 0, -1))
        seen = np.zeros_like(bits)
        first = 32 * chosen[0][1].first_word
        found = _match(features, bits, seen, first)
        for number, names in enumerate(found):
            if names:
                of_tile.setdefault(chosen[number][0], set()).update(names)
        _explain(explained, frames, chosen, seen, count, words)
    return Features(of_tile, _unknown(database, frames, explained, region))


def _match(features: list, bits: np.ndarray, seen: np.ndarray, first: int) -> list[list[str]]:
    """Features that hold, tile by tile; ``seen`` (frames, bits, tiles) collects their bits."""
    found: list[list[str]] = [[] for _ in range(bits.shape[2])]
    frames, width = bits.shape[:2]
    for feature in features:
        places = [(f, b - first) for f, b in feature.ones]
        # A feature without a set bit is a default: its absence of bits says nothing more
        if not places or any(f >= frames or not 0 <= b < width for f, b in places):
            continue
        held = bits[places[0]].astype(bool)
        for place in places[1:]:
            held = held & bits[place].astype(bool)
        if not held.any():
            continue
        for f, b in feature.zeros:
            if f < frames and 0 <= b - first < width:
                held = held & (bits[f, b - first] == 0)
        numbers = np.flatnonzero(held)
        for number in numbers:
            found[number].append(feature.name)
        for f, b in places:
            seen[f, b, numbers] = 1
    return found


def _explain(
    explained: np.ndarray,
    frames: Frames,
    chosen: list[tuple[str, Block]],
    seen: np.ndarray,
    count: int,
    words: int,
) -> None:
    packed = np.packbits(np.moveaxis(seen, -1, 0), axis=2, bitorder="little")
    masks = np.ascontiguousarray(packed).view("<u4").astype(np.uint32)
    for (_, block), mask in zip(chosen, masks, strict=True):
        row = frames.index[block.base]
        explained[row : row + count, block.offset : block.offset + words] |= mask


def _unknown(
    database: Database, frames: Frames, explained: np.ndarray, region: np.ndarray | None
) -> list[UnknownBit]:
    left = without_ecc(frames.words) & ~explained
    if region is not None:
        left &= region
    rows, columns = np.nonzero(left)
    if not len(rows):
        return []
    addresses = {row: address for address, row in frames.index.items()}
    owners = [
        (frames.index[block.base], block, tile.name)
        for tile in database.tiles
        for block in tile.blocks
    ]
    unknown = []
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        tiles = tuple(
            name
            for start, block, name in owners
            if start <= row < start + block.frames
            and block.offset <= column < block.offset + block.words
        )
        value = int(left[row, column])
        unknown += [
            UnknownBit(addresses[row], column, bit, tiles) for bit in range(32) if value >> bit & 1
        ]
    return unknown

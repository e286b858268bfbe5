"""Configuration packets of a 7-series ``.bit`` to frames (UG470, tables 5-20 to 5-25)."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hw.errors import HardwareError
from hw.implement.bitfile import configuration

FRAME_WORDS = 101
_SYNC = 0xAA995566
_FAR, _FDRI, _CMD, _IDCODE = 1, 2, 4, 12
_WRITE_CONFIGURATION, _DESYNC = 1, 13
_BUSES = {"CLB_IO_CLK": 0, "BLOCK_RAM": 1, "CFG_CLB": 2}
_ECC_WORD = 50
_ECC_BITS = 0x1FFF


@dataclass
class Frames:
    """Configuration memory: one row a frame.

    Attributes
    ----------
    words : numpy.ndarray
        Frames, shape (frames, 101), uint32, in the device's order.
    index : dict of int to int
        Row of a frame address.
    sha256 : str
        Digest of the file that they came from.
    """

    words: np.ndarray
    index: dict[int, int]
    sha256: str = ""

    def bits(self, base: int, frames: int, offset: int, words: int) -> np.ndarray:
        """Bits of a block as (frames, 32 * words) uint8."""
        first = self.index[base]
        block = self.words[first : first + frames, offset : offset + words]
        return np.unpackbits(
            block.astype("<u4").view(np.uint8).reshape(block.shape[0], -1),
            axis=1,
            bitorder="little",
        )

    def flip(self, base: int, frame: int, bit: int) -> None:
        """Invert one bit: ``frame`` after ``base``, ``bit`` counted over the frame's words."""
        self.words[self.index[base] + frame, bit // 32] ^= np.uint32(1 << bit % 32)

    def copy(self) -> "Frames":
        """An independent copy."""
        return Frames(self.words.copy(), self.index, self.sha256)


def addresses(part: dict) -> list[int]:
    """Every frame address of a part, in the order in which FAR counts them.

    Parameters
    ----------
    part : dict
        Project X-Ray's ``part.json``.
    """
    found: list[int] = []
    for half, region in part["global_clock_regions"].items():
        for row, content in region["rows"].items():
            for bus, columns in content["configuration_buses"].items():
                for column, entry in columns["configuration_columns"].items():
                    base = _BUSES[bus] << 23 | (half == "bottom") << 22
                    base |= int(row) << 17 | int(column) << 7
                    found += range(base, base + int(entry["frame_count"]))
    return sorted(found)


def _packets(words: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Register writes (register, payload) after the sync word."""
    starts = np.flatnonzero(words == _SYNC)
    if not len(starts):
        raise HardwareError("damaged .bit file: it has no sync word; build it again")
    place, register = int(starts[0]) + 1, 0
    while place < len(words):
        header = int(words[place])
        kind, operation = header >> 29, header >> 27 & 3
        place += 1
        if kind == 1:
            register, count = header >> 13 & 0x1F, header & 0x7FF
        elif kind == 2:
            count = header & 0x7FF_FFFF
        elif header == 0:
            continue
        else:
            raise HardwareError(f"damaged .bit file: word {place - 1} is no packet: {header:#010x}")
        if operation == 2:
            if place + count > len(words):
                raise HardwareError("damaged .bit file: a packet is cut short; build it again")
            yield register, words[place : place + count]
        if operation:
            place += count


def read_bit(path: Path, part_json: Path) -> Frames:
    """Frames of an uncompressed or compressed ``.bit``.

    Parameters
    ----------
    path : Path
        The bitstream.
    part_json : Path
        Project X-Ray's ``part.json`` of the part.

    Raises
    ------
    HardwareError
        If the file is damaged, encrypted or of another part.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise HardwareError(f"cannot read {path}: {error.strerror}") from error
    _, raw = configuration(data)
    words = np.frombuffer(raw[: len(raw) // 4 * 4], ">u4").astype(np.uint32)
    part = json.loads(part_json.read_text())
    order = addresses(part)
    index = {address: row for row, address in enumerate(order)}
    frames = np.zeros((len(order), FRAME_WORDS), np.uint32)
    far, armed, written = 0, False, 0
    for register, payload in _packets(words):
        if register == _FAR and len(payload):
            far = int(payload[-1])
        elif register == _IDCODE and len(payload) and int(payload[0]) != int(part["idcode"]):
            raise HardwareError(
                f"{path} is for device {int(payload[0]):#010x}, the database's part is "
                f"{int(part['idcode']):#010x}: build it for this part"
            )
        elif register == _CMD and len(payload):
            armed = int(payload[-1]) == _WRITE_CONFIGURATION
            if int(payload[-1]) == _DESYNC:
                break
        elif register == _FDRI and len(payload):
            if not armed:
                raise HardwareError(f"{path} writes frames without WCFG: damaged or encrypted")
            written += _store(frames, index, order, far, payload)
    if not written:
        raise HardwareError(f"{path} writes no frame: it configures nothing")
    return Frames(frames, index, hashlib.sha256(data).hexdigest())


def _store(
    frames: np.ndarray, index: dict[int, int], order: list[int], far: int, payload: np.ndarray
) -> int:
    """Write a burst from ``far`` on; the last frame only flushes the pipeline (UG470)."""
    if len(payload) % FRAME_WORDS:
        raise HardwareError(f"damaged .bit file: a burst of {len(payload)} words, not of frames")
    if far not in index:
        raise HardwareError(f"frame address {far:#010x} is not in the part's address map")
    row, count = index[far], 0
    burst = payload.reshape(-1, FRAME_WORDS)[:-1]
    position = 0
    while position < len(burst):
        if row >= len(order):
            if burst[position:].any():
                raise HardwareError(f"the burst at {far:#010x} runs past the part's last frame")
            break
        frames[row] = burst[position]
        position, count = position + 1, count + 1
        # Two padding frames follow the last frame of a row (Project X-Ray, bitstream format)
        if row + 1 < len(order) and order[row] >> 17 != order[row + 1] >> 17:
            position += 2
        row += 1
    return count


def without_ecc(words: np.ndarray) -> np.ndarray:
    """Frames without the ECC bits that the bitstream writer computes."""
    clean = words.copy()
    clean[:, _ECC_WORD] &= np.uint32(~_ECC_BITS & 0xFFFF_FFFF)
    return clean

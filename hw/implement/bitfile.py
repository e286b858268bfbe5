"""A Xilinx ``.bit`` file taken apart, and the ``.bin`` that the Zynq's FPGA manager loads."""

from pathlib import Path

from hw.errors import HardwareError

_PREAMBLE = bytes.fromhex("0009 0ff00ff00ff00ff000 0001")
_SYNC_WORD = bytes.fromhex("aa995566")


def configuration(bit: bytes) -> tuple[str, bytes]:
    """Part name and configuration words (big-endian, as the device reads them) of a ``.bit``."""
    if not bit.startswith(_PREAMBLE):
        raise HardwareError("not a .bit file: it does not begin with the .bit preamble")
    part, place = "", len(_PREAMBLE)
    while place + 5 <= len(bit):
        field, size = bit[place : place + 1], int.from_bytes(bit[place + 1 : place + 3], "big")
        if field == b"e":
            size = int.from_bytes(bit[place + 1 : place + 5], "big")
            words = bit[place + 5 : place + 5 + size]
            if len(words) != size or _SYNC_WORD not in words[:256]:
                break
            return part, words
        if field == b"b":
            part = bit[place + 3 : place + 3 + size].rstrip(b"\0").decode("ascii", "replace")
        place += 3 + size
    raise HardwareError("damaged .bit file: its configuration data is cut short; build it again")


def write_bin(bit: Path, output: Path) -> None:
    """Write the ``.bin`` of a ``.bit``: no header, the bytes of every 32-bit word reversed."""
    _, words = configuration(bit.read_bytes())
    words += bytes(-len(words) % 4)
    swapped = bytearray(len(words))
    for byte in range(4):
        swapped[byte::4] = words[3 - byte :: 4]
    output.write_bytes(swapped)

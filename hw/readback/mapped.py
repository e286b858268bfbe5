"""DSP and block RAM of a bitstream against the netlist that was placed, as two collections.

Names do not survive placing, so modes and contents are counted and the counts compared.
"""

import json
from collections import Counter
from pathlib import Path

from hw.errors import HardwareError
from hw.readback.netlist import ONE, ZERO, Cell, Netlist

_REGISTERS = ("AREG", "BREG", "CREG", "MREG", "PREG")
_MODES = {"OPMODE": 7, "ALUMODE": 4, "INMODE": 5}
_WORD_BITS = 256


def compare(path: Path, netlist: Netlist) -> None:
    """Note every DSP mode and block RAM content that one side has more often than the other.

    Parameters
    ----------
    path : Path
        Yosys' JSON netlist, flat.
    netlist : Netlist
        The recovered one; takes the broken rules.

    Raises
    ------
    HardwareError
        If the file is no such netlist.
    """
    try:
        modules = json.loads(path.read_text())["modules"]
    except (OSError, ValueError, KeyError) as error:
        raise HardwareError(f"{path} is no Yosys netlist in JSON: {error}") from error
    cells = max((module["cells"] for module in modules.values()), key=len)
    wanted: Counter[tuple] = Counter()
    for cell in cells.values():
        if cell["type"] == "DSP48E1":
            wanted[_mapped_dsp(cell)] += 1
        elif cell["type"] in ("RAMB18E1", "RAMB36E1"):
            wanted.update(_mapped_rams(cell))
    found: Counter[tuple] = Counter()
    places: dict[tuple, str] = {}
    for recovered in netlist.cells:
        if recovered.kind in ("DSP48E1", "RAMB18E1"):
            dsp = recovered.kind == "DSP48E1"
            key = _found_dsp(recovered, netlist) if dsp else _found_ram(recovered)
            found[key] += 1
            places[key] = recovered.place
    for key, count in (found - wanted).items():
        netlist.broken(
            "mapped netlist",
            places[key],
            f"{count} of {_describe(key)} that the mapped netlist lacks",
        )
    for key, count in (wanted - found).items():
        netlist.broken("mapped netlist", str(path), f"{count} of {_describe(key)} are missing")


def _number(value: str | int) -> int:
    return int(str(value).replace("x", "0"), 2) if isinstance(value, str) else value


def _mapped_dsp(cell: dict) -> tuple:
    parameters = cell["parameters"]
    registers = tuple(_number(parameters.get(name, "1")) for name in _REGISTERS)
    modes = []
    for bus, width in _MODES.items():
        nets = [*cell["connections"].get(bus, []), *["0"] * width][:width]
        inverted = _number(parameters.get(f"IS_{bus}_INVERTED", "0"))
        text = ""
        for place, net in enumerate(nets):
            fixed = {"0": 0, "1": 1, "x": 0}.get(net) if isinstance(net, str) else None
            text += "s" if fixed is None else str(fixed ^ inverted >> place & 1)
        modes.append(text[::-1])
    return ("DSP48E1", *registers, *modes)


def _found_dsp(cell: Cell, netlist: Netlist) -> tuple:
    registers = tuple(cell.settings[name] for name in _REGISTERS)
    modes = []
    for bus, width in _MODES.items():
        nets = [netlist.net(cell.inputs[f"{bus}{place}"]) for place in range(width)]
        modes.append("".join({ZERO: "0", ONE: "1"}.get(net, "s") for net in reversed(nets)))
    return ("DSP48E1", *registers, *modes)


def _init(parameters: dict, prefix: str, words: int) -> int:
    total = 0
    for word in range(words):
        total |= _number(parameters.get(f"{prefix}_{word:02X}", "0")) << word * _WORD_BITS
    return total


def _mapped_rams(cell: dict) -> list[tuple]:
    """The one or two halves of a mapped block RAM."""
    parameters = cell["parameters"]
    if cell["type"] == "RAMB18E1":
        return [("RAMB18E1", _init(parameters, "INIT", 64), _init(parameters, "INITP", 8))]
    data, parity = _init(parameters, "INIT", 128), _init(parameters, "INITP", 16)
    return [
        ("RAMB18E1", _every_second(data, side, 16384), _every_second(parity, side, 2048))
        for side in (0, 1)
    ]


def _every_second(bits: int, first: int, count: int) -> int:
    text = f"{bits:0{2 * count}b}"[::-1]
    return int(text[first::2][::-1], 2)


def _found_ram(cell: Cell) -> tuple:
    data = sum(cell.settings.get(f"INIT_{word:02X}", 0) << word * _WORD_BITS for word in range(64))
    parity = sum(
        cell.settings.get(f"INITP_{word:02X}", 0) << word * _WORD_BITS for word in range(8)
    )
    return ("RAMB18E1", data, parity)


def _describe(key: tuple) -> str:
    if key[0] == "RAMB18E1":
        return f"block RAM contents (first words {key[1] & 0xFFFF_FFFF:#010x})"
    shown = zip((*_REGISTERS, *_MODES), key[1:], strict=True)
    return "DSP48E1 with " + ", ".join(f"{name} {value}" for name, value in shown)

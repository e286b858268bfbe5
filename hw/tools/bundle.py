"""One top level that holds a module in several parameter sets, for benches and measurements."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_PORT = re.compile(r"^ {2}(input|output) +logic +(?:\[(.+)-1:0\])? *(\w+),?$", re.MULTILINE)
_DEFAULT = re.compile(r"^ {2}parameter int unsigned +(\w+) = (\d+),?$", re.MULTILINE)
_SHARED = ("ap_clk", "ap_rst_n")


def defaults(text: str) -> dict[str, int]:
    """Return the parameters of a module's text whose default is a number."""
    return {name: int(value) for name, value in _DEFAULT.findall(text)}


def ports(source: Path, parameters: Mapping[str, int | str]) -> list[tuple[str, str, int]]:
    """Return direction, name and width of the ports of a module in one parameter set."""
    text = source.read_text()
    numbers = defaults(text) | {
        name: value for name, value in parameters.items() if isinstance(value, int)
    }
    return [
        (direction, name, int(eval(width, {}, numbers)) if width else 1)
        for direction, width, name in _PORT.findall(text)
    ]


def bundle(source: Path, configurations: Sequence[Mapping[str, int | str]]) -> str:
    """Write SystemVerilog of module `bundle`: instance `c<n>` and ports `c<n>_*` per set.

    Parameters
    ----------
    source : Path
        File of the module, named like it.
    configurations : sequence of mapping
        Parameters per instance; strings without a quote mark are SystemVerilog strings.
    """
    declarations = [f"  input logic {name}" for name in _SHARED]
    instances = []
    for index, parameters in enumerate(configurations):
        own = [port for port in ports(source, parameters) if port[1] not in _SHARED]
        declarations += [
            f"  {direction} logic [{width - 1}:0] c{index}_{name}" for direction, name, width in own
        ]
        values = ", ".join(
            f".{name}({value})"
            if not isinstance(value, str) or "'" in value
            else f'.{name}("{value}")'
            for name, value in parameters.items()
        )
        wires = "".join(f", .{name}(c{index}_{name})" for _, name, _ in own)
        instances.append(
            f"  {source.stem} #({values}) c{index} (.ap_clk(ap_clk), .ap_rst_n(ap_rst_n){wires});"
        )
    return (
        "module bundle (\n"
        + ",\n".join(declarations)
        + "\n);\n\n"
        + "\n".join(instances)
        + "\n\nendmodule\n"
    )

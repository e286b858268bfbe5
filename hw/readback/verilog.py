"""A recovered netlist as Verilog, with the ports of ``overlay_core``.

LUTs, carry chains, multiplexers and flip-flops are written as the expressions that Yosys' models of
LUT6, CARRY4, MUXF7 and FDRE stand for: a simulator builds one flat module many times faster than
fifty thousand instances.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hw.readback import ps7
from hw.readback.netlist import Cell, Netlist

MODELS = Path(__file__).with_name("models")
TOP = "overlay_core"
_INDEXED = re.compile(r"^(.*?\D)(\d+)$")
_SINGLE = {"CEA1", "CEA2", "CEB1", "CEB2"}
_DATA_WORDS, _PARITY_WORDS = 64, 8


class Writer:
    """Writes cells on the final names of their nets."""

    def __init__(self, netlist: Netlist):
        self.netlist = netlist
        self.lines: list[str] = []
        self.declared: set[str] = set()

    def net(self, name: str) -> str:
        """Final name of a net, its inversion kept."""
        if name[0] == "~":
            through = self.netlist.net(name[1:])
            return {"1'b0": "1'b1", "1'b1": "1'b0"}.get(through, f"~{through}")
        return self.netlist.net(name)

    def wire(self, name: str, expression: str) -> None:
        """Declare and drive a net, which may have been used above."""
        self.declared.add(name)
        self.lines.append(f"assign {name} = {expression};")

    def cell(self, cell: Cell, suffix: str = "") -> None:
        """Write one cell; ``suffix`` marks the outputs of a variant of it."""
        getattr(self, f"_{cell.kind.lower()}")(cell, suffix)

    def _lut(self, cell: Cell, suffix: str) -> None:
        nets = [self.net(cell.inputs[f"I{place}"]) for place in range(cell.settings["WIDTH"])]
        table, size = cell.settings["INIT"], 1 << len(nets)
        output = cell.outputs["O"] + suffix
        if len(nets) == 1:
            self.wire(output, nets[0] if table == 2 else f"~{nets[0]}")
        elif not nets:
            self.wire(output, f"1'b{table & 1}")
        else:
            self.wire(output, f"1'({size}'h{table:x} >> {{{', '.join(reversed(nets))}}})")

    def _muxf7(self, cell: Cell, suffix: str) -> None:
        pins = {pin: self.net(net) for pin, net in cell.inputs.items()}
        self.wire(cell.outputs["O"] + suffix, f"{pins['S']} ? {pins['I1']} : {pins['I0']}")

    def _carry4(self, cell: Cell, suffix: str) -> None:
        carry = self.net(cell.inputs["CI"])
        for place in range(4):
            select, data = (self.net(cell.inputs[f"{pin}{place}"]) for pin in ("S", "DI"))
            self.wire(cell.outputs[f"O{place}"] + suffix, f"{select} ^ {carry}")
            output = cell.outputs[f"CO{place}"] + suffix
            self.wire(output, f"{select} ? {carry} : {data}")
            carry = output

    def _fd(self, cell: Cell, suffix: str) -> None:
        pins = {pin: self.net(net) for pin, net in cell.inputs.items()}
        settings, output = cell.settings, cell.outputs["Q"] + suffix
        self.declared.add(output)
        edge = "negedge" if settings["IS_C_INVERTED"] else "posedge"
        update = f"{output} <= {pins['D']};"
        if pins["CE"] != "1'b1":
            update = f"if ({pins['CE']}) {update}"
        sensitivity = f"{edge} {pins['C']}"
        if pins["R"] != "1'b0":
            update = f"if ({pins['R']}) {output} <= 1'b{settings['VALUE']}; else {update}"
            if not settings["SYNC"]:
                sensitivity += f" or posedge {pins['R']}"
        self.lines.append(f"initial {output} = 1'b{settings['INIT']};")
        self.lines.append(f"always @({sensitivity}) {update}")

    def _lutram(self, cell: Cell, suffix: str) -> None:
        pins = {pin: self.net(net) for pin, net in cell.inputs.items()}
        memory = re.sub(r"\W", "_", cell.place) + "_memory" + suffix
        read = [pins[f"A{place}"] for place in reversed(range(6))]
        self.lines.append(f"reg [63:0] {memory} = 64'h{cell.settings['INIT']:x};")
        self.wire(cell.outputs["O6"] + suffix, f"1'({memory} >> {{{', '.join(read)}}})")
        self.wire(cell.outputs["O5"] + suffix, f"1'({memory} >> {{1'b0, {', '.join(read[1:])}}})")
        small = cell.settings["SMALL"]
        write = ", ".join(pins[f"WA{place}"] for place in reversed(range(5 if small else 6)))
        if small:
            update = f"begin {memory}[{{1'b0, {write}}}] <= {pins['DI1']}; "
            update += f"{memory}[{{1'b1, {write}}}] <= {pins['DI2']}; end"
        else:
            update = f"{memory}[{{{write}}}] <= {pins['DI1']};"
        edge = "negedge" if cell.settings["IS_CLK_INVERTED"] else "posedge"
        self.lines.append(f"always @({edge} {pins['C']}) if ({pins['WE']}) {update}")

    def _dsp48e1(self, cell: Cell, suffix: str) -> None:
        self._instance(cell, suffix, {name: str(value) for name, value in cell.settings.items()})

    def _ramb18e1(self, cell: Cell, suffix: str) -> None:
        parameters = {}
        for name, value in cell.settings.items():
            if not re.match(r"INITP?_[0-9A-F]{2}$", name):
                parameters[name] = (
                    f"18'h{value:x}" if "_WIDTH" not in name and value > 2 else str(value)
                )
        data = "".join(f"{cell.settings.get(f'INIT_{i:02X}', 0):064x}"
                       for i in reversed(range(_DATA_WORDS)))  # fmt: skip
        parity = "".join(f"{cell.settings.get(f'INITP_{i:02X}', 0):064x}"
                         for i in reversed(range(_PARITY_WORDS)))  # fmt: skip
        parameters |= {"INIT": f"16384'h{data}", "INITP": f"2048'h{parity}"}
        self._instance(cell, suffix, parameters)

    def _instance(self, cell: Cell, suffix: str, parameters: dict[str, str]) -> None:
        name = re.sub(r"\W", "_", cell.place) + suffix
        given = ", ".join(f".{key}({value})" for key, value in parameters.items())
        ports = []
        for bus, nets in _buses({pin: self.net(net) for pin, net in cell.inputs.items()}).items():
            ports.append(
                f".{bus}({{{', '.join(nets)}}})" if len(nets) > 1 else f".{bus}({nets[0]})"
            )
        for bus, nets in _buses(cell.outputs).items():
            self.lines.append(f"wire [{len(nets) - 1}:0] {name}_{bus};")
            ports.append(f".{bus}({name}_{bus})")
            for place, net in enumerate(reversed(nets)):
                self.wire(net + suffix, f"{name}_{bus}[{place}]")
        model = f"readback_{cell.kind.lower()}"
        self.lines.append(f"{model} #({given}) {name} ({', '.join(ports)});")


def _buses(pins: dict[str, str]) -> dict[str, list[str]]:
    """Nets of each bus, most significant first."""
    buses: dict[str, dict[int, str]] = defaultdict(dict)
    for pin, net in pins.items():
        match = None if pin in _SINGLE else _INDEXED.match(pin)
        buses[match[1] if match else pin][int(match[2]) if match else 0] = net
    return {
        bus: [nets[place] for place in sorted(nets, reverse=True)] for bus, nets in buses.items()
    }


def _port_list() -> list[str]:
    lines = []
    for direction, table in (("input", ps7.FROM_PROCESSOR), ("output", ps7.TO_PROCESSOR)):
        for port, (_, width) in table.items():
            lines.append(f"  {direction} wire {f'[{width - 1}:0] ' if width > 1 else ''}{port}")
    return lines


@dataclass
class Variant:
    """What a fault changes.

    Attributes
    ----------
    cells : list of Cell
        Cells as they are under the fault, those that differ only.
    alias : dict of str to str
        Names that then stand for other nets.
    """

    cells: list[Cell]
    alias: dict[str, str]


def write(
    netlist: Netlist, ports: dict[str, list[str | None]], variants: Sequence[Variant] = ()
) -> str:
    """Verilog of a recovered netlist.

    Parameters
    ----------
    netlist : Netlist
        Its cells.
    ports : dict of str to list
        The overlay's ports to nets, least significant first.
    variants : sequence of Variant
        Faults. The input ``fault`` chooses one by its place, counted from 1; 0 is none.
    """
    moved = {name for variant in variants for name in variant.alias}
    changed = {
        net for variant in variants for cell in variant.cells for net in cell.outputs.values()
    }
    plain = Netlist(alias={k: v for k, v in netlist.alias.items() if k not in moved | changed})
    writer = Writer(plain)
    choices: dict[str, list[tuple[int, str]]] = {name: [] for name in sorted(moved | changed)}
    for cell in netlist.cells:
        writer.cell(cell, "_f0" if (changed | moved) & {*cell.outputs.values()} else "")
    base = {net for cell in netlist.cells for net in cell.outputs.values()}
    for number, variant in enumerate(variants, 1):
        for cell in variant.cells:
            writer.cell(cell, f"_f{number}")
            for net in cell.outputs.values():
                choices[net].append((number, f"{net}_f{number}"))
        for name, net in variant.alias.items():
            choices[name].append((number, writer.net(net)))
    aside = {
        f"{net}_f0"
        for cell in netlist.cells
        if (changed | moved) & {*cell.outputs.values()}
        for net in cell.outputs.values()
    }
    for name, options in choices.items():
        if f"{name}_f0" in aside:
            chosen = f"{name}_f0"
        elif name in netlist.alias:
            chosen = writer.net(netlist.alias[name])
        else:
            chosen = "1'b0"
        for number, net in options:
            chosen = f"fault == {number} ? {net} : {chosen}"
        writer.wire(name, chosen)
    for name in sorted(aside):
        if name[:-3] not in choices and name[:-3] in base:
            writer.wire(name[:-3], name)
    head, body = [], []
    for port, (_, width) in ps7.FROM_PROCESSOR.items():
        for place, source in enumerate(ports[port]):
            writer.wire(str(source), f"{port}[{place}]" if width > 1 else port)
    for port in ps7.TO_PROCESSOR:
        nets = ", ".join(writer.net(str(net)) for net in reversed(ports[port]))
        body.append(f"assign {port} = {{{nets}}};")
    head += ["// Recovered from a bitstream; overlay_core's ports, the processing system outside.",
             f"module {TOP} #(", "  parameter int unsigned BEAT_SAMPLES = 360,",
             "  parameter int unsigned MAX_BEATS = 1048576,",
             "  parameter logic [31:0] MEMORY_FIRST = 32'h0010_0000,",
             "  parameter logic [31:0] MEMORY_LAST = 32'h1fff_ffff", ") ("]  # fmt: skip
    head += [",\n".join(_port_list()), ");"]
    if variants:
        # Read once, at power-up: a run is of one fault
        head += ["int fault;", 'import "DPI-C" function int chosen_fault();']
        head += ["initial fault = chosen_fault();"]
    head += [f"logic {name};" for name in sorted(writer.declared)]
    return "\n".join([*head, *writer.lines, *body, "endmodule", ""])

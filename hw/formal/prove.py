"""Prove stream modules with Yosys' SAT solver.

    python -m hw.formal.prove

Two kinds of proof, each for the parameters that the layer's backend names:

- handshake, by induction, so for runs of any length: a source holds an offered transfer until it
  is taken, whatever the sink's pattern, if the module's own source port obeys the same rule.
- order, for all patterns of the first `ORDER_CYCLES` cycles after reset: every element of the
  stream leaves exactly once and in its place.
"""

from __future__ import annotations

import math
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hw.backends import LAYERS
from hw.errors import HardwareError
from hw.tools import yosys
from hw.tools.bundle import bundle, ports

FORMAL = Path(__file__).parent
RTL = FORMAL.parent / "rtl"
BUILD = Path("build/formal")
ORDER_CYCLES = 14


def proofs(rule: str) -> list[tuple[str, dict]]:
    """Layers and the parameter sets for which their backends ask for the proof of a rule."""
    return [
        (name, dict(parameters))
        for name, layer in LAYERS.items()
        for parameters in layer.proofs.get(rule, ())
    ]


def _streams(module: str, parameters: dict) -> Iterator[tuple[str, str, int, int]]:
    """Yield direction, prefix, data bits and number of packed streams of a module's ports."""
    widths = {name: (way, bits) for way, name, bits in ports(RTL / f"{module}.sv", parameters)}
    for name, (way, bits) in widths.items():
        if name.endswith("_tdata"):
            prefix = name.removesuffix("_tdata")
            count = widths[f"{prefix}_tvalid"][1]
            yield way, prefix, bits // count, count


def _checkers(module: str, parameters: dict, rule: str) -> str:
    """Write the properties that go beside instance `c0` of the bundle."""
    clock = ".ap_clk(ap_clk), .ap_rst_n(ap_rst_n)"
    lines, sources = [], []
    for way, prefix, width, count in _streams(module, parameters):
        for index in range(count):
            wires = {
                signal: f"c0_{prefix}_{signal}[{index}]" for signal in ("tvalid", "tready", "tlast")
            } | {"tdata": f"c0_{prefix}_tdata[{index * width} +: {width}]"}
            connections = ", ".join(f".{name}({wire})" for name, wire in wires.items())
            lines.append(
                f"  handshake #(.DATA_WIDTH({width}), .ASSUME({int(way == 'input')})) "
                f"handshake_{prefix}_{index} ({clock}, {connections});"
            )
            if way == "output":
                sources.append((wires, width, f"{prefix}_{index}"))
    if rule != "order":
        return "\n".join(lines)
    in_width = next(width for way, _, width, _ in _streams(module, parameters) if way == "input")
    for wires, width, name in sources:
        element, taken = math.gcd(in_width, width), f"{wires['tvalid']} && {wires['tready']}"
        if filter_module := LAYERS[module].order_filter:
            values = ", ".join(f".{key}({value})" for key, value in parameters.items())
            lines += [
                "  logic data_taken;",
                f"  {filter_module} #({values}) filter_i ({clock}, .tdata({wires['tdata']}), "
                f".tlast({wires['tlast']}), .taken({taken}), .data_taken(data_taken));",
            ]
            taken = "data_taken"
        lines.append(
            f"  order #(.ELEMENT_WIDTH({element}), .IN_ELEMENTS({in_width // element}), "
            f".OUT_ELEMENTS({width // element})) order_{name} ({clock}, .watched(watched), "
            ".in_tdata(c0_s_axis_tdata), .in_offered(c0_s_axis_tvalid[0]), "
            ".in_taken(c0_s_axis_tvalid[0] && c0_s_axis_tready[0]), "
            f".out_tdata({wires['tdata']}), .out_taken({taken}));"
        )
    return "\n".join(lines)


def prove(module: str, parameters: dict, rule: str, rtl: Path = RTL) -> None:
    """Prove a rule of a module.

    Parameters
    ----------
    module : str
        Module of the library.
    parameters : dict
        Its parameters; keep the state small.
    rule : str
        `handshake` or `order`.
    rtl : Path
        Folder of the library.

    Raises
    ------
    HardwareError
        When the rule does not hold; the counterexample is in the log that the message names.
    """
    text = bundle(rtl / f"{module}.sv", [parameters])
    reset = "input logic ap_rst_n,"
    text = text.replace(reset, f"{reset}\n  input logic [5:0] watched,")
    checkers = _checkers(module, parameters, rule)
    text = text.replace("\nendmodule", f"\n{checkers}\n\nendmodule")
    if rule == "handshake":
        solve = "sat -verify -tempinduct -seq 1 -maxsteps 4 -prove-asserts -set-assumes"
    else:
        resets = "".join(f" -set-at {step} ap_rst_n 1" for step in range(2, ORDER_CYCLES + 1))
        solve = (
            f"sat -verify -seq {ORDER_CYCLES} -prove-asserts -set-assumes "
            f"-set-at 1 ap_rst_n 0{resets}"
        )
    BUILD.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{module}-", dir=BUILD))
    for source in [*rtl.glob("*.sv"), *FORMAL.glob("*.sv")]:
        shutil.copy(source, folder)
    (folder / "proof.v").write_text(text)
    commands = [
        "read_verilog -sv -formal -defer *.sv",
        "read_verilog -sv -formal proof.v",
        "prep -flatten -top bundle",
        "memory_map",
        "async2sync",
        "chformal -lower",
        "opt",
        solve,
    ]
    yosys.run(commands, folder, "prove")
    shutil.rmtree(folder)


def main() -> int:
    """Run all proofs; return the exit status."""
    todo = [(*proof, rule) for rule in ("handshake", "order") for proof in proofs(rule)]
    for module, parameters, rule in todo:
        try:
            prove(module, parameters, rule)
        except HardwareError as error:
            print(f"{rule} of {module} {parameters}: {error}", file=sys.stderr)
            return 1
        print(f"proven: {rule} of {module} {parameters}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

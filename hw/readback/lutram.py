"""LUTs of a SLICEM as memory (UG474; Project X-Ray, dram_configuration): 64 bits, or 32 twice.

LUT D's inputs address the writes of all four LUTs of the slice.
"""

from typing import TYPE_CHECKING

from hw.readback.netlist import ONE, ZERO, Cell

if TYPE_CHECKING:
    from hw.readback.slices import Slice


def build(owner: "Slice", letter: str) -> dict[str, str]:
    """Add one LUT's memory; returns the names of its outputs.

    Parameters
    ----------
    owner : Slice
        The SLICEM.
    letter : str
        Its LUT, A to D.
    """
    site, netlist = owner.site, owner.netlist
    if not site.has("DLUT.RAM"):
        netlist.broken(
            "RAM mode",
            str(site),
            f"LUT {letter} is RAM but LUT D, whose inputs address its writes, is none",
        )
    own = {"A": ("AI", "B"), "B": ("BI", "D"), "C": ("CI", "D"), "D": ("DI", "")}
    source = letter
    while source != "D" and not site.has(f"{source}LUT.DI1MUX.{own[source][0]}"):
        source = own[source][1]
    data = "DI" if source == "D" else own[source][0]
    small = site.has(f"{letter}LUT.SMALL")
    inputs = {"DI1": owner.pin(data, "the RAM's data input"), "C": owner.clock()}
    inputs["DI2"] = owner.pin(f"{letter}X", "the RAM's data input") if small else ZERO
    width = 5 if small else 6
    for number in range(1, width + 1):
        inputs[f"WA{number - 1}"] = owner.pin(f"D{number}", "the RAM's write address")
    for number in range(1, 7):
        inputs[f"A{number - 1}"] = owner.pin(f"{letter}{number}", "the RAM's read address")
    _check_address(owner, letter, inputs, width)
    enable = "CE" if site.has("WEMUX.CE") else "WE"
    inputs["WE"] = owner.pin(enable, "the RAM's write enable")
    outputs = {}
    for half in ("O6", "O5"):
        outputs[half] = f"{site.tile_name}_{site.name}_{letter}{half}"
    settings = {"INIT": site.features.get(f"{letter}LUT.INIT", 0), "SMALL": int(small)}
    settings["IS_CLK_INVERTED"] = int(site.has("CLKINV"))
    netlist.add(Cell("LUTRAM", f"{site} {letter}LUT", settings, inputs, outputs))
    return {f"{letter}{half}": name for half, name in outputs.items()}


def _check_address(owner: "Slice", letter: str, inputs: dict[str, str], width: int) -> None:
    """A bit that is constant for writes is the same constant for reads, or words get lost.

    An address tied to 0 whose route is missing reads 1 (nextpnr-xilinx issue 180).
    """
    for number in range(width):
        write, read = inputs[f"WA{number}"], inputs[f"A{number}"]
        if {write, read} == {ZERO, ONE}:
            owner.netlist.broken(
                "RAM address",
                f"{owner.site} {letter}LUT",
                f"address bit {number} is {write[-1]} for writes and {read[-1]} for reads",
            )

"""Add the constants of DSP48E1 pins that nextpnr-xilinx leaves out of its feature text.

``INMODE``, ``ALUMODE[3:2]`` and ``OPMODE[6]`` can only be driven by bits of the DSP tile. Without
them a pin reads 0, and the inverter that nextpnr-xilinx asks for makes it 1: INMODE 11111 gates
the A operand to zero (openXC7/nextpnr-xilinx pull request 159). Written here is what Vivado
writes for a constant, as measured in that pull request's comment of 2026-09-22: the tie to ground
or supply, and the inverter off.
"""

import re

from hw.errors import HardwareError

PINS = (*(("INMODE", bit) for bit in range(5)), ("ALUMODE", 2), ("ALUMODE", 3), ("OPMODE", 6))
"""Bus and bit of every pin that has no way in but its tie."""
_SLICE = re.compile(r"^(DSP_([LR])_X\d+Y\d+)\.DSP48\.(DSP_[01])\.", re.MULTILINE)
_CASCADES = (("AREG", "ACASCREG"), ("BREG", "BCASCREG"))


def constants(cells: dict[str, dict]) -> dict[tuple[str, int], int]:
    """Constant of each of :data:`PINS` in a mapped netlist; empty without a DSP48E1.

    Feature text names sites and no cells, so one constant has to fit every slice.

    Parameters
    ----------
    cells : dict
        Cells of a flat module of a Yosys JSON netlist, by name.

    Raises
    ------
    HardwareError
        If a pin is driven by a net, or two slices differ.
    """
    found: dict[tuple[str, int], int] = {}
    for name, cell in cells.items():
        if cell["type"] != "DSP48E1":
            continue
        _refuse_short_cascade(name, cell)
        for bus, bit in PINS:
            value = _constant(name, cell, bus, bit)
            if found.setdefault((bus, bit), value) != value:
                raise HardwareError(
                    f"{name} wants {bus}[{bit}] = {value}, another DSP48E1 {1 - value}: the ties "
                    "that nextpnr-xilinx leaves out can be added only where all slices agree"
                )
    return found


def _constant(name: str, cell: dict, bus: str, bit: int) -> int:
    bits = cell.get("connections", {}).get(bus, [])
    driven = bits[bit] if bit < len(bits) else "0"
    if driven not in ("0", "1", "x"):
        raise HardwareError(
            f"{name}: a net drives {bus}[{bit}], which nextpnr-xilinx cannot route; "
            "make it a constant in the RTL"
        )
    inverted = str(cell.get("parameters", {}).get(f"IS_{bus}_INVERTED", "0"))
    flip = inverted[::-1][bit : bit + 1] == "1"
    return int(driven == "1") ^ int(flip)


def _refuse_short_cascade(name: str, cell: dict) -> None:
    """Two input registers with one before the cascade is the one case of the ZxREG_2 bits."""
    parameters = cell.get("parameters", {})
    for register, cascade in _CASCADES:
        counts = [int(str(parameters.get(key, "1")), 2) for key in (register, cascade)]
        if counts == [2, 1]:
            raise HardwareError(
                f"{name} has {register}=2 and {cascade}=1, which nextpnr-xilinx writes wrongly"
            )


def mend(features: str, values: dict[tuple[str, int], int], slices: int) -> str:
    """Feature text with the ties of every DSP48E1 added.

    Parameters
    ----------
    features : str
        FASM as nextpnr-xilinx wrote it.
    values : dict
        What :func:`constants` found.
    slices : int
        DSP48E1 cells of the netlist, for comparison.

    Raises
    ------
    HardwareError
        If the text configures another number of slices, or ties a pin to the other constant.
    """
    sites = sorted(set(_SLICE.findall(features)))
    if len(sites) != slices:
        raise HardwareError(
            f"the netlist has {slices} DSP48E1, nextpnr-xilinx's feature text configures "
            f"{len(sites)}; run it again, and report it if that stays"
        )
    present = set(features.splitlines()) if sites else set()
    added = []
    for tile, side, site in sites:
        for (bus, bit), value in values.items():
            tie = f"{tile}.{site}_{bus}{bit}.DSP_{'VCC' if value else 'GND'}_{side}"
            other = f"{tile}.{site}_{bus}{bit}.DSP_{'GND' if value else 'VCC'}_{side}"
            if other in present:
                raise HardwareError(f"{other} contradicts the netlist, which wants {value} there")
            added += [tie, f"{tile}.DSP48.{site}.ZIS_{bus}_INVERTED[{bit}]"]
        added += [f"{tile}.DSP48.{site}.Z{r}_2_{c}_1" for r, c in _CASCADES]
    return features + "".join(f"{line}\n" for line in added if line not in present)

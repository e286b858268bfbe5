"""DSP48E1 sites (UG479): registers, modes, inverters and the tile's own constants.

Eight of its pins and the pre-adder's have no way in but the tile's GND and VCC. Where that is not
programmed the pin reads 0, and an active inverter makes a 1 of it: measured on an xc7z010,
openXC7/nextpnr-xilinx pull request 159.
"""

import re

from hw.readback.netlist import ONE, ZERO, Cell, Netlist, SiteView

_INVERTED = {"ALUMODE": 4, "INMODE": 5, "OPMODE": 7, "CARRYIN": 1, "CLK": 1}
_OUTPUTS = ("P", "PCOUT", "ACOUT", "BCOUT", "CARRYOUT", "CARRYCASCOUT", "MULTSIGNOUT")
_NOT_MODELLED = {
    "USE_SIMD_FOUR12": "it adds four 12-bit lanes",
    "USE_SIMD_FOUR12_TWO24": "it adds several lanes",
    "AUTORESET_PATDET_RESET": "its pattern detector resets P",
    "AUTORESET_PATDET_RESET_NOT_MATCH": "its pattern detector resets P",
}
_UNDRIVEN = "no driver; silicon reads 0 there (nextpnr-xilinx pull request 159)"


def _settings(site: SiteView) -> dict[str, int]:
    def depth(name: str) -> int:
        if site.has(f"{name}REG_0"):
            return 0
        return 2 if site.has(f"{name}REG_2") else 1

    settings = {"AREG": depth("A"), "BREG": depth("B")}
    for name in ("A", "B"):
        short = not site.has(f"Z{name}REG_2_{name}CASCREG_1")
        settings[f"{name}CASCREG"] = 1 if settings[f"{name}REG"] == 2 and short else 0
        settings[f"{name}_CASCADE"] = int(site.has(f"{name}_INPUT"))
    for name in ("AD", "ALUMODE", "CARRYIN", "CARRYINSEL", "C", "D", "INMODE", "M", "OPMODE", "P"):
        settings[f"{name}REG"] = int(not site.has(f"Z{name}REG"))
    settings["USE_DPORT"] = int(site.has("USE_DPORT"))
    return settings


def _needed(bus: str, settings: dict[str, int]) -> bool:
    """Whether the mode lets a pin matter."""
    if bus in ("D", "CED", "RSTD", "CEAD"):
        return bool(settings["USE_DPORT"])
    if bus in ("CEINMODE", "CEALUMODE", "RSTINMODE", "RSTALUMODE"):
        return bool(settings[f"{bus.removeprefix('CE').removeprefix('RST')}REG"])
    if bus in ("CEM", "RSTM", "CEP", "RSTP", "CEC", "RSTC"):
        return bool(settings[f"{bus[-1]}REG"])
    if bus in ("CECARRYIN", "RSTALLCARRYIN"):
        return bool(settings["CARRYINREG"])
    if bus in ("CECTRL", "RSTCTRL"):
        return bool(settings["OPMODEREG"] or settings["CARRYINSELREG"])
    for name in "AB":
        if bus in (f"CE{name}1", f"CE{name}2", f"RST{name}"):
            stage = bus[-1]
            return settings[f"{name}REG"] == 2 or (settings[f"{name}REG"] == 1 and stage != "1")
        if bus == f"{name}CIN":
            return bool(settings[f"{name}_CASCADE"])
        if bus == name:
            return not settings[f"{name}_CASCADE"]
    return True


def _cascaded(site: SiteView) -> bool:
    """Whether the mode can take PCIN or a cascaded carry: its selects are no constants, or do."""

    def read(bus: str, places: range) -> int | None:
        value = 0
        for place in places:
            net = site.input(f"{bus}{place}") or ZERO
            if net not in (ZERO, ONE):
                return None
            bit = (net == ONE) != (
                bus in _INVERTED and not site.features.get(f"ZIS_{bus}_INVERTED", 0) >> place & 1
            )
            value |= bit << place - places[0]
        return value

    return read("OPMODE", range(4, 7)) in (None, 1, 5) or read("CARRYINSEL", range(3)) != 0


def build(sites: list[SiteView], netlist: Netlist) -> None:
    """Cells of all DSP48E1 that are configured."""
    for site in sites:
        if site.features:
            _one(site, netlist)


def _one(site: SiteView, netlist: Netlist) -> None:
    for feature, reason in _NOT_MODELLED.items():
        if site.has(feature):
            netlist.broken("not modelled", str(site), reason)
    for pin in ("PATTERNDETECT", "PATTERNBDETECT", "OVERFLOW", "UNDERFLOW"):
        if site.consumed(pin):
            netlist.broken("not modelled", f"{site} {pin}", "the pattern detector is in use")
    settings = _settings(site)
    content = site.pins.database.tile_type(site.pins.database.tiles[site.tile].kind)
    inputs, outputs, floating = {}, {}, []
    cascaded = _cascaded(site)
    for pin, entry in content.sites[site.place].pins.items():
        bus, index = re.fullmatch(r"(\D+(?:[12](?=$)(?<=[AB][12]))?)(\d*)", pin).groups()  # type: ignore[union-attr]
        if pin in ("CEA1", "CEA2", "CEB1", "CEB2"):
            bus, index = pin, ""
        if entry.output:
            if bus in _OUTPUTS:
                outputs[pin] = site.output(pin)
            continue
        net = site.input(pin)
        needed = _needed(bus, settings)
        if bus in ("PCIN", "CARRYCASCIN", "MULTSIGNIN"):
            needed = cascaded
        if net is None and needed:
            floating.append(pin)
        if net is None or not needed:
            net = ZERO
        invertible = _INVERTED.get(bus)
        if invertible:
            place = int(index or 0)
            inverted = not site.features.get(f"ZIS_{bus}_INVERTED", 0) >> place & 1
            tied = site.input(pin) in (ZERO, ONE) and _by_tile(site, pin)
            if tied and inverted:
                netlist.broken(
                    "DSP constant",
                    f"{site} {pin}",
                    f"tied to {net[-1]} by the tile while its inverter is on; Vivado refuses that "
                    "pair, and the tie is what silicon was measured to follow (pull request 159)",
                )
            elif inverted:
                net = {ZERO: ONE, ONE: ZERO}.get(net, f"~{net}")
        inputs[pin] = net
    _constants(site, netlist, inputs, floating)
    netlist.add(Cell("DSP48E1", str(site), settings, inputs, outputs))


def _by_tile(site: SiteView, pin: str) -> bool:
    """Whether a pin's constant is the DSP tile's own."""
    routing = site.pins.routing
    output = routing.output(site.pins.node(site, pin))
    return output is not None and output.tile == site.tile


def _constants(
    site: SiteView, netlist: Netlist, inputs: dict[str, str], floating: list[str]
) -> None:
    """Rules over the constant control pins: none may float, none may silence the multiplier."""

    def value(bus: str, width: int) -> int | None:
        nets = [inputs[f"{bus}{place}"] for place in range(width)]
        if not {*nets} <= {ZERO, ONE}:
            return None
        return sum((net == ONE) << place for place, net in enumerate(nets))

    if floating:
        shown = ", ".join(floating[:6]) + (f" and {len(floating) - 6} more" if floating[6:] else "")
        netlist.broken("floating pin", f"{site} {shown}", _UNDRIVEN)
    inmode, opmode, alumode = value("INMODE", 5), value("OPMODE", 7), value("ALUMODE", 4)
    if inmode is not None and inmode & 2:
        netlist.broken(
            "DSP mode",
            str(site),
            f"INMODE reads {inmode:05b}: bit 1 gates the A operand to 0, so every product is wrong",
        )
    if opmode is not None and (opmode & 3 == 1) != (opmode >> 2 & 3 == 1):
        netlist.broken("DSP mode", str(site), f"OPMODE reads {opmode:07b}: half of the multiplier")
    if opmode is not None and opmode >> 4 == 7:
        netlist.broken("DSP mode", str(site), f"OPMODE reads {opmode:07b}: Z selects nothing")
    if alumode is not None and alumode & 12 and opmode is not None and opmode & 3 == 1:
        netlist.broken(
            "DSP mode",
            str(site),
            f"ALUMODE reads {alumode:04b}: a logic function, so every product is wrong",
        )

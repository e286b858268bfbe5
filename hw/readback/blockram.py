"""RAMB18E1 and FIFO18E1 sites (UG473); a RAMB36E1 is two of them side by side.

The halves of a RAMB36E1 hold alternate bits and share addresses, enables and clocks by routing, so
the two 18 Kbit memories are all that is to know: but for widths 1 and 9, which is refused.
"""

from hw.readback.netlist import ONE, ZERO, Cell, Netlist, SiteView

_CONTROL = {
    "CLKARDCLK": "CLKARDCLK", "CLKBWRCLK": "CLKBWRCLK", "ENARDEN": "ENARDEN", "ENBWREN": "ENBWREN",
    "RSTRAMARSTRAM": "RSTRAMARSTRAM", "RSTRAMB": "RSTRAMB",
    "RSTREGARSTREG": "RSTREGARSTREG", "RSTREGB": "RSTREGB",
}  # fmt: skip
_BUSES = {"ADDRARDADDR": 14, "ADDRBWRADDR": 14, "DIADI": 16, "DIBDI": 16, "DIPADIP": 2,
          "DIPBDIP": 2, "WEA": 4, "WEBWE": 8}  # fmt: skip
_OUTPUTS = {"DOADO": 16, "DOBDO": 16, "DOPADOP": 2, "DOPBDOP": 2}
_WIDTHS = (1, 2, 4, 9, 18)


def _width(site: SiteView, name: str, netlist: Netlist) -> int:
    found = [width for width in _WIDTHS if site.has(f"{name}_{width}")]
    if len(found) > 1:
        netlist.broken("RAM mode", str(site), f"{name} is {found[0]} and {found[1]} at once")
    return found[-1] if found else 1


def build(sites: list[SiteView], whole: dict[int, SiteView], netlist: Netlist) -> None:
    """Cells of all block RAM halves in use.

    Parameters
    ----------
    sites : list of SiteView
        RAMB18 sites of tiles that are configured.
    whole : dict of int to SiteView
        RAMB36 site of each tile.
    netlist : Netlist
        Takes the cells.
    """
    for site in sites:
        if site.has("IN_USE"):
            _one(site, whole[site.tile], netlist)
        elif any(_taken(site, f"{bus}{i}") for bus, n in _OUTPUTS.items() for i in range(n)):
            netlist.broken("RAM mode", str(site), "its output is taken, but it is not in use")


def _taken(site: SiteView, pin: str) -> bool:
    return site.consumed(pin)


def _one(site: SiteView, whole: SiteView, netlist: Netlist) -> None:
    if site.has("FIFO_MODE"):
        netlist.broken("not modelled", str(site), "it is a FIFO")
    for name in whole.features:
        if not name.endswith("NONE_OR_UPPER"):
            netlist.broken("not modelled", str(whole), f"{name}: RAMB36 width 1 or 9, ECC, cascade")
    settings = {
        f"{side}_WIDTH_{port}": _width(site, f"{side}_WIDTH_{port}", netlist)
        for side in ("READ", "WRITE") for port in "AB"
    }  # fmt: skip
    for side, other in (("READ", "READ_WIDTH_B"), ("WRITE", "WRITE_WIDTH_A")):
        settings[f"SDP_{side}"] = int(site.has(f"SDP_{side}_WIDTH_36"))
        if settings[f"SDP_{side}"] and settings[other] != 18:
            netlist.broken(
                "RAM mode",
                str(site),
                f"SDP_{side}_WIDTH_36 without {other}_18: the upper half of the word is lost "
                "(nextpnr-xilinx pull request 150)",
            )
    for port in "AB":
        modes = {"NO_CHANGE": 2, "READ_FIRST": 1}
        found = [code for mode, code in modes.items() if site.has(f"WRITE_MODE_{port}_{mode}")]
        settings[f"WRITE_MODE_{port}"] = found[0] if found else 0
        settings[f"DO{port}_REG"] = int(site.has(f"DO{port}_REG"))
        for value in ("INIT", "SRVAL"):
            settings[f"{value}_{port}"] = ~site.features.get(f"Z{value}_{port}", 0) & 0x3FFFF
        if settings[f"DO{port}_REG"] and site.has(f"RSTREG_PRIORITY_{port}_REGCE"):
            netlist.broken("not modelled", str(site), f"RSTREG_PRIORITY_{port} is REGCE")
    inputs = {}
    for pin in _CONTROL:
        inputs[pin] = _control(site, pin, settings, netlist)
    for pin in ("REGCEAREGCE", "REGCEB"):
        inputs[pin] = site.input(pin) or ONE
    for bus, width in _BUSES.items():
        for place in range(width):
            net = site.input(f"{bus}{place}")
            if net is None:
                netlist.broken("floating pin", f"{site} {bus}{place}", "no driver; taken as 1")
            inputs[f"{bus}{place}"] = net or ONE
    _write_enables(site, settings, inputs, netlist)
    settings |= {name: value for name, value in site.features.items() if name[:4] in ("INIT",)}
    outputs = {f"{bus}{place}": site.output(f"{bus}{place}")
               for bus, width in _OUTPUTS.items() for place in range(width)}  # fmt: skip
    netlist.add(Cell("RAMB18E1", str(site), settings, inputs, outputs))


def _control(site: SiteView, pin: str, settings: dict[str, int], netlist: Netlist) -> str:
    """Net of a clock, enable or reset, its inverter taken in."""
    net = site.input(pin)
    if net is None:
        enable = "ENARDEN" if "A" in pin.replace("RSTRAM", "").replace("CLKB", "") else "ENBWREN"
        idle = site.input(enable) in (ZERO, ONE) and (site.input(enable) == ONE) != site.has(
            f"ZINV_{enable}"
        )
        register = (
            pin.startswith("RSTREG") and not settings[f"DO{'B' if pin[-1] == 'B' else 'A'}_REG"]
        )
        if not idle and not register:
            netlist.broken(
                "floating pin",
                f"{site} {pin}",
                "no driver and no documented default; taken as 1",
            )
        net = ONE
    if site.has(f"ZINV_{pin}"):
        return net
    return {ZERO: ONE, ONE: ZERO}.get(net, f"~{net}")


def _write_enables(
    site: SiteView, settings: dict[str, int], inputs: dict[str, str], netlist: Netlist
) -> None:
    """Ports narrower than 18 have one byte: its enables must be one net."""
    for bus, port in (("WEA", "A"), ("WEBWE", "B")):
        nets = [inputs[f"{bus}{place}"] for place in range(4)]
        wide = settings[f"WRITE_WIDTH_{port}"] == 18 or (port == "B" and settings["SDP_WRITE"])
        if not wide and len({*nets}) > 1:
            netlist.broken(
                "RAM mode", f"{site} {bus}", "several write enables at a port of one byte"
            )

"""Global clock buffers (UG472): which clock passes, and whether every stage on the way is on."""

import re

from hw.readback.features import Features
from hw.readback.netlist import ONE, ZERO, Netlist, SiteView

_SWITCHED = (
    (re.compile(r"^HCLK_LEAF_CLK_\w+\.(HCLK_CK_BUFHCLK\d+)$"), "ENABLE_BUFFER.{}"),
    (re.compile(r"^CLK_HROW_CK_MUX_OUT_\w+\.(CLK_HROW_R_CK_GCLK\d+)$"), "{}_ACTIVE"),
    (re.compile(r"^CLK_HROW_\w+_R_CK_BUFG_CASCO\d+\.(CLK_HROW_CK_IN_[LR]\d+)$"), "{}_ACTIVE"),
)


def build(sites: list[SiteView], netlist: Netlist) -> None:
    """Every buffer in use becomes another name of the clock that it lets through."""
    for site in sites:
        if not site.consumed("O"):
            continue
        if not site.has("IN_USE"):
            netlist.broken("clock", str(site), "its clock is taken, but the buffer is not in use")
        passed = _buffer(site, netlist) if site.kind == "BUFHCE" else _multiplexer(site, netlist)
        netlist.alias[site.output("O")] = passed


def _control(site: SiteView, pin: str, netlist: Netlist) -> bool:
    """Value of a control pin after its inverter; one that is no constant breaks a rule."""
    net = site.input(pin)
    if net not in (ZERO, ONE):
        reason = "has no driver" if net is None else "is a signal"
        netlist.broken("clock", f"{site} {pin}", f"{reason}; only constants are understood here")
    if pin.startswith("IGNORE"):
        return (net == ONE) != site.has(f"IS_{pin}_INVERTED")
    return (net == ONE) == site.has(f"ZINV_{pin}")


def _buffer(site: SiteView, netlist: Netlist) -> str:
    if not _control(site, "CE", netlist):
        netlist.broken("clock", f"{site} CE", "reads 0: the region's clock stands still")
        return ZERO
    return _clock(site, "I", netlist)


def _multiplexer(site: SiteView, netlist: Netlist) -> str:
    chosen = [
        side for side in "01"
        if _control(site, f"CE{side}", netlist) and _control(site, f"S{side}", netlist)
    ]  # fmt: skip
    if len(chosen) != 1:
        netlist.broken("clock", str(site), f"it selects {len(chosen)} clocks: CE and S of one only")
        return ZERO
    return _clock(site, f"I{chosen[0]}", netlist)


def _clock(site: SiteView, pin: str, netlist: Netlist) -> str:
    net = site.input(pin)
    if net is None:
        netlist.broken("floating pin", f"{site} {pin}", "no clock arrives")
        return ZERO
    return net


def check_enables(features: Features, netlist: Netlist) -> None:
    """A clock column's branch needs its driver switched on besides its PIP."""
    for tile, names in features.of_tile.items():
        if not tile.startswith(("HCLK", "CLK_HROW")):
            continue
        for name in names:
            for pattern, needed in _SWITCHED:
                match = pattern.match(name)
                if match and needed.format(match[1]) not in names:
                    netlist.broken(
                        "clock",
                        tile,
                        f"{name} without {needed.format(match[1])}: the branch is off",
                    )

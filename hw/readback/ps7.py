"""The processing system's pins: the overlay's ports, and what the other inputs must read."""

from hw.readback.netlist import ONE, ZERO, Netlist, SiteView

CLOCK, RESET = "FCLKCLK0", "FCLKRESETN0"
_GP0, _HP0 = "MAXIGP0", "SAXIHP0"
FROM_PROCESSOR = {
    "s_axi_awid": (f"{_GP0}AWID", 12), "s_axi_awaddr": (f"{_GP0}AWADDR", 12),
    "s_axi_awlen": (f"{_GP0}AWLEN", 4), "s_axi_awsize": (f"{_GP0}AWSIZE", 2),
    "s_axi_awburst": (f"{_GP0}AWBURST", 2), "s_axi_awvalid": (f"{_GP0}AWVALID", 1),
    "s_axi_wdata": (f"{_GP0}WDATA", 32), "s_axi_wstrb": (f"{_GP0}WSTRB", 4),
    "s_axi_wvalid": (f"{_GP0}WVALID", 1), "s_axi_bready": (f"{_GP0}BREADY", 1),
    "s_axi_arid": (f"{_GP0}ARID", 12), "s_axi_araddr": (f"{_GP0}ARADDR", 12),
    "s_axi_arlen": (f"{_GP0}ARLEN", 4), "s_axi_arsize": (f"{_GP0}ARSIZE", 2),
    "s_axi_arburst": (f"{_GP0}ARBURST", 2), "s_axi_arvalid": (f"{_GP0}ARVALID", 1),
    "s_axi_rready": (f"{_GP0}RREADY", 1), "m_axi_awready": (f"{_HP0}AWREADY", 1),
    "m_axi_wready": (f"{_HP0}WREADY", 1), "m_axi_bresp": (f"{_HP0}BRESP", 2),
    "m_axi_bvalid": (f"{_HP0}BVALID", 1), "m_axi_arready": (f"{_HP0}ARREADY", 1),
    "m_axi_rdata": (f"{_HP0}RDATA", 64), "m_axi_rresp": (f"{_HP0}RRESP", 2),
    "m_axi_rvalid": (f"{_HP0}RVALID", 1), "ap_clk": ("FCLKCLK0", 1), "ap_rst_n": ("FCLKRESETN0", 1),
}  # fmt: skip
"""Port of the overlay to (PS7 output, width)."""
TO_PROCESSOR = {
    "irq": ("IRQF2P", 1), "s_axi_awready": (f"{_GP0}AWREADY", 1),
    "s_axi_wready": (f"{_GP0}WREADY", 1), "s_axi_bid": (f"{_GP0}BID", 12),
    "s_axi_bresp": (f"{_GP0}BRESP", 2), "s_axi_bvalid": (f"{_GP0}BVALID", 1),
    "s_axi_arready": (f"{_GP0}ARREADY", 1), "s_axi_rid": (f"{_GP0}RID", 12),
    "s_axi_rdata": (f"{_GP0}RDATA", 32), "s_axi_rresp": (f"{_GP0}RRESP", 2),
    "s_axi_rlast": (f"{_GP0}RLAST", 1), "s_axi_rvalid": (f"{_GP0}RVALID", 1),
    "m_axi_awaddr": (f"{_HP0}AWADDR", 32), "m_axi_awlen": (f"{_HP0}AWLEN", 4),
    "m_axi_awvalid": (f"{_HP0}AWVALID", 1), "m_axi_wdata": (f"{_HP0}WDATA", 64),
    "m_axi_wlast": (f"{_HP0}WLAST", 1), "m_axi_wvalid": (f"{_HP0}WVALID", 1),
    "m_axi_bready": (f"{_HP0}BREADY", 1), "m_axi_araddr": (f"{_HP0}ARADDR", 32),
    "m_axi_arlen": (f"{_HP0}ARLEN", 4), "m_axi_arvalid": (f"{_HP0}ARVALID", 1),
    "m_axi_rready": (f"{_HP0}RREADY", 1),
}  # fmt: skip
"""Port of the overlay to (PS7 input, width)."""
CONSTANTS = {
    "FCLKCLKTRIGN": (4, 0), "FPGAIDLEN": (1, 1), "DDRARB": (4, 0),
    f"{_HP0}RDISSUECAP1EN": (1, 0), f"{_HP0}WRISSUECAP1EN": (1, 0),
    f"{_HP0}AWID": (6, 0), f"{_HP0}AWSIZE": (2, 3), f"{_HP0}AWBURST": (2, 1),
    f"{_HP0}AWLOCK": (2, 0), f"{_HP0}AWCACHE": (4, 0), f"{_HP0}AWPROT": (3, 0),
    f"{_HP0}AWQOS": (4, 0), f"{_HP0}WID": (6, 0), f"{_HP0}WSTRB": (8, 255), f"{_HP0}ARID": (6, 0),
    f"{_HP0}ARSIZE": (2, 3), f"{_HP0}ARBURST": (2, 1), f"{_HP0}ARLOCK": (2, 0),
    f"{_HP0}ARCACHE": (4, 0), f"{_HP0}ARPROT": (3, 0), f"{_HP0}ARQOS": (4, 0),
}  # fmt: skip
"""PS7 inputs that ``overlay_top.sv`` ties: (width, value)."""
_IDLE = ("AWVALID", "ARVALID", "WVALID", "DRVALID", "DAREADY")
_CLOCKS = (f"{_GP0}ACLK", f"{_HP0}ACLK")


def pin_names(site: SiteView, bus: str, width: int) -> list[str]:
    """Pins of a bus; a single one may carry no index."""
    pins = _pins(site)
    if width == 1 and bus in pins:
        return [bus]
    return [f"{bus}{place}" for place in range(width)]


def _pins(site: SiteView) -> dict:
    database = site.pins.database
    return database.tile_type(database.tiles[site.tile].kind).sites[site.place].pins


def build(site: SiteView, netlist: Netlist) -> dict[str, list[str | None]]:
    """Nets of the overlay's ports, least significant first, and the rules over all other pins.

    Parameters
    ----------
    site : SiteView
        The PS7.
    netlist : Netlist
        Takes what breaks a rule.
    """
    ports: dict[str, list[str | None]] = {}
    known = {pin for bus, width in FROM_PROCESSOR.values() for pin in pin_names(site, bus, width)}
    for port, (bus, width) in FROM_PROCESSOR.items():
        ports[port] = [site.output(pin) for pin in pin_names(site, bus, width)]
    for port, (bus, width) in TO_PROCESSOR.items():
        ports[port] = []
        for pin in pin_names(site, bus, width):
            net = site.input(pin)
            if net is None:
                netlist.broken("floating pin", f"{site} {pin}", "no driver; taken as 1")
            ports[port].append(net or ONE)
    for pin, entry in _pins(site).items():
        if entry.output and pin not in known and site.consumed(pin):
            netlist.broken("PS7", f"{site} {pin}", "the overlay has no use for this output")
    _constants(site, netlist)
    return ports


def _constants(site: SiteView, netlist: Netlist) -> None:
    for bus, (width, value) in CONSTANTS.items():
        nets = [site.input(pin) for pin in pin_names(site, bus, width)]
        for place, net in enumerate(nets):
            if net != (ONE if value >> place & 1 else ZERO):
                pin = pin_names(site, bus, width)[place]
                seen = net[-1] if net in (ZERO, ONE) else "a signal" if net else "nothing known"
                netlist.broken(
                    "PS7",
                    f"{site} {pin}",
                    f"reads {seen}, overlay_top ties it to {value >> place & 1}",
                )
    used = {bus for bus, _ in TO_PROCESSOR.values()}
    for pin, entry in _pins(site).items():
        idle = not entry.output and pin.endswith(_IDLE) and pin not in used
        if idle and not pin.startswith(_GP0) and site.input(pin) not in (ZERO, None):
            netlist.broken(
                "PS7",
                f"{site} {pin}",
                "reads 1 or a signal: an unused port of the processor is asked",
            )


def check_clocks(site: SiteView, netlist: Netlist) -> None:
    """The used ports' clocks are the overlay's."""
    for pin in _CLOCKS:
        net = site.input(pin)
        if net is None or netlist.net(net) != netlist.net(site.output(CLOCK)):
            netlist.broken("clock", f"{site} {pin}", "is not clocked by FCLK0")

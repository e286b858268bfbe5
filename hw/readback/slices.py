"""SLICEL and SLICEM: LUTs, LUT RAM, wide multiplexers, carry chain, flip-flops.

Structure and polarities: UG474, figures 2-3 to 2-5 and 5-1; feature names: Project X-Ray.
"""

from hw.readback import lutram
from hw.readback.netlist import ONE, ZERO, Cell, Netlist, SiteView
from hw.readback.tables import reduce

_LETTERS = "ABCD"
_UNSUPPORTED = {
    "LATCH": "its flip-flops are latches",
    "WA7USED": "its RAM is deeper than 64",
    "WA8USED": "its RAM is deeper than 64",
    "ALUT.SRL": "LUT A is a shift register",
    "BLUT.SRL": "LUT B is a shift register",
    "CLUT.SRL": "LUT C is a shift register",
    "DLUT.SRL": "LUT D is a shift register",
}


class Slice:
    """Builds the cells of one slice, as far as its outputs ask for them."""

    def __init__(self, site: SiteView, netlist: Netlist):
        self.site, self.netlist = site, netlist
        self._built: dict[str, str] = {}

    def build(self, carry_out: bool) -> None:
        """Cells behind every output pin that something takes.

        Parameters
        ----------
        carry_out : bool
            Whether the slice above takes the carry.
        """
        site = self.site
        for feature, reason in _UNSUPPORTED.items():
            if site.has(feature):
                self.netlist.broken("not modelled", str(site), reason)
        for letter in _LETTERS:
            for pin, name in ((letter, f"{letter}O6"), (f"{letter}Q", f"{letter}Q")):
                if site.consumed(pin):
                    self._drive(pin, self.net(name))
            if site.consumed(f"{letter}MUX"):
                self._drive(f"{letter}MUX", self._output_mux(letter))
        if carry_out:
            self._drive("COUT", self.net("CO3"))

    def _drive(self, pin: str, net: str) -> None:
        self.netlist.alias[self.site.output(pin)] = net

    def net(self, name: str) -> str:
        """Net inside the slice, with the cell that drives it."""
        if name not in self._built:
            self._built[name] = f"{self.site.tile_name}_{self.site.name}_{name}"
            self._make(name)
        return self._built[name]

    def _make(self, name: str) -> None:
        if name[1:] in ("O6", "O5"):
            letter = name[0]
            if self.site.has(f"{letter}LUT.RAM"):
                self._built.update(lutram.build(self, letter))
            else:
                self._lut(letter, name[1:])
        elif name[1:] in ("Q", "5Q"):
            self._flip_flop(name[0], name[1:-1])
        elif name in ("F7A", "F7B", "F8"):
            self._wide_mux(name)
        else:
            self._carry()

    def pin(self, pin: str, purpose: str, needed: bool = True) -> str:
        """Net of a used input pin; one without a driver breaks a rule and is taken as 1."""
        net = self.site.input(pin)
        if net is None:
            if needed:
                self.netlist.broken(
                    "floating pin",
                    f"{self.site} {pin}",
                    f"{purpose} has no driver and Project X-Ray documents no default; "
                    "taken as 1 (an unprogrammed interconnect input)",
                )
            return ONE
        return net

    def _choice(self, part: str, options: dict[str, str]) -> str | None:
        for option, name in options.items():
            if self.site.has(f"{part}.{option}"):
                return name
        return None

    def _lut(self, letter: str, half: str) -> None:
        width = 6 if half == "O6" else 5
        table = self.site.features.get(f"{letter}LUT.INIT", 0) & (1 << (1 << width)) - 1
        pins = [f"{letter}{number}" for number in range(1, width + 1)]
        nets = [self.site.input(pin) for pin in pins]
        # Which pins matter is known only when constants are in
        smaller, kept = reduce(table, nets)
        if None in kept:
            for pin, net in zip(pins, nets, strict=True):
                if net is None:
                    self.pin(pin, "the LUT input")
            smaller, kept = reduce(table, [ONE if net is None else net for net in nets])
        inputs = {f"I{place}": str(net) for place, net in enumerate(kept)}
        name = f"{letter}{half}"
        if not kept:
            self.netlist.alias[self._built[name]] = ONE if smaller & 1 else ZERO
            return
        self.netlist.add(
            Cell(
                *("LUT", f"{self.site} {letter}LUT.{half}"),
                {"INIT": smaller, "WIDTH": len(kept)},
                inputs,
                {"O": self._built[name]},
            )
        )

    def clock(self) -> str:
        """Net of the clock pin."""
        return self.pin("CLK", "the clock")

    def _output_mux(self, letter: str) -> str:
        options = {f"{letter}5Q": f"{letter}5Q", **self._made_here(letter)}
        name = self._choice(f"{letter}OUTMUX", options)
        if name is None:
            return self._nothing_selected(f"{letter}MUX", "its multiplexer")
        return self.net(name)

    @staticmethod
    def _made_here(letter: str) -> dict[str, str]:
        """What a letter's two multiplexers can select of its LUT, carry and wide multiplexer."""
        number = _LETTERS.index(letter)
        wide = {"A": {"F7": "F7A"}, "B": {"F8": "F8"}, "C": {"F7": "F7B"}}.get(letter, {})
        return {
            "O5": f"{letter}O5",
            "O6": f"{letter}O6",
            "XOR": f"O{number}",
            "CY": f"CO{number}",
            **wide,
        }

    def _nothing_selected(self, place: str, multiplexer: str) -> str:
        self.netlist.broken(
            "no source",
            f"{self.site} {place}",
            f"its output is taken, but {multiplexer} "
            "selects nothing that Project X-Ray documents; taken as 0",
        )
        return ZERO

    def _wide_mux(self, name: str) -> None:
        low, high, select = {
            "F7A": ("BO6", "AO6", "AX"),
            "F7B": ("DO6", "CO6", "CX"),
            "F8": ("F7B", "F7A", "BX"),
        }[name]
        inputs = {"I0": self.net(low), "I1": self.net(high)}
        inputs["S"] = self.pin(select, "the multiplexer's select")
        self.netlist.add(
            Cell("MUXF7", f"{self.site} {name}MUX", {}, inputs, {"O": self._built[name]})
        )

    def _carry(self) -> None:
        site = self.site
        for number in range(4):
            for output in (f"O{number}", f"CO{number}"):
                self._built[output] = f"{site.tile_name}_{site.name}_{output}"
        inputs = {}
        start = self._choice("PRECYINIT", {"AX": "AX", "CIN": "CIN", "C1": ONE})
        if start in ("AX", "CIN"):
            inputs["CI"] = self.pin(start, "the carry input")
        else:
            inputs["CI"] = start or ZERO
        for number, letter in enumerate(_LETTERS):
            inputs[f"S{number}"] = self.net(f"{letter}O6")
            if site.has(f"CARRY4.{letter}CY0"):
                inputs[f"DI{number}"] = self.net(f"{letter}O5")
            else:
                inputs[f"DI{number}"] = self.site.input(f"{letter}X") or ONE
        outputs = {
            f"{kind}{number}": self._built[f"{kind}{number}"]
            for kind in ("O", "CO")
            for number in range(4)
        }
        self.netlist.add(Cell("CARRY4", f"{site} CARRY4", {}, inputs, outputs))

    def _flip_flop(self, letter: str, five: str) -> None:
        site = self.site
        part = f"{letter}{five}FF"
        if five:
            source = self._choice(f"{part}MUX", {"IN_A": f"{letter}O5", "IN_B": f"{letter}X"})
        else:
            options = {f"{letter}X": f"{letter}X", **self._made_here(letter)}
            source = self._choice(f"{part}MUX", options)
        if source is None:
            data = self._nothing_selected(part, "its data multiplexer")
        elif source == f"{letter}X":
            data = self.pin(source, "the flip-flop's data")
        else:
            data = self.net(source)
        inputs = {"D": data, "C": self.clock()}
        inputs["CE"] = self.pin("CE", "the clock enable") if site.has("CEUSEDMUX") else ONE
        inputs["R"] = self.pin("SR", "the reset") if site.has("SRUSEDMUX") else ZERO
        settings = {
            "INIT": int(not site.has(f"{part}.ZINI")),
            "VALUE": int(not site.has(f"{part}.ZRST")),
            "SYNC": int(site.has("FFSYNC")),
            "IS_C_INVERTED": int(site.has("CLKINV")),
        }
        self.netlist.add(
            Cell("FD", f"{site} {part}", settings, inputs, {"Q": self._built[f"{letter}{five}Q"]})
        )


def carried(sites: list[SiteView]) -> set[str | None]:
    """Nets of the carries that slices take from below."""
    return {site.input("CIN") for site in sites if site.has("PRECYINIT.CIN")}


def build(sites: list[SiteView], netlist: Netlist, carries: set[str | None]) -> None:
    """Cells of slices; ``carries`` as :func:`carried` finds them over the whole device."""
    for site in sites:
        Slice(site, netlist).build(site.output("COUT") in carries)

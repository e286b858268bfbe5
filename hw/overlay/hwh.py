"""Hardware handoff (.hwh) of the overlay, as PYNQ reads it, from the register map."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from arrhythminet.files import write_text
from board import registers

PLL_MHZ = 1000
"""PYNQ-Z2: the PLL that feeds FCLK0."""

MAX_DIVISOR = 63
INSTANCE = "arrhythminet"
PROCESSOR = "processing_system"

_ACCESS = {"ro": "read-only", "rw": "read-write", "w1c": "read-write", "wo": "write-only"}


def clock_divisors(mhz: float) -> tuple[int, int]:
    """Divisors of the PLL for the fastest clock that is not above ``mhz``.

    Raises
    ------
    ValueError
        If the PLL cannot be divided down to ``mhz``.
    """
    if not PLL_MHZ / MAX_DIVISOR**2 <= mhz <= PLL_MHZ:
        raise ValueError(f"clock {mhz} MHz: must be between 0.252 and {PLL_MHZ} MHz; use 100")
    choices = [
        (first, second)
        for first in range(1, MAX_DIVISOR + 1)
        for second in range(1, MAX_DIVISOR + 1)
        if PLL_MHZ / (first * second) <= mhz * (1 + 1e-9)
    ]
    return min(choices, key=lambda pair: (pair[0] * pair[1], pair[1]))


def _element(parent: ElementTree.Element | None, tag: str, **attributes: object):
    texts = {key: str(value) for key, value in attributes.items()}
    if parent is None:
        return ElementTree.Element(tag, texts)
    return ElementTree.SubElement(parent, tag, texts)


def _parameters(module: ElementTree.Element, values: dict[str, object]) -> None:
    parent = _element(module, "PARAMETERS")
    for name, value in values.items():
        _element(parent, "PARAMETER", NAME=name, VALUE=value)


def _properties(parent: ElementTree.Element, values: dict[str, object]) -> None:
    for name, value in values.items():
        _element(parent, "PROPERTY", NAME=name, VALUE=value)


def _module(parent: ElementTree.Element, instance: str, vlnv: str, pl: bool):
    kind = vlnv.split(":")[2]
    return _element(
        parent,
        "MODULE",
        FULLNAME=f"/{instance}",
        INSTANCE=instance,
        VLNV=vlnv,
        MODTYPE=kind,
        HWVERSION=vlnv.rsplit(":", 1)[1],
        MODCLASS="PERIPHERAL" if pl else "PROCESSOR",
        IPTYPE="PERIPHERAL" if pl else "PROCESSOR",
        IS_PL="TRUE" if pl else "FALSE",
    )


def _bus(module: ElementTree.Element, name: str, kind: str) -> None:
    buses = module.find("BUSINTERFACES")
    if buses is None:
        buses = _element(module, "BUSINTERFACES")
    bus = _element(
        buses, "BUSINTERFACE", NAME=name, TYPE=kind, VLNV="xilinx.com:interface:aximm:1.0"
    )
    bus.set("BUSNAME", f"{PROCESSOR}_M_AXI_GP0")


def _registers(module: ElementTree.Element) -> None:
    block = _element(
        _element(module, "ADDRESSBLOCKS"),
        "ADDRESSBLOCK",
        NAME="Reg",
        INTERFACE="S_AXI",
        ACCESS="read-write",
        RANGE=registers.ADDRESS_RANGE,
        USAGE="register",
    )
    parent = _element(block, "REGISTERS")
    for entry in registers.REGISTERS:
        register = _element(parent, "REGISTER", NAME=entry.name)
        _properties(
            register,
            {
                "DESCRIPTION": entry.description,
                "ADDRESS_OFFSET": f"0x{entry.offset:x}",
                "SIZE": 32,
                "ACCESS": _ACCESS[entry.access],
                "IS_ENABLED": "true",
                "RESET_VALUE": f"0x{entry.reset:x}",
            },
        )
        fields = _element(register, "FIELDS")
        for bits in entry.fields:
            _properties(
                _element(fields, "FIELD", NAME=bits.name),
                {
                    "DESCRIPTION": bits.description,
                    "BIT_OFFSET": bits.bit,
                    "BIT_WIDTH": bits.width,
                    "ACCESS": _ACCESS[entry.access],
                },
            )


def _processor_parameters(mhz: float) -> dict[str, object]:
    first, second = clock_divisors(mhz)
    values: dict[str, object] = {"C_S_AXI_HP0_DATA_WIDTH": 64, "PCW_USE_S_AXI_HP0": 1}
    for index in range(4):
        values[f"PCW_FPGA_FCLK{index}_ENABLE"] = int(index == 0)
        values[f"PCW_FCLK{index}_PERIPHERAL_CLKSRC"] = "IO PLL"
        values[f"PCW_FCLK{index}_PERIPHERAL_DIVISOR0"] = first if index == 0 else 1
        values[f"PCW_FCLK{index}_PERIPHERAL_DIVISOR1"] = second if index == 0 else 1
    values["PCW_FPGA0_PERIPHERAL_FREQMHZ"] = f"{PLL_MHZ / (first * second):g}"
    return values


def handoff(stem: str, mhz: float) -> str:
    """XML text for ``pynq.Overlay``: the processor's clock, the overlay's registers and address.

    Parameters
    ----------
    stem : str
        Network in the overlay, such as ``v2-w4a4``.
    mhz : float
        Clock of FCLK0; rounded down to what the PLL can give.
    """
    system = _element(None, "EDKSYSTEM", EDWVERSION="1.2", VIVADOVERSION="none", TIMESTAMP="")
    _element(
        system,
        "SYSTEMINFO",
        NAME="arrhythminet_overlay",
        ARCH="zynq",
        DEVICE="7z020",
        PACKAGE="clg400",
        SPEEDGRADE="-1",
        BOARD="tul.com.tw:pynq-z2:part0:1.0",
    )
    _element(system, "EXTERNALPORTS")
    _element(system, "EXTERNALINTERFACES")
    modules = _element(system, "MODULES")

    processor = _module(modules, PROCESSOR, "xilinx.com:ip:processing_system7:5.5", pl=False)
    _parameters(processor, _processor_parameters(mhz))
    _element(processor, "PORTS")
    _bus(processor, "M_AXI_GP0", "MASTER")
    _element(
        _element(processor, "MEMORYMAP"),
        "MEMRANGE",
        INSTANCE=INSTANCE,
        ADDRESSBLOCK="Reg",
        MEMTYPE="REGISTER",
        IS_DATA="TRUE",
        IS_INSTRUCTION="TRUE",
        MASTERBUSINTERFACE="M_AXI_GP0",
        SLAVEBUSINTERFACE="S_AXI",
        BASENAME="C_BASEADDR",
        BASEVALUE=f"0x{registers.BASE_ADDRESS:08X}",
        HIGHNAME="C_HIGHADDR",
        HIGHVALUE=f"0x{registers.BASE_ADDRESS + registers.ADDRESS_RANGE - 1:08X}",
    )

    version = f"{registers.VERSION >> 16}.{registers.VERSION & 0xFFFF}"
    overlay = _module(modules, INSTANCE, f"arrhythminet:ip:overlay:{version}", pl=True)
    network_hash = f"0x{registers.network_hash(stem):08x}"
    _parameters(overlay, {"NETWORK": stem, "NETWORK_HASH": network_hash})
    _registers(overlay)
    _element(overlay, "PORTS")
    _bus(overlay, "S_AXI", "SLAVE")

    ElementTree.indent(system)
    return ElementTree.tostring(system, encoding="unicode", xml_declaration=True) + "\n"


def write(stem: str, mhz: float, path: Path) -> None:
    """Write the handoff beside a bitstream of the same name, e.g. ``v2-w4a4.hwh``."""
    write_text(path, handoff(stem, mhz))

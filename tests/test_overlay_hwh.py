"""The hardware handoff says what PYNQ looks for."""

from xml.etree import ElementTree

import pytest

from board import registers
from hw.overlay import hwh

STEM = "v2-w4a4"


@pytest.fixture(scope="module")
def system():
    return ElementTree.fromstring(hwh.handoff(STEM, 100))


def parameters(module):
    return {entry.get("NAME"): entry.get("VALUE") for entry in module.iter("PARAMETER")}


def test_processor_is_found_and_sets_the_clock(system):
    (processor,) = [m for m in system.iter("MODULE") if m.get("IS_PL") == "FALSE"]
    assert processor.get("MODTYPE") == "processing_system7"
    values = parameters(processor)
    assert values["PCW_FPGA_FCLK0_ENABLE"] == "1"
    divisors = [int(values[f"PCW_FCLK0_PERIPHERAL_DIVISOR{index}"]) for index in (0, 1)]
    assert hwh.PLL_MHZ / (divisors[0] * divisors[1]) == 100


def test_every_register_is_there_with_offset_and_fields(system):
    found = {}
    for register in system.iter("REGISTER"):
        values = {p.get("NAME"): p.get("VALUE") for p in register.findall("PROPERTY")}
        fields = {field.get("NAME") for field in register.iter("FIELD")}
        found[register.get("NAME")] = int(values["ADDRESS_OFFSET"], 16), fields
    assert found == {
        entry.name: (entry.offset, {field.name for field in entry.fields})
        for entry in registers.REGISTERS
    }


def test_address_range_belongs_to_the_overlay(system):
    (memory,) = system.iter("MEMRANGE")
    assert memory.get("INSTANCE") == hwh.INSTANCE
    assert int(memory.get("BASEVALUE"), 16) == registers.BASE_ADDRESS
    assert int(memory.get("HIGHVALUE"), 16) == registers.BASE_ADDRESS + 0xFFF


def test_network_is_named(system):
    (overlay,) = [m for m in system.iter("MODULE") if m.get("IS_PL") == "TRUE"]
    assert parameters(overlay)["NETWORK"] == STEM
    assert int(parameters(overlay)["NETWORK_HASH"], 16) == registers.network_hash(STEM)


@pytest.mark.parametrize("mhz", [10, 66.7, 100, 120, 125, 200])
def test_clock_is_never_faster_than_asked(mhz):
    first, second = hwh.clock_divisors(mhz)
    assert 0.8 * mhz < hwh.PLL_MHZ / (first * second) <= mhz


@pytest.mark.parametrize("mhz", [0, 0.1, 1001])
def test_impossible_clock_is_refused(mhz):
    with pytest.raises(ValueError, match="must be between"):
        hwh.clock_divisors(mhz)


def test_pynq_metadata_accepts_it(tmp_path):
    frontends = pytest.importorskip(
        "pynqmetadata.frontends", reason="PYNQ's parser is not installed: pip install pynqmetadata"
    )
    hwh.write(STEM, 100, tmp_path / f"{STEM}.hwh")
    metadata = frontends.Metadata(input=str(tmp_path / f"{STEM}.hwh"))
    port = metadata.blocks[hwh.INSTANCE].ports["S_AXI"]
    assert (port.baseaddr, port.range) == (registers.BASE_ADDRESS, registers.ADDRESS_RANGE)
    assert {name: entry.offset for name, entry in port.registers.items()} == registers.OFFSETS

"""Which faults a version of nextpnr-xilinx has, and which of them a netlist meets."""

import pytest

from hw.implement import openxc7, tool_faults


def references(version):
    return {fault.reference.rpartition("#")[2] for fault in tool_faults.known(version)}


def fault(number):
    everything = tool_faults.known("no version")
    return next(f for f in everything if f.reference.endswith(f"#{number}"))


@pytest.mark.parametrize(
    ("version", "number"),
    [
        ("0.8.2-25-ge22bcf69", (0, 8, 2, 25)),
        ("0.9.4", (0, 9, 4, 0)),
        ("0.9", (0, 9, 0, 0)),
        ("e22bcf69", None),
    ],
)
def test_a_version_is_its_release_and_the_commits_behind_it(version, number):
    assert tool_faults.parse(version) == number


def test_a_fault_ends_with_the_commit_that_mends_it():
    assert "28" in references("0.8.2-6-gaaaaaaaa")
    assert "28" not in references("0.8.2-7-g844a91b9")


def test_a_fault_that_came_later_is_not_one_of_an_older_version():
    assert "180" not in references("0.8.2-25-ge22bcf69")
    assert "180" in references("0.9.2")
    assert "180" not in references("0.9.5")


def test_a_version_without_a_number_is_taken_to_have_every_fault():
    assert references("b9f013d") == references("no version") >= {"28", "159", "180"}


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        ("159", {"type": "DSP48E1"}),
        ("28", {"type": "RAM32M", "parameters": {"INIT_C": "0" * 63 + "1"}}),
        ("142", {"type": "RAM256X1S"}),
        ("94", {"type": "RAMB36E1", "parameters": {"WRITE_WIDTH_A": f"{9:032b}"}}),
        ("150", {"type": "RAMB18E1", "parameters": {"READ_WIDTH_A": f"{36:032b}"}}),
        ("180", {"type": "FDRE", "connections": {"R": ["0"]}}),
        ("201", {"type": "RAM64M", "parameters": {"IS_WCLK_INVERTED": "1"}}),
    ],
)
def test_a_cell_that_a_fault_makes_wrong_is_named(number, cell):
    assert tool_faults.touched(fault(number), {"good": {"type": "LUT6"}, "bad": cell}) == "bad"


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        ("28", {"type": "RAM32M", "parameters": {"INIT_C": "0" * 64}}),
        ("94", {"type": "RAMB36E1", "parameters": {"WRITE_WIDTH_A": f"{18:032b}"}}),
        ("94", {"type": "RAMB18E1", "parameters": {"WRITE_WIDTH_A": f"{9:032b}"}}),
        ("150", {"type": "RAMB36E1", "parameters": {"READ_WIDTH_A": f"{36:032b}"}}),
        ("201", {"type": "RAM64M", "parameters": {"IS_WCLK_INVERTED": "0"}}),
    ],
)
def test_a_cell_that_a_fault_leaves_right_is_passed(number, cell):
    assert tool_faults.touched(fault(number), {"cell": cell}) is None


def test_every_fault_is_mended_refused_or_answered_by_the_conservative_clock():
    answers = {fault.answer for fault in tool_faults.known("no version")}
    assert answers == {tool_faults.MENDED, tool_faults.REFUSED, "conservative clock"}


def test_every_refused_fault_can_be_met_by_a_netlist():
    refused = [f for f in tool_faults.known("no version") if f.answer == tool_faults.REFUSED]
    assert all(f.reference.rpartition("#")[2] in tool_faults._TOUCHED for f in refused)


def test_mended_faults_are_not_refused():
    openxc7.check_faults("nextpnr-xilinx 0.8.2-25-ge22bcf69", {"mac": {"type": "DSP48E1"}})

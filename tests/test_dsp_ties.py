"""DSP48E1 constants that nextpnr-xilinx leaves out, found in the netlist, added to the text."""

import pytest

from hw.errors import HardwareError
from hw.implement import dsp_ties

OPMODE = ["1", "0", "1", "0", "1", "1", "0"]


def slice_(parameters=None, **connections):
    pins = {"INMODE": ["0"] * 5, "ALUMODE": ["0"] * 4, "OPMODE": OPMODE, **connections}
    return {"type": "DSP48E1", "parameters": parameters or {}, "connections": pins}


def features(*sites):
    return "".join(f"{site}.ZOPMODEREG[0]\n" for site in sites)


def added(text, *sites):
    cells = {str(number): slice_() for number in range(len(sites))}
    before = features(*sites) + text
    after = dsp_ties.mend(before, dsp_ties.constants(cells), len(sites))
    assert after.startswith(before)
    return after[len(before) :].splitlines()


def test_every_pin_without_a_way_in_is_tied_as_vivado_does():
    lines = added("", "DSP_L_X8Y10.DSP48.DSP_0")
    tied = [line for line in lines if ".DSP_GND_L" in line]
    off = [line for line in lines if "INVERTED" in line]
    assert len(tied) == len(off) == 8
    assert "DSP_L_X8Y10.DSP_0_ALUMODE3.DSP_GND_L" in tied
    assert "DSP_L_X8Y10.DSP48.DSP_0.ZIS_OPMODE_INVERTED[6]" in off


def test_both_slices_of_a_tile_are_tied():
    lines = added("", "DSP_R_X9Y5.DSP48.DSP_0", "DSP_R_X9Y5.DSP48.DSP_1")
    assert "DSP_R_X9Y5.DSP_0_INMODE0.DSP_GND_R" in lines
    assert "DSP_R_X9Y5.DSP_1_INMODE0.DSP_GND_R" in lines


def test_a_constant_one_is_tied_to_the_supply():
    cells = {"mac": slice_(INMODE=["0", "0", "1", "0", "0"])}
    text = dsp_ties.mend(features("DSP_R_X9Y5.DSP48.DSP_0"), dsp_ties.constants(cells), 1)
    assert "DSP_R_X9Y5.DSP_0_INMODE2.DSP_VCC_R\n" in text
    assert "DSP_R_X9Y5.DSP_0_INMODE2.DSP_GND_R" not in text


def test_an_inverted_pin_of_the_netlist_is_tied_to_what_the_slice_then_sees():
    cells = {"mac": slice_({"IS_INMODE_INVERTED": "00100"}, INMODE=["0"] * 5)}
    assert dsp_ties.constants(cells)["INMODE", 2] == 1


def test_what_a_newer_version_ties_itself_is_not_written_twice():
    present = "DSP_R_X9Y5.DSP_0_INMODE4.DSP_GND_R"
    assert present not in added(f"{present}\n", "DSP_R_X9Y5.DSP48.DSP_0")


def test_a_tie_to_the_other_constant_is_refused():
    with pytest.raises(HardwareError, match=r"INMODE4.DSP_VCC_R contradicts the netlist"):
        added("DSP_R_X9Y5.DSP_0_INMODE4.DSP_VCC_R\n", "DSP_R_X9Y5.DSP48.DSP_0")


def test_a_pin_that_a_net_drives_is_refused_with_its_cell():
    with pytest.raises(HardwareError, match=r"mac: a net drives ALUMODE\[3\]"):
        dsp_ties.constants({"mac": slice_(ALUMODE=["0", "0", "0", 17])})


def test_slices_that_want_different_constants_are_refused():
    cells = {"a": slice_(), "b": slice_(INMODE=["1", "0", "0", "0", "0"])}
    with pytest.raises(HardwareError, match=r"b wants INMODE\[0\] = 1, another DSP48E1 0"):
        dsp_ties.constants(cells)


def test_another_number_of_slices_than_in_the_netlist_is_refused():
    values = dsp_ties.constants({"a": slice_()})
    with pytest.raises(HardwareError, match="has 2 DSP48E1.*configures 1"):
        dsp_ties.mend(features("DSP_R_X9Y5.DSP48.DSP_0"), values, 2)


def test_a_design_without_dsp_slices_stays_as_it_is():
    assert dsp_ties.mend("CLBLL_L_X2Y0.SLICEL_X0.AFF.ZINI\n", dsp_ties.constants({}), 0) == (
        "CLBLL_L_X2Y0.SLICEL_X0.AFF.ZINI\n"
    )

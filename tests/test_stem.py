"""A network's name and its parts."""

import pytest

from arrhythminet.errors import StemError
from arrhythminet.stem import Stem


@pytest.mark.parametrize(
    "text",
    ["v2-w4a4", "v1-float32-s2", "v1-w4a4-patient-rhythm", "v2-w4a4-dsp0", "v1-w8a6-paper-s3-dsp0"],
)
def test_a_name_is_the_sum_of_its_parts(text):
    assert str(Stem.parse(text)) == text


def test_hardware_without_dsp_slices_is_folded_apart_and_trained_alike():
    stem = Stem.parse("v2-w4a4-patient-s1-dsp0")
    assert not stem.dsp
    assert stem.hardware == "v2-w4a4-dsp0"
    assert stem.trained == "v2-w4a4-patient-s1"
    assert stem.module == "v2_w4a4_patient_s1_dsp0"


@pytest.mark.parametrize("text", ["v2-w4a4-dsp1", "v2-dsp0-w4a4", "v2-w4a4-dsp0-s1"])
def test_dsp0_stands_last_or_it_is_no_name(text):
    with pytest.raises(StemError, match=r"\[-dsp0\], for example"):
        Stem.parse(text)

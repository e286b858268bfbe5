"""The domain: each of its constants stands once, names of networks are read and written back."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrhythminet.errors import StemError
from arrhythminet.stem import FORMS, PROTOCOLS, Stem

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("arrhythminet", "quant_training", "hw", "sim", "board")
CONSTANTS = {
    "signal": ("SAMPLE_RATE", "LEAD"),
    "classes": ("CLASSES", "MEANINGS", "COLOURS", "AAMI", "AAMI_CLASSES", "BEAT_SYMBOLS"),
    "beats": ("BEAT_SAMPLES", "INPUT_SCALE", "EDGE_SAMPLES", "RHYTHM_SAMPLES", "RHYTHM_STEPS"),
    "stem": ("PROTOCOLS",),
    "wavelet": ("WAVELET", "DECOMPOSE_LOW"),
    "records": ("MITDB_RECORDS",),
}


def assigned(path: Path) -> set[str]:
    """Names that a module gives a value at its top level."""
    names = set()
    for node in ast.parse(path.read_text()).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets += [node.target] if isinstance(node, ast.AnnAssign) else []
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, names in CONSTANTS.items() for name in names]
)
def test_a_constant_of_the_domain_is_defined_once(module, name):
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    places = [path for path in files if name in assigned(path)]
    assert places == [ROOT / "arrhythminet" / f"{module}.py"]


@given(
    st.builds(
        Stem,
        net=st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True),
        weight_bits=st.integers(2, 8),
        act_bits=st.integers(2, 8),
        protocol=st.sampled_from(PROTOCOLS),
        form=st.sampled_from(FORMS),
        seed=st.integers(0, 99),
    )
)
def test_a_stem_is_read_back_as_it_was_written(stem):
    assert Stem.parse(str(stem)) == stem


def test_parts_of_a_stem_name_its_hardware_and_its_module():
    stem = Stem.parse("v1-w4a4-patient-rhythm-s2")
    assert (stem.hardware, stem.module) == ("v1-w4a4", "v1_w4a4_patient_rhythm_s2")
    assert (stem.protocol, stem.form, stem.seed) == ("patient", "rhythm", 2)
    assert Stem.parse("v2-float32").weight_bits is None


@pytest.mark.parametrize(
    "text", ["", "v2", "v2-w9a4", "v2-w4a4-", "v2-w4a4-beat", "v2-w4a4-s0", "V2-w4a4", "v2-w4a4/x"]
)
def test_other_names_are_refused_with_the_form_of_a_right_one(text):
    with pytest.raises(StemError, match="for example v2-w4a4"):
        Stem.parse(text)

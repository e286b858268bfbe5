"""Handshake and order of the stream modules hold, by proof, and the proofs can fail."""

import shutil

import pytest

from hw.backends import LAYERS
from hw.errors import HardwareError
from hw.formal.prove import RTL, proofs, prove


def _name(proof: tuple[str, dict]) -> str:
    module, parameters = proof
    return "-".join([module, *(f"{value}" for value in parameters.values() if value != "rom")])


@pytest.mark.parametrize("proof", proofs("handshake"), ids=_name)
def test_source_holds_a_transfer_until_it_is_taken(proof):
    prove(*proof, "handshake")


def test_every_layer_proves_its_handshake():
    assert [name for name, layer in LAYERS.items() if not layer.proofs.get("handshake")] == []


@pytest.mark.parametrize("proof", proofs("order"), ids=_name)
def test_every_element_leaves_once_and_in_order(proof):
    prove(*proof, "order")


@pytest.mark.parametrize(
    ("rule", "text", "fault"),
    [
        ("order", "count_q != COUNT_WIDTH'(PLACES - 1)", "1'b1"),
        ("handshake", "count_q != '0 && (!out_valid_q || m_axis_tready)", "count_q != '0"),
    ],
)
def test_proof_finds_a_fault_put_into_fifo(rule, text, fault, tmp_path):
    library = shutil.copytree(RTL, tmp_path / "rtl")
    source = (library / "fifo.sv").read_text()
    assert text in source
    (library / "fifo.sv").write_text(source.replace(text, fault))
    with pytest.raises(HardwareError, match="proof did fail"):
        prove("fifo", {"DATA_WIDTH": 2, "DEPTH": 4}, rule, library)

"""Every layer of hw/rtl against its Python reference, in Verilator."""

import pytest

from hw.backends import LAYERS
from hw.backends.base import RTL_FOLDER
from sim.benches import run


@pytest.mark.parametrize("layer", LAYERS)
def test_layer_equals_its_reference_under_stalls_and_reset(layer):
    run.check(layer, run.build(RTL_FOLDER / f"{layer}.sv"))


def test_bench_finds_zeros_that_come_before_their_beat(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pad = (RTL_FOLDER / "pad.sv").read_text()
    early = pad.replace("(padding && position_q <= LAST)", "padding")
    assert early != pad
    (tmp_path / "pad.sv").write_text(early)
    with pytest.raises(AssertionError, match="transfers too many"):
        run.check("pad", run.build(tmp_path / "pad.sv"))

"""Every layer of hw/rtl against its Python reference, in Verilator."""

import pytest

from hw.backends import LAYERS
from hw.backends.base import RTL_FOLDER
from sim.benches import run


@pytest.mark.parametrize("layer", LAYERS)
def test_layer_equals_its_reference_under_stalls_and_reset(layer):
    run.check(layer, run.build(RTL_FOLDER / f"{layer}.sv"))

"""Chains of DSP48E1 slices keep every bit of their sums when Yosys packs them."""

import random
import shutil
from pathlib import Path

import pytest

from hw.tools import yosys

RTL = Path(__file__).parents[1] / "hw" / "rtl"
LIBRARY = [
    "read_verilog -lib -specify +/xilinx/cells_sim.v",
    "read_verilog -lib +/xilinx/cells_xtra.v",
]


# 13-bit sums two to a slice use one bit more than two links need: the register then held its sign
# twice, and xilinx_dsp (Yosys 0.70) left the copy without a driver, which reads 0
@pytest.mark.parametrize(
    ("act_width", "act_signed", "simd", "acc_width"), [(4, 0, 4, 13), (4, 0, 3, 12), (8, 1, 3, 13)]
)
def test_every_input_of_a_mapped_chain_has_a_driver(
    tmp_path, act_width, act_signed, simd, acc_width
):
    for name in ("mac_dsp", "weight_rom", "mac_sum"):
        shutil.copy(RTL / f"{name}.sv", tmp_path)
    pe, folds, weight_width = 2, 16, 4
    size = folds * pe * simd * weight_width
    weights = f"{size}'b{random.Random(3).getrandbits(size):0{size}b}"
    settings = {
        "PE": pe, "SIMD": simd, "FOLDS": folds, "CYCLES": 4, "ACT_WIDTH": act_width,
        "ACT_SIGNED": f"1'b{act_signed}", "ACC_WIDTH": acc_width, "WEIGHT_WIDTH": weight_width,
        "WEIGHTS": weights,
    }  # fmt: skip
    chosen = " ".join(f"-set {name} {value}" for name, value in settings.items())
    commands = [
        *LIBRARY,
        "read_verilog -sv -defer mac_dsp.sv weight_rom.sv mac_sum.sv",
        f"chparam {chosen} mac_dsp",
        "synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -nosrl -top mac_dsp"
        " -run begin:coarse",
        "opt_clean",
        "check -assert",
        "select -assert-min 1 */t:DSP48E1",
    ]
    yosys.run(commands, tmp_path, "map")

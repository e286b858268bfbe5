"""What a layer costs: LUTs measured with Yosys ``synth_xilinx``, interpolated over folds.

Figures are for 4-bit weights and 4-bit activations, adder tree and weights included; other
widths scale with the number of partial-product bits. The folding solver and the backends'
resource estimates use these and nothing else.
"""

import math
from dataclasses import dataclass
from pathlib import Path

from hw.implement.device import DSP_PRODUCTS
from hw.tools.bundle import defaults

FORMS = ("rom", "table", "dsp")
THRESHOLD_FORMS = ("search", "compare", "serial")

TABLE_ADDRESS_BITS = 12
"""Fold and activation bits that a product table may have, as ``mac_table`` demands."""

# python -m hw.bench: LUT a product, adder tree, weights and accumulators included, by folds
_LUT_PER_MAC = {
    "rom": {1: 8.1, 2: 16.2, 4: 26.5, 8: 34.7, 16: 37.8, 32: 40.7, 64: 48.7, 128: 65.6},
    "table": {1: 8.1, 2: 13.9, 4: 20.0, 8: 31.7},
    "dsp": {1: 0.4, 2: 0.9, 4: 2.0, 16: 5.3, 64: 16.6},
}
# LUT a lane of 15 thresholds of 12 bits, by folds
_LUT_PER_THRESHOLD_LANE = {
    "search": {1: 48.9, 2: 56.2, 4: 64.9, 16: 88.5},
    "compare": {1: 43.9, 2: 99.6, 4: 121.6},
    "serial": {1: 26.1, 4: 20.4, 8: 34.0, 16: 54.3},
}
_RTL = Path(__file__).resolve().parent.parent / "rtl"
BLOCK_RAM_FOLDS = defaults((_RTL / "weight_rom.sv").read_text())["BLOCK_FOLDS"]
"""Folds from which weight_rom puts weights into block RAM, 18 bits wide to 1,024 words."""
LUT_PER_BRAM18 = 40
"""What the folding pays for half a block RAM: TODO."""


@dataclass(frozen=True)
class Cost:
    """Resources of a node or a part of one."""

    lut: float = 0
    dsp: int = 0
    bram18: int = 0


def possible(form: str, folds: int, act_bits: int) -> bool:
    """Whether a multiply-accumulate form exists for so many folds."""
    return form != "table" or math.ceil(math.log2(folds)) + act_bits <= TABLE_ADDRESS_BITS


def _over_folds(points: dict[int, float], folds: int) -> float:
    """Piecewise linear in log2(folds); beyond the last point the slope stays."""
    known = sorted(points)
    if folds <= known[0]:
        return points[known[0]]
    upper = next((f for f in known if f >= folds), known[-1])
    lower = known[known.index(upper) - 1]
    share = math.log2(folds / lower) / math.log2(upper / lower)
    return points[lower] + share * (points[upper] - points[lower])


def mac_cost(form: str, pe: int, simd: int, folds: int, act_bits: int, weight_bits: int) -> Cost:
    """Resources of ``pe`` dot products of ``simd`` shared activations a cycle.

    The weights of each product rotate through ``folds`` values.
    """
    macs = pe * simd
    products = macs if form == "dsp" else macs * act_bits * weight_bits / 16
    dsp = math.ceil(pe / DSP_PRODUCTS) * simd if form == "dsp" else 0
    if folds >= BLOCK_RAM_FOLDS and form != "table":
        lut = products * (_LUT_PER_MAC[form][8] if form == "rom" else _LUT_PER_MAC[form][4])
        return Cost(lut, dsp, math.ceil(macs * weight_bits / 18))
    return Cost(products * _over_folds(_LUT_PER_MAC[form], folds), dsp)


def threshold_cost(form: str, steps: int, width: int, folds: int) -> float:
    """LUTs of one thresholding lane."""
    scale = width / 12 * (steps / 15 if form == "compare" else 1)
    return scale * _over_folds(_LUT_PER_THRESHOLD_LANE[form], folds)


def threshold_cycles(form: str, steps: int) -> int:
    """Cycles a transfer: the serial form finds one bit of the count in each."""
    return math.ceil(math.log2(steps + 1)) if form == "serial" else 1


def width_converter_cost(in_width: int, out_width: int) -> float:
    """LUTs of a width converter."""
    if in_width == out_width:
        return 0
    whole = in_width % out_width == 0 or out_width % in_width == 0
    return 8 + (max(in_width, out_width) if whole else 2 * math.lcm(in_width, out_width))


def fifo_cost(width: int, depth: int) -> Cost:
    """Distributed RAM up to 256 entries (6 bits by 32 in four LUTs), block RAM beyond."""
    if depth > 256:
        return Cost(lut=30, bram18=math.ceil(width / 18) * math.ceil(depth / 1024))
    return Cost(lut=15 + math.ceil(width / 6) * 4 * math.ceil(depth / 32))

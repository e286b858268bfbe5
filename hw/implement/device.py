"""The PYNQ-Z2's FPGA."""

PART = "xc7z020clg400-1"
RESOURCES = {"LUT": 53_200, "FF": 106_400, "DSP48E1": 220, "RAMB36E1": 140}
DSP_PRODUCTS = 2
"""Products a cycle of one DSP48E1: two weights 18 bits apart share an activation."""
CLOCK_MHZ = 100.0
"""FCLK0, for figures in time; figures in cycles do not depend on it."""

"""One cocotb bench per module of hw/rtl, each beside its reference in Python.

A bench module has CONFIGURATIONS (parameter sets), `stimulus` and `reference` (its model), and
the cocotb tests of `harness`, which run it under stalls. tests/test_rtl_modules.py runs them.
"""

"""One cocotb bench per layer of hw/rtl, each beside its reference in Python.

A bench module has CONFIGURATIONS (parameter sets), `stimulus` and `reference` (its model),
`cycles_per_beat` and BROKEN (parameters that the module refuses, words of its sentence); where
they differ from the usual, `hdl_parameters`, INPUTS and `outputs`. `every_layer` holds the
tests that all of them have to pass, tests/test_rtl_modules.py runs them.
"""

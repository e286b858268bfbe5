"""The overlay simulated whole: cocotb benches with AXI models, and the simulated board."""

"""What the stages run: Yosys, Verilator, steps that are not repeated, bundles of modules, lint."""

"""What a finished ``.bit`` holds: frames, features, nets, a netlist, rules, its simulation.

Reads nothing but the ``.bit`` and Project X-Ray's database; never the placer's netlist or FASM.
"""

"""Proofs of the stream modules by Yosys' own SAT solver; `python -m hw.formal.prove` runs them.

`handshake.sv` is the AXI4-Stream rule, `order.sv` says that a stream keeps its elements,
`padding.sv` where pad puts its zeros.
"""

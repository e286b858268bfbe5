"""The overlay: registers, DMA and cycle counters around a network, on the Zynq's PS.

``overlay_core.sv`` is everything but the PS7 (simulable), ``overlay_top.sv`` the whole design.
Network side: a generated module ``overlay_network`` (see :mod:`hw.overlay.network`).
"""

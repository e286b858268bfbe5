"""Explanations of a trained network, and how far they can be trusted.

``python -m quant_training.explain`` measures them on test beats and draws them; with ``--record``
and ``--beat`` it explains one beat. The network explained is the one that runs in hardware.
"""

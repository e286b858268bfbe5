"""The compiler's stages, in order: streamline, layers, folding, fifos, stitch.

``checks`` holds each stage against PyTorch's integers, ``reference`` computes what a stream must
carry, ``estimate`` says cycles and resources.
"""

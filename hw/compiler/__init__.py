"""The compiler's stages, in order: streamline, layers, folding, fifos, stitch.

``graph`` runs the first two, ``configuration`` the next two. ``checks`` holds each stage against
PyTorch's integers, ``reference`` computes what a stream must carry, ``estimate`` says cycles and
resources.
"""

"""In which order a pixel's elements travel."""

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import layer


def element_order(model: ModelWrapper, tensor: str) -> np.ndarray:
    """Index into a pixel's elements for each position on the stream that carries ``tensor``.

    Channels travel in their own order, except behind a sliding window.
    """
    node = model.find_producer(tensor)
    while node is not None and node.op_type in ("WidthConverter_sv", "Fifo_sv"):
        tensor = node.input[0]
        node = model.find_producer(tensor)
    if node is not None and node.op_type == "SlidingWindow_sv":
        return layer(node).element_order()
    return np.arange(model.get_tensor_shape(tensor)[-1])

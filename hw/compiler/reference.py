"""The integer reference of a layer graph, for any number of beats, and how it lies on streams."""

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends import element_order, layer
from hw.backends.base import Stream


def run(model: ModelWrapper, beats: np.ndarray) -> dict[str, np.ndarray]:
    """Every tensor of the graph for int8 ``beats`` (n, length), each (n, length, 1, channels)."""
    context = {
        tensor.name: model.get_initializer(tensor.name) for tensor in model.graph.initializer
    }
    context[model.graph.input[0].name] = beats.astype(np.float32)[:, :, None, None]
    for node in model.graph.node:
        layer(node).execute_node(context, model.graph)
    return context


def stream_words(
    model: ModelWrapper, tensor: str, stream: Stream, values: np.ndarray
) -> np.ndarray:
    """``values`` (n, length, 1, channels) of ``tensor`` as the transfers of its stream."""
    return pack(values, element_order(model, tensor), stream)


def pack(values: np.ndarray, order: np.ndarray, stream: Stream) -> np.ndarray:
    """Integers (n, length, 1, channels), each pixel's in the given order, as transfers.

    Returns
    -------
    uint8 (n * transfers, bytes), most significant byte first, as ``$fread`` takes them.
    """
    lanes = values[..., order].astype(np.int64).reshape(-1, stream.lanes)
    bits = ((lanes[..., None] >> np.arange(stream.dtype.bitwidth())) & 1).astype(np.uint8)
    return np.packbits(bits.reshape(len(lanes), -1), axis=-1, bitorder="little")[:, ::-1]

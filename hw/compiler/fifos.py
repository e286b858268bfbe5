"""Width converters and FIFOs between layers, by FINN's own transformations."""

from finn.transformation.fpgadataflow.insert_dwc import InsertDWC
from finn.transformation.fpgadataflow.insert_fifo import InsertFIFO
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes

from hw.backends import FINN_TO_BACKEND, layer, output_streams
from hw.compiler.layers import replace_node

REGISTERS = 2
"""Depth of the smallest FIFO: a pair of registers that cuts the ready and valid paths."""
BURST = 32
"""Depth that one row of distributed RAM gives for nothing."""


def insert_width_converters(model: ModelWrapper) -> ModelWrapper:
    """A converter wherever two neighbours disagree on lanes, named after its producer."""
    return _insert(model, InsertDWC(), "StreamingDataWidthConverter", "width_converter")


def insert_fifos(model: ModelWrapper, depths: dict[str, int]) -> ModelWrapper:
    """A FIFO behind every stream that ``depths`` names.

    Parameters
    ----------
    depths
        Stream (see :func:`hw.compiler.stitch.stream_names`) to depth; streams left out get no FIFO.
    """
    for node in model.graph.node:
        backend = layer(node)
        # FINN inserts a FIFO where the depth exceeds 2; ours starts at 2, hence the offset.
        backend.set_nodeattr(
            "outFIFODepths", [depths.get(name, 0) + 1 for name in output_streams(node)]
        )
        inputs = max(1, sum(model.find_producer(t) is not None for t in node.input))
        backend.set_nodeattr("inFIFODepths", [0] * inputs)
    model = _insert(model, InsertFIFO(), "StreamingFIFO", "fifo")
    for node in model.graph.node:
        if node.op_type == "Fifo_sv":
            backend = layer(node)
            backend.set_nodeattr("depth", backend.get_nodeattr("depth") - 1)
    return model


def generous_depths(model: ModelWrapper, burst: int = BURST) -> dict[str, int]:
    """A whole beat on a residual's branches, ``burst`` everywhere else but at the result.

    Correct by itself; ``python -m sim.size_fifos`` finds what is needed.
    """
    result = model.find_producer(model.graph.output[0].name)
    depths: dict[str, int] = {}
    for node in model.graph.node:
        if node != result:
            forks = len(node.output) > 1
            depth = layer(node).stream_out().transfers if forks else burst
            depths |= dict.fromkeys(output_streams(node), depth)
    return depths


def _insert(model: ModelWrapper, transformation: object, finn_op: str, suffix: str) -> ModelWrapper:
    model = model.transform(transformation)
    for node in list(model.graph.node):
        if node.op_type == finn_op:
            producer = model.find_producer(node.input[0])
            index = list(producer.output).index(node.input[0])
            node.name = f"{output_streams(producer)[index]}_{suffix}"
            replace_node(model, node, FINN_TO_BACKEND[finn_op].__name__)
    return model.transform(InferShapes()).transform(InferDataTypes())

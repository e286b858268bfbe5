"""Streamlined graph to hardware layers: FINN infers them, our backends take them over."""

import numpy as np
from finn.transformation.fpgadataflow.minimize_accumulator_width import MinimizeAccumulatorWidth
from finn.transformation.streamline.round_thresholds import RoundAndClipThresholds
from onnx import NodeProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.general import GiveUniqueNodeNames, RemoveUnusedTensors
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes

from hw.backends import FINN_TO_BACKEND, LAYERS, layer
from hw.backends.base import DOMAIN
from hw.errors import HardwareError

_FINN_DOMAIN = "finn.custom_op.fpgadataflow"
_TAIL = ("Mul", "Transpose", "ReduceMean", "MatMul", "Mul", "Add")


def to_finn_layers(model: ModelWrapper) -> ModelWrapper:
    """FINN's hardware layers, thresholds standing alone, every width minimised.

    The graph then takes int8 (1, length, 1, 1) and ends in the project's argmax, which adds the
    class biases.
    """
    model = _channels_last_input(_integer_tail(model))
    layers = sorted(LAYERS.values(), key=lambda layer: layer.conversion_rank)
    conversions = (layer.conversion() for layer in layers if layer.conversion is not None)
    for transformation in (
        *conversions,
        GiveUniqueNodeNames(),
        InferDataTypes(),
        InferShapes(),
        MinimizeAccumulatorWidth(),
        RoundAndClipThresholds(),
        MinimizeAccumulatorWidth(),
        InferDataTypes(),
    ):
        model = model.transform(transformation)
    return model


def to_backends(model: ModelWrapper, sites: list[str]) -> ModelWrapper:
    """Every FINN layer handed to the project's backend of that layer, then named.

    Parameters
    ----------
    sites
        Names of the network's quantisers in the order of the data; nodes up to and including
        the k-th thresholding belong to the k-th site.

    Raises
    ------
    HardwareError
        If a layer has no backend, or thresholdings and sites do not match in number.
    """
    for node in list(model.graph.node):
        if node.op_type in FINN_TO_BACKEND:
            replace_node(model, node, FINN_TO_BACKEND[node.op_type].__name__)
        elif node.domain != DOMAIN:
            raise HardwareError(
                f"layer {node.name} ({node.op_type}) has no RTL backend; "
                f"known are {', '.join(sorted(FINN_TO_BACKEND))}"
            )
    _name_nodes(model, sites)
    return model.transform(MinimizeAccumulatorWidth()).transform(InferDataTypes())


def _integer_tail(model: ModelWrapper) -> ModelWrapper:
    """Mean, last layer, scale and bias become sum, matrix product, integer biases and argmax."""
    mean = model.get_nodes_by_op_type("ReduceMean")[0]
    transpose = model.find_producer(mean.input[0])
    scale = model.find_producer(transpose.input[0])
    product = model.find_consumer(mean.output[0])
    last_scale = model.find_consumer(product.output[0])
    bias = model.find_consumer(last_scale.output[0])
    tail = (scale, transpose, mean, product, last_scale, bias)
    if tuple(node.op_type for node in tail) != _TAIL:
        raise HardwareError(
            f"the network ends in {[node.op_type for node in tail]}; "
            f"expected global average pooling and one linear layer: {list(_TAIL)}"
        )
    _, length, _, channels = model.get_tensor_shape(scale.input[0])
    classes = model.get_tensor_shape(product.output[0])[-1]
    step = model.get_initializer(scale.input[1]) * model.get_initializer(last_scale.input[1])
    steps = model.get_initializer(bias.input[1]).astype(np.float64) * length / float(step)
    if np.abs(steps - np.round(steps)).max() > 1e-2:
        raise HardwareError(
            f"class biases are {steps} logit steps; they must be whole: call integers.settle_() "
            "before the export"
        )

    pooled, logits = model.make_new_valueinfo_name(), "logits_int"
    source = model.get_tensor_datatype(scale.input[0])
    pool = helper.make_node(
        "GlobalAccPool",
        [scale.input[0]],
        [pooled],
        domain=_FINN_DOMAIN,
        backend="fpgadataflow",
        numInputVectors=[1, length, 1],
        NumChannels=channels,
        PE=1,
        inputDataType=source.name,
    )
    argmax = helper.make_node(
        "Argmax_sv",
        [logits, "class_biases"],
        [model.graph.output[0].name],
        domain=DOMAIN,
        backend="fpgadataflow",
        PE=1,
        Classes=classes,
        inputDataType="INT32",
    )
    matrix = helper.make_node("MatMul", [pooled, product.input[1]], [logits])
    position = list(model.graph.node).index(scale)
    for node in tail:
        model.graph.node.remove(node)
    for offset, node in enumerate((pool, matrix, argmax)):
        model.graph.node.insert(position + offset, node)
    model.set_initializer("class_biases", np.round(steps).astype(np.float32))
    model.set_tensor_shape(pooled, [1, 1, 1, channels])
    model.set_tensor_shape(logits, [1, 1, 1, classes])
    model.set_tensor_shape(model.graph.output[0].name, [1, 1, 1, 1 + classes])
    return model.transform(RemoveUnusedTensors())


def _channels_last_input(model: ModelWrapper) -> ModelWrapper:
    """The graph takes (1, length, 1, 1) instead of (1, 1, length, 1)."""
    name = model.graph.input[0].name
    transpose = model.find_consumer(name)
    if transpose.op_type != "Transpose":
        raise HardwareError(f"the network begins with {transpose.op_type}; expected a convolution")
    for consumer in model.find_consumers(transpose.output[0]):
        for index, tensor in enumerate(consumer.input):
            if tensor == transpose.output[0]:
                consumer.input[index] = name
    shape = model.get_tensor_shape(transpose.output[0])
    model.graph.node.remove(transpose)
    model.set_tensor_shape(name, shape)
    model.set_tensor_datatype(name, DataType["INT8"])
    return model.transform(InferShapes()).transform(InferDataTypes())


def replace_node(model: ModelWrapper, node: NodeProto, op_type: str) -> None:
    """Swap ``node`` for a backend with the same connections and the attributes it knows."""
    new = helper.make_node(
        op_type, list(node.input), list(node.output), name=node.name, domain=DOMAIN
    )
    backend = layer(new)
    known = backend.get_nodeattr_types()
    new.attribute.extend(attribute for attribute in node.attribute if attribute.name in known)
    backend.take_over()
    position = list(model.graph.node).index(node)
    model.graph.node.remove(node)
    model.graph.node.insert(position, new)


def _name_nodes(model: ModelWrapper, sites: list[str]) -> None:
    """``b1.depthwise``'s nodes become ``b1_depthwise_pad``, ``b1_depthwise_thresholding``..."""
    ends = sum(layer(node).ends_site for node in model.graph.node)
    if ends != len(sites):
        raise HardwareError(
            f"the graph has {ends} thresholdings, golden.npz names {len(sites)} "
            "quantisers; export both from the same checkpoint"
        )
    remaining = iter([*sites, "classifier"])
    site = next(remaining)
    for node in model.graph.node:
        node.name = f"{site.replace('.', '_')}_{layer(node).module()}"
        if layer(node).ends_site:
            site = next(remaining)

"""QONNX to a graph of integer operations: scales and biases absorbed into thresholds."""

import logging

import finn.transformation.streamline.absorb as absorb
import finn.transformation.streamline.reorder as reorder
from finn.transformation.qonnx.convert_qonnx_to_finn import ConvertQONNXtoFINN
from finn.transformation.streamline import Streamline
from onnx import helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.base import Transformation
from qonnx.transformation.fold_constants import FoldConstants
from qonnx.transformation.general import (
    GiveReadableTensorNames,
    GiveUniqueNodeNames,
    RemoveStaticGraphInputs,
)
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes
from qonnx.transformation.lower_convs_to_matmul import LowerConvsToMatMul
from qonnx.util.cleanup import cleanup_model

# Scalars go past the fork before they go past the join, or streamlining a residual ends in a
# circular dependency. Repeated until nothing changes.
_PAST_RESIDUALS: tuple[type[Transformation], ...] = (
    reorder.MoveScalarLinearPastFork,
    reorder.MoveTransposePastFork,
    reorder.MoveScalarLinearPastInvariants,
    Streamline,
    reorder.MoveTransposePastScalarMul,
    reorder.MoveMulPastJoinAdd,
    reorder.MoveTransposePastJoinAdd,
    absorb.AbsorbTransposeIntoMultiThreshold,
    absorb.AbsorbConsecutiveTransposes,
    absorb.AbsorbMulIntoMultiThreshold,
)


class GemmWithoutBiasToMatMul(Transformation):
    """Bias-less Gemm to MatMul; qonnx 1.0.0's own GemmToMatMul needs the third input."""

    def apply(self, model: ModelWrapper) -> tuple[ModelWrapper, bool]:
        for node in model.get_nodes_by_op_type("Gemm"):
            if len(node.input) != 2:
                continue
            index = list(model.graph.node).index(node)
            weights = node.input[1]
            if any(a.name == "transB" and a.i for a in node.attribute):
                transposed = model.make_new_valueinfo_name()
                turn = helper.make_node("Transpose", [weights], [transposed], perm=[1, 0])
                model.graph.node.insert(index, turn)
                weights, index = transposed, index + 1
            product = helper.make_node("MatMul", [node.input[0], weights], list(node.output))
            model.graph.node.remove(node)
            model.graph.node.insert(index, product)
        return model.transform(InferShapes()), False


def from_qonnx(model: ModelWrapper) -> ModelWrapper:
    """Clean the exported graph and turn its quantisers into MultiThresholds.

    The input stands for int8 values; the export multiplies them by their scale first.
    """
    model = cleanup_model(cleanup_model(model).transform(GemmWithoutBiasToMatMul()))
    model.set_tensor_datatype(model.graph.input[0].name, DataType["INT8"])
    return _tidy(model.transform(ConvertQONNXtoFINN()))


def streamline(model: ModelWrapper) -> ModelWrapper:
    """Integers only between input and last layer: matrix products, sums and thresholds, NHWC."""
    logging.getLogger("finn_logger").setLevel(logging.ERROR)
    for transformation in (
        Streamline(),
        LowerConvsToMatMul(),
        absorb.AbsorbTransposeIntoMultiThreshold(),
        absorb.AbsorbConsecutiveTransposes(),
    ):
        model = model.transform(transformation)
    operations: list[str] = []
    while operations != [node.op_type for node in model.graph.node]:
        operations = [node.op_type for node in model.graph.node]
        for transformation in _PAST_RESIDUALS:
            model = model.transform(transformation())
        model = model.transform(InferDataTypes())
    return _tidy(model)


def _tidy(model: ModelWrapper) -> ModelWrapper:
    for transformation in (
        InferShapes(),
        FoldConstants(),
        GiveUniqueNodeNames(),
        GiveReadableTensorNames(),
        InferDataTypes(),
        RemoveStaticGraphInputs(),
    ):
        model = model.transform(transformation)
    return model

"""Residual sum of two streams, element by element."""

import numpy as np
from finn.custom_op.fpgadataflow.elementwise_binary import ElementwiseAdd
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from finn.transformation.fpgadataflow.convert_to_hw.elementwise_binary_operation import (
    InferElementwiseBinaryOperation,
)
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import Instance, RTLLayer
from hw.backends.costs import Cost


@register_custom_op
class StreamAdd_sv(RTLLayer, ElementwiseAdd):
    """FINN's ElementwiseAdd of two streams of equal shape."""

    replaces = "ElementwiseAdd"
    conversion = InferElementwiseBinaryOperation
    conversion_rank = 2
    registers_behind = True
    proofs = {"handshake": ({"PE": 2},)}

    def instance(self, model: ModelWrapper) -> Instance:
        a, b = self.get_input_datatype(0), self.get_input_datatype(1)
        parameters = {
            "PE": self.get_nodeattr("PE"),
            "A_WIDTH": a.bitwidth(),
            "A_SIGNED": int(a.signed()),
            "B_WIDTH": b.bitwidth(),
            "B_SIGNED": int(b.signed()),
            "OUT_WIDTH": self.get_output_datatype().bitwidth(),
        }
        return Instance(parameters)

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        return inputs[0] + inputs[1]

    def cost(self) -> Cost:
        return Cost(lut=6 + self.stream_out().width)

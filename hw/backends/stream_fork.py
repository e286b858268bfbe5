"""One stream to several, each output taking every transfer once."""

import numpy as np
from finn.custom_op.fpgadataflow.duplicatestreams import DuplicateStreams
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from finn.transformation.fpgadataflow.convert_to_hw.duplicate_streams import (
    InferDuplicateStreamsLayer,
)
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import Instance, RTLLayer
from hw.backends.costs import Cost


@register_custom_op
class StreamFork_sv(RTLLayer, DuplicateStreams):
    """FINN's DuplicateStreams, found once every other layer is one of FINN's."""

    replaces = "DuplicateStreams"
    conversion = InferDuplicateStreamsLayer
    conversion_rank = 3
    passes_order = True
    proofs = {
        "handshake": ({"DATA_WIDTH": 2, "OUTPUTS": 3},),
        "order": ({"DATA_WIDTH": 2, "OUTPUTS": 2},),
    }

    def instance(self, model: ModelWrapper) -> Instance:
        parameters = {
            "DATA_WIDTH": self.stream_in().width,
            "OUTPUTS": self.get_nodeattr("NumOutputStreams"),
        }
        return Instance(parameters)

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        return inputs[0]

    def cost(self) -> Cost:
        return Cost(lut=4 * self.get_nodeattr("NumOutputStreams"))

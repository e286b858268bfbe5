"""The same elements, more or fewer a transfer."""

import numpy as np
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from finn.custom_op.fpgadataflow.streamingdatawidthconverter import StreamingDataWidthConverter
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import Instance, RTLLayer
from hw.backends.costs import Cost, width_converter_cost


@register_custom_op
class WidthConverter_sv(RTLLayer, StreamingDataWidthConverter):
    """FINN's StreamingDataWidthConverter."""

    replaces = "StreamingDataWidthConverter"
    lanes = ""
    passes_order = True
    proofs = {
        "handshake": ({"IN_WIDTH": 6, "OUT_WIDTH": 4},),
        "order": (
            {"IN_WIDTH": 2, "OUT_WIDTH": 6},
            {"IN_WIDTH": 6, "OUT_WIDTH": 2},
            {"IN_WIDTH": 6, "OUT_WIDTH": 4},
        ),
    }

    def instance(self, model: ModelWrapper) -> Instance:
        parameters = {"IN_WIDTH": self.stream_in().width, "OUT_WIDTH": self.stream_out().width}
        return Instance(parameters)

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        return inputs[0]

    def cost(self) -> Cost:
        return Cost(lut=width_converter_cost(self.stream_in().width, self.stream_out().width))

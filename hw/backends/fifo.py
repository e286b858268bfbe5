"""Room for bursts between two layers."""

import numpy as np
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from finn.custom_op.fpgadataflow.streamingfifo import StreamingFIFO
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import Instance, RTLLayer
from hw.backends.costs import Cost, fifo_cost


@register_custom_op
class Fifo_sv(RTLLayer, StreamingFIFO):
    """FINN's StreamingFIFO."""

    replaces = "StreamingFIFO"
    lanes = ""
    passes_order = True
    proofs = {
        rule: ({"DATA_WIDTH": 2, "DEPTH": 2}, {"DATA_WIDTH": 2, "DEPTH": 4})
        for rule in ("handshake", "order")
    }

    def instance(self, model: ModelWrapper) -> Instance:
        parameters = {"DATA_WIDTH": self.stream_in().width, "DEPTH": self.get_nodeattr("depth")}
        return Instance(parameters)

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        return inputs[0]

    def cost(self) -> Cost:
        return fifo_cost(self.stream_in().width, self.get_nodeattr("depth"))

"""Global average pooling as a sum: the mean's divisor goes into the logits' scale."""

import numpy as np
from finn.custom_op.fpgadataflow.globalaccpool import GlobalAccPool
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import Instance, RTLLayer
from hw.backends.costs import Cost


@register_custom_op
class GlobalAccumulate_sv(RTLLayer, GlobalAccPool):
    """FINN's GlobalAccPool, which the compiler itself puts in for the mean."""

    replaces = "GlobalAccPool"
    proofs = {"handshake": ({"PE": 1, "FOLD": 2, "LENGTH": 3},)}

    def instance(self, model: ModelWrapper) -> Instance:
        pe = self.get_nodeattr("PE")
        source = self.get_input_datatype()
        parameters = {
            "PE": pe,
            "FOLD": self.get_nodeattr("NumChannels") // pe,
            "LENGTH": int(np.prod(self.get_nodeattr("numInputVectors"))),
            "IN_WIDTH": source.bitwidth(),
            "IN_SIGNED": int(source.signed()),
            "OUT_WIDTH": self.get_output_datatype().bitwidth(),
        }
        return Instance(parameters)

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        return inputs[0].sum(axis=(1, 2), keepdims=True)

    def cost(self) -> Cost:
        return Cost(lut=20 + 2 * self.stream_out().width)

"""Depthwise convolution: one small dot product per channel."""

import numpy as np
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from finn.custom_op.fpgadataflow.vectorvectoractivation import VVAU
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import AccumulatingLayer, Instance, PackedArray
from hw.backends.costs import FORMS, Cost, mac_cost, possible


@register_custom_op
class Depthwise_sv(AccumulatingLayer, VVAU):
    """FINN's VVAU without activation, all taps in parallel (SIMD = taps)."""

    def get_nodeattr_types(self) -> dict:
        return super().get_nodeattr_types() | {"form": ("s", False, "rom", set(FORMS))}

    def instance(self, model: ModelWrapper) -> Instance:
        pe, taps = self.get_nodeattr("PE"), self.get_nodeattr("SIMD")
        activation, weight = self.get_input_datatype(0), self.get_input_datatype(1)
        parameters = {
            "PE": pe,
            "TAPS": taps,
            "FOLD": self.get_nodeattr("Channels") // pe,
            "ACT_WIDTH": activation.bitwidth(),
            "ACT_SIGNED": int(activation.signed()),
            "WEIGHT_WIDTH": weight.bitwidth(),
            "ACC_WIDTH": self.get_output_datatype().bitwidth(),
            "VECTORS": int(np.prod(self.get_nodeattr("Dim"))),
            "FORM": self.get_nodeattr("form"),
        }
        weights = model.get_initializer(self.onnx_node.input[1])  # (channels, 1, taps, 1)
        return Instance(
            "depthwise", parameters, {"WEIGHTS": PackedArray(weights, weight.bitwidth())}
        )

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        channels, taps = self.get_nodeattr("Channels"), self.get_nodeattr("SIMD")
        x = inputs[0].reshape(*inputs[0].shape[:3], taps, channels)
        return np.einsum("nlwtc,ct->nlwc", x, params[0].reshape(channels, taps))

    def is_possible(self) -> bool:
        folds = self.get_nodeattr("Channels") // self.get_nodeattr("PE")
        return possible(self.get_nodeattr("form"), folds, self.get_input_datatype(0).bitwidth())

    def cost(self) -> Cost:
        pe, taps = self.get_nodeattr("PE"), self.get_nodeattr("SIMD")
        activation, weight = self.get_input_datatype(0), self.get_input_datatype(1)
        fold = self.get_nodeattr("Channels") // pe
        lane = mac_cost(
            self.get_nodeattr("form"), 1, taps, fold, activation.bitwidth(), weight.bitwidth()
        )
        registers = self.get_output_datatype().bitwidth()
        return Cost(20 + pe * (lane.lut + registers), pe * lane.dsp, pe * lane.bram18)

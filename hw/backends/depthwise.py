"""Depthwise convolution: one small dot product per channel."""

import numpy as np
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from finn.custom_op.fpgadataflow.vectorvectoractivation import VVAU
from finn.transformation.fpgadataflow.convert_to_hw.vector_vector_activation import (
    InferVectorVectorActivation,
)
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import AccumulatingLayer, Instance, PackedArray
from hw.backends.costs import FORMS, Cost, mac_cost, possible


@register_custom_op
class Depthwise_sv(AccumulatingLayer, VVAU):
    """FINN's VVAU without activation, all taps in parallel (SIMD = taps)."""

    replaces = "VVAU"
    conversion = InferVectorVectorActivation
    conversion_rank = 1
    forms = FORMS
    proofs = {
        "handshake": (
            {
                "PE": 2,
                "TAPS": 3,
                "FOLD": 2,
                "ACT_WIDTH": 2,
                "WEIGHT_WIDTH": 2,
                "ACC_WIDTH": 6,
                "FORM": "rom",
                "WEIGHTS": "24'h6d5b94",
            },
        )
    }

    def get_nodeattr_types(self) -> dict:
        return super().get_nodeattr_types() | {"form": ("s", False, "rom", set(FORMS))}

    def take_over(self) -> None:
        self.set_nodeattr("SIMD", int(np.prod(self.get_nodeattr("Kernel"))))

    def channels(self) -> int:
        return self.get_nodeattr("Channels")

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
        return Instance(parameters, {"WEIGHTS": PackedArray(weights, weight.bitwidth())})

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

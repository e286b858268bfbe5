"""Quantised activation: how many of a channel's thresholds does the accumulator reach."""

import numpy as np
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from finn.custom_op.fpgadataflow.thresholding import Thresholding
from finn.transformation.fpgadataflow.convert_to_hw.thresholding import InferThresholdingLayer
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import Instance, PackedArray, RTLLayer
from hw.backends.costs import THRESHOLD_FORMS, Cost, threshold_cost, threshold_cycles


@register_custom_op
class Thresholding_sv(RTLLayer, Thresholding):
    """FINN's Thresholding: ``ActVal + count(threshold <= x)``.

    Converted before the matrix products, which would take the thresholds into themselves.
    """

    replaces = "Thresholding"
    conversion = InferThresholdingLayer
    forms = THRESHOLD_FORMS
    registers_behind = True
    ends_site = True
    proofs = {"handshake": ({"PE": 2, "FOLD": 2, "IN_WIDTH": 4, "THRESHOLD_WIDTH": 4},)}

    def get_nodeattr_types(self) -> dict:
        return super().get_nodeattr_types() | {"form": ("s", False, "search", set(THRESHOLD_FORMS))}

    def get_exp_cycles(self) -> int:
        cycles = threshold_cycles(self.get_nodeattr("form"), self.get_nodeattr("numSteps"))
        return cycles * self.stream_in().transfers

    def instance(self, model: ModelWrapper) -> Instance:
        pe = self.get_nodeattr("PE")
        thresholds = model.get_initializer(self.onnx_node.input[1])  # (channels or 1, steps)
        shared = thresholds.shape[0] == 1
        if shared:
            thresholds = np.repeat(thresholds, pe, axis=0)
        source, width = self.get_input_datatype(0), self.get_input_datatype(1).bitwidth()
        parameters = {
            "PE": pe,
            "FOLD": 1 if shared else self.get_nodeattr("NumChannels") // pe,
            "IN_WIDTH": source.bitwidth(),
            "IN_SIGNED": int(source.signed()),
            "STEPS": thresholds.shape[1],
            "THRESHOLD_WIDTH": width,
            "OUT_WIDTH": self.get_output_datatype().bitwidth(),
            "OUT_BIAS": self.get_nodeattr("ActVal"),
            "FORM": self.get_nodeattr("form"),
        }
        return Instance(parameters, {"THRESHOLDS": PackedArray(thresholds, width)})

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        x, thresholds = inputs[0], params[0]
        thresholds = np.broadcast_to(thresholds, (x.shape[-1], thresholds.shape[1]))
        counts = [
            np.searchsorted(row, x[..., channel], side="right")
            for channel, row in enumerate(thresholds)
        ]
        return np.stack(counts, axis=-1) + self.get_nodeattr("ActVal")

    def cost(self) -> Cost:
        pe = self.get_nodeattr("PE")
        fold = self.get_nodeattr("NumChannels") // pe
        width = self.get_input_datatype(1).bitwidth()
        lane = threshold_cost(self.get_nodeattr("form"), self.get_nodeattr("numSteps"), width, fold)
        return Cost(lut=10 + pe * lane)

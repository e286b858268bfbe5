"""Zero pixels before and after a beat's pixels."""

import numpy as np
from finn.custom_op.fpgadataflow.fmpadding import FMPadding
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import Instance, RTLLayer
from hw.backends.costs import Cost


@register_custom_op
class Pad_sv(RTLLayer, FMPadding):
    """FINN's FMPadding along the length; comes with the windows' conversion."""

    replaces = "FMPadding"
    lanes = "SIMD"
    registers_behind = True
    proofs = {
        "handshake": ({"DATA_WIDTH": 2, "FOLD": 2, "LENGTH": 3},),
        "order": (
            {"DATA_WIDTH": 2, "FOLD": 1, "LENGTH": 2, "PAD_LEFT": 1, "PAD_RIGHT": 2},
            {"DATA_WIDTH": 2, "FOLD": 2, "LENGTH": 1, "PAD_LEFT": 0, "PAD_RIGHT": 1},
        ),
    }
    order_filter = "padding"

    def _pads(self) -> tuple[int, int]:
        left, _, right, _ = self.get_nodeattr("Padding")
        return left, right

    def instance(self, model: ModelWrapper) -> Instance:
        left, right = self._pads()
        stream = self.stream_in()
        length = self.get_nodeattr("ImgDim")[0]
        parameters = {
            "DATA_WIDTH": stream.width,
            "FOLD": stream.transfers // length,
            "LENGTH": length,
            "PAD_LEFT": left,
            "PAD_RIGHT": right,
        }
        return Instance(parameters)

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        return np.pad(inputs[0], ((0, 0), self._pads(), (0, 0), (0, 0)))

    def cost(self) -> Cost:
        return Cost(lut=20 + self.stream_in().width)

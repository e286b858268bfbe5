"""Windows of KERNEL pixels for a convolution, all taps in parallel."""

import numpy as np
from finn.custom_op.fpgadataflow.convolutioninputgenerator import ConvolutionInputGenerator
from finn.custom_op.fpgadataflow.rtl import register_custom_op
from finn.transformation.fpgadataflow.convert_to_hw.conv_inp_gen import InferConvInpGen
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends.base import Instance, RTLLayer
from hw.backends.costs import Cost


@register_custom_op
class SlidingWindow_sv(RTLLayer, ConvolutionInputGenerator):
    """FINN's ConvolutionInputGenerator along the length, for standard and depthwise layers.

    The tensor is (n, length, 1, tap * channels); a pixel's elements leave in the order
    [channel fold][tap][lane], which :meth:`element_order` spells out.
    """

    replaces = "ConvolutionInputGenerator"
    conversion = InferConvInpGen
    conversion_rank = 2
    lanes = "SIMD"
    registers_behind = True
    orders_by_lanes = True
    proofs = {"handshake": ({"DATA_WIDTH": 2, "FOLD": 2, "LENGTH": 5, "KERNEL": 3, "STRIDE": 2},)}

    def _geometry(self) -> tuple[int, int, int, int]:
        """Taps, stride, channels, lanes."""
        return (
            self.get_nodeattr("ConvKernelDim")[0],
            self.get_nodeattr("Stride")[0],
            self.get_nodeattr("IFMChannels"),
            self.get_nodeattr("SIMD"),
        )

    def get_folded_output_shape(self, ind: int = 0) -> tuple[int, ...]:
        taps, _, channels, lanes = self._geometry()
        length = self.get_nodeattr("OFMDim")[0]
        return (1, length, 1, channels // lanes, taps * lanes)

    def element_order(self, model: ModelWrapper) -> np.ndarray:
        taps, _, channels, lanes = self._geometry()
        index = np.arange(taps * channels).reshape(taps, channels // lanes, lanes)
        return index.transpose(1, 0, 2).ravel()

    def instance(self, model: ModelWrapper) -> Instance:
        taps, stride, channels, lanes = self._geometry()
        parameters = {
            "DATA_WIDTH": self.stream_in().width,
            "FOLD": channels // lanes,
            "LENGTH": self.get_nodeattr("IFMDim")[0],
            "KERNEL": taps,
            "STRIDE": stride,
        }
        return Instance(parameters)

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        taps, stride, _, _ = self._geometry()
        length = self.get_nodeattr("OFMDim")[0]
        x = inputs[0]
        span = (length - 1) * stride + 1
        return np.concatenate([x[:, tap : tap + span : stride] for tap in range(taps)], axis=-1)

    def cost(self) -> Cost:
        taps, _, channels, lanes = self._geometry()
        width = self.stream_in().width
        rows = -(-(channels // lanes) // 32)  # 32-deep shift registers
        return Cost(lut=25 + (taps - 1) * width * (rows if channels > lanes else 0))

"""One backend a layer: FINN node ``<Name>_sv`` -> module ``hw/rtl/<name>.sv``.

Importing this package registers all of them with FINN. They know nothing of V1 and V2:
any 1-D network of these layers can use them.
"""

from hw.backends.argmax import Argmax_sv
from hw.backends.base import Instance, PackedArray, RTLLayer, Stream, layer, output_streams
from hw.backends.depthwise import Depthwise_sv
from hw.backends.fifo import Fifo_sv
from hw.backends.global_accumulate import GlobalAccumulate_sv
from hw.backends.matvec import Matvec_sv
from hw.backends.order import element_order
from hw.backends.pad import Pad_sv
from hw.backends.sliding_window import SlidingWindow_sv
from hw.backends.stream_add import StreamAdd_sv
from hw.backends.stream_fork import StreamFork_sv
from hw.backends.thresholding import Thresholding_sv
from hw.backends.width_converter import WidthConverter_sv

FINN_TO_BACKEND = {
    "FMPadding": Pad_sv,
    "ConvolutionInputGenerator": SlidingWindow_sv,
    "MVAU": Matvec_sv,
    "VVAU": Depthwise_sv,
    "Thresholding": Thresholding_sv,
    "DuplicateStreams": StreamFork_sv,
    "ElementwiseAdd": StreamAdd_sv,
    "GlobalAccPool": GlobalAccumulate_sv,
    "StreamingDataWidthConverter": WidthConverter_sv,
    "StreamingFIFO": Fifo_sv,
}

__all__ = [
    "FINN_TO_BACKEND",
    "Argmax_sv",
    "Instance",
    "PackedArray",
    "RTLLayer",
    "Stream",
    "element_order",
    "layer",
    "output_streams",
]

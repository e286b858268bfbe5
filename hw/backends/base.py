"""What every layer backend shares: a FINN RTL node that is one instance of one library module.

A backend subclasses FINN's abstract layer (shapes, data types, width minimisation) and
:class:`RTLLayer`, and adds three things: the module instance, the integer reference and
the cost. FINN finds it by its op type in the domain ``finn.custom_op.fpgadataflow.rtl``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from finn.custom_op.fpgadataflow.rtlbackend import RTLBackend
from onnx import GraphProto, NodeProto
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp

from hw.backends.costs import Cost

RTL_FOLDER = Path(__file__).resolve().parent.parent / "rtl"
DOMAIN = "finn.custom_op.fpgadataflow.rtl"


@dataclass(frozen=True)
class PackedArray:
    """Integers given to a module as one packed vector parameter, element 0 lowest."""

    values: np.ndarray
    width: int


@dataclass(frozen=True)
class Instance:
    """One instance of a library module: ``module #(parameters, arrays)``."""

    module: str
    parameters: Mapping[str, int | str]
    arrays: Mapping[str, PackedArray] = field(default_factory=dict)


@dataclass(frozen=True)
class Stream:
    """What travels on one port: ``transfers`` a beat, each of ``lanes`` elements."""

    lanes: int
    transfers: int
    dtype: BaseDataType

    @property
    def width(self) -> int:
        """Bits a transfer."""
        return self.lanes * self.dtype.bitwidth()


class RTLLayer(RTLBackend):
    """A FINN node implemented by one module of ``hw/rtl``; mix in before FINN's layer class."""

    def instance(self, model: ModelWrapper) -> Instance:
        """The module instance that implements this node in ``model``."""
        raise TypeError(f"{type(self).__name__} defines no module instance")

    def reference(self, inputs: list[np.ndarray], params: list[np.ndarray]) -> np.ndarray:
        """Integer result for any number of beats.

        ``inputs`` are activations (n, length, 1, channels), ``params`` the node's initialisers.
        """
        raise TypeError(f"{type(self).__name__} defines no reference")

    def is_possible(self) -> bool:
        """Whether the module can be built with the node's present folding and form."""
        return True

    def cost(self) -> Cost:
        """Resources estimated from measured figures (``hw/costs.py``)."""
        return Cost()

    def stream_in(self, index: int = 0) -> Stream:
        return _stream(self.get_folded_input_shape(index), self.get_input_datatype(index))

    def stream_out(self, index: int = 0) -> Stream:
        return _stream(self.get_folded_output_shape(index), self.get_output_datatype(index))

    def get_instream_width(self, ind: int = 0) -> int:
        return self.stream_in(ind).width

    def get_outstream_width(self, ind: int = 0) -> int:
        return self.stream_out(ind).width

    def get_exp_cycles(self) -> int:
        """Cycles a beat: the busier of the node's two sides."""
        return max(self.stream_in().transfers, self.stream_out().transfers)

    def execute_node(self, context: dict[str, np.ndarray], graph: GraphProto) -> None:
        initialisers = {tensor.name for tensor in graph.initializer}
        names = [name for name in self.onnx_node.input if name]
        inputs = [context[name] for name in names if name not in initialisers]
        params = [context[name] for name in names if name in initialisers]
        result = self.reference(inputs, params).astype(np.float32)
        for name in self.onnx_node.output:
            context[name] = result

    def lut_estimation(self, fpgapart: str) -> int:
        return round(self.cost().lut)

    def dsp_estimation(self, fpgapart: str) -> int:
        return self.cost().dsp

    def bram_estimation(self, fpgapart: str) -> int:
        return self.cost().bram18

    def get_rtl_file_list(self, abspath: bool = False) -> list[str]:
        files = sorted(RTL_FOLDER.glob("*.sv"))
        return [str(path) if abspath else path.name for path in files]

    def generate_hdl(self, model: ModelWrapper, fpgapart: str, clk: float) -> None:
        """FINN's per-node code generation; ``hw.compiler.stitch`` writes networks instead."""
        raise RuntimeError("hw.compiler.stitch writes networks of these layers, not node by node")

    def code_generation_ipi(self) -> list[str]:
        raise RuntimeError("hw.compiler.stitch writes networks of these layers, not Vivado IPI")


class AccumulatingLayer(RTLLayer):
    """A layer whose accumulators, minimised by FINN, stay signed as the modules' are."""

    def minimize_accumulator_width(
        self, model: ModelWrapper, datatype_only: bool = False
    ) -> BaseDataType:
        dtype = super().minimize_accumulator_width(model, datatype_only)
        if not dtype.signed():
            dtype = DataType[f"INT{dtype.bitwidth() + 1}"]
            self.set_nodeattr("accDataType", dtype.name)
            self.set_nodeattr("outputDataType", dtype.name)
        return dtype


def _stream(folded_shape: tuple[int, ...], dtype: BaseDataType) -> Stream:
    *outer, lanes = (int(size) for size in folded_shape)
    return Stream(lanes, int(np.prod(outer)), dtype)


def layer(node: NodeProto) -> RTLLayer:
    """The backend object of a graph node."""
    return getCustomOp(node)


def output_streams(node: NodeProto) -> list[str]:
    """Names of the streams that leave a node: its own, numbered where there are several."""
    if len(node.output) == 1:
        return [node.name]
    return [f"{node.name}_{index}" for index in range(len(node.output))]

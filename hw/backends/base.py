"""What every layer backend shares: a FINN RTL node that is one instance of one library module.

A backend subclasses FINN's abstract layer (shapes, data types, width minimisation) and
:class:`RTLLayer`. It adds the module instance, the integer reference and the cost, and states
in its class attributes whatever else is special about the layer: no other file knows it. FINN
finds it by its op type in the domain ``finn.custom_op.fpgadataflow.rtl``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np
from finn.custom_op.fpgadataflow.rtlbackend import RTLBackend
from onnx import GraphProto, NodeProto
from qonnx.core.datatype import BaseDataType, DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.base import Transformation

from hw.backends.costs import Cost

RTL_FOLDER = Path(__file__).resolve().parent.parent / "rtl"
DOMAIN = "finn.custom_op.fpgadataflow.rtl"

Attributes = dict[str, int | str]
Parameters = Mapping[str, int | str]


@dataclass(frozen=True)
class PackedArray:
    """Integers given to a module as one packed vector parameter, element 0 lowest."""

    values: np.ndarray
    width: int


@dataclass(frozen=True)
class Instance:
    """Parameters of one instance of a library module: ``module #(parameters, arrays)``."""

    parameters: Parameters
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
    """A FINN node implemented by one module of ``hw/rtl``; mix in before FINN's layer class.

    Attributes
    ----------
    replaces : str
        FINN's operation that the layer takes over; empty where none stands for it.
    conversion : type of Transformation, optional
        Turns the streamlined graph's nodes into that operation, where no other layer's does.
    conversion_rank : int
        Conversions run in ascending rank; equal ranks do not depend on each other.
    lanes : str
        Attribute that says how many channels a transfer carries; empty where the folding has
        nothing to choose.
    forms : tuple of str
        Values of the attribute ``form``, alternatives of the hardware.
    registers_before, registers_behind : bool
        Whether the stream that enters, or those that leave, get a pair of registers even where
        they never held more than that.
    ends_site : bool
        Whether its output is a quantiser's, which ends the layers named after that quantiser.
    passes_order : bool
        Whether a pixel's elements leave in the order in which they came.
    orders_by_lanes, takes_any_order : bool
        Whether the order of what leaves depends on the lanes, so that only a neighbour with as
        many lanes can follow; whether the layer can follow in any order all the same.
    proofs : mapping
        Rule of ``hw/formal`` to the parameter sets for which it is proven: small ones, whose
        state space is small too. Every layer proves ``handshake``.
    order_filter : str
        Module of ``hw/formal`` that tells the elements that came in from those the layer adds.
    """

    replaces: ClassVar[str] = ""
    conversion: ClassVar[type[Transformation] | None] = None
    conversion_rank: ClassVar[int] = 0
    lanes: ClassVar[str] = "PE"
    forms: ClassVar[tuple[str, ...]] = ()
    registers_before: ClassVar[bool] = False
    registers_behind: ClassVar[bool] = False
    ends_site: ClassVar[bool] = False
    passes_order: ClassVar[bool] = False
    orders_by_lanes: ClassVar[bool] = False
    takes_any_order: ClassVar[bool] = False
    proofs: ClassVar[Mapping[str, tuple[Parameters, ...]]] = {}
    order_filter: ClassVar[str] = ""

    @classmethod
    def module(cls) -> str:
        """Name that the backend's file, the library module and the bench share."""
        return cls.__module__.rsplit(".", 1)[-1]

    def take_over(self) -> None:
        """Set what FINN's node leaves open, once its attributes are here."""

    def channels(self) -> int:
        """Elements of a pixel, which the lanes divide."""
        return self.get_normal_input_shape()[-1]

    def foldings(self) -> Iterator[Attributes]:
        """Every setting of lanes and form that the layer has, possible or not."""
        counts = divisors(self.channels()) if self.lanes else []
        lanes: list[Attributes] = [{self.lanes: count} for count in counts] or [{}]
        forms: list[Attributes] = [{"form": form} for form in self.forms] or [{}]
        yield from ({**lane, **form} for lane in lanes for form in forms)

    def fold(self, attributes: Attributes) -> None:
        """Take a setting of :meth:`foldings`."""
        for name, value in attributes.items():
            self.set_nodeattr(name, value)

    def element_order(self, model: ModelWrapper) -> np.ndarray:
        """Index into a pixel's elements for each position on the stream that leaves."""
        if self.passes_order:
            return element_order(model, self.onnx_node.input[0])
        return np.arange(model.get_tensor_shape(self.onnx_node.output[0])[-1])

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
        """Resources estimated from measured figures."""
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


def element_order(model: ModelWrapper, tensor: str) -> np.ndarray:
    """Index into a pixel's elements for each position on the stream that carries ``tensor``."""
    producer = model.find_producer(tensor)
    if producer is None:
        return np.arange(model.get_tensor_shape(tensor)[-1])
    return layer(producer).element_order(model)


def divisors(number: int) -> list[int]:
    """All divisors in ascending order."""
    return [d for d in range(1, number + 1) if number % d == 0]


def output_streams(node: NodeProto) -> list[str]:
    """Names of the streams that leave a node: its own, numbered where there are several."""
    if len(node.output) == 1:
        return [node.name]
    return [f"{node.name}_{index}" for index in range(len(node.output))]

"""Folding: how many lanes each layer gets, so that a beat takes at most so many cycles.

The layers form a chain (a residual's skip path adds no choice of its own), so dynamic
programming over the lanes between them finds the cheapest folding exactly, width converters
included. The result is JSON that a person can edit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from onnx import NodeProto
from qonnx.core.modelwrapper import ModelWrapper

from hw.backends import Attributes, RTLLayer, layer
from hw.backends.costs import LUT_PER_BRAM18, width_converter_cost
from hw.errors import HardwareError
from hw.implement.device import RESOURCES

DSP_SHARE = 0.9
"""Part of the device's DSPs that a network may take."""


@dataclass(frozen=True)
class Choice:
    """One way to fold a layer."""

    attributes: Attributes
    lanes_in: int
    lanes_out: int
    lut: float
    dsp: int


@dataclass(frozen=True)
class _Path:
    lut: float
    dsp: int
    price: float
    choices: tuple[Choice, ...]


def solve(model: ModelWrapper, max_cycles: int, dsp: bool = True) -> dict[str, Attributes]:
    """Cheapest folding in which every layer takes at most ``max_cycles`` a beat.

    Parameters
    ----------
    model : ModelWrapper
        Layer graph; its nodes' attributes change.
    max_cycles : int
        Most cycles a beat of every layer.
    dsp : bool
        Whether layers may multiply in DSP48E1 slices.

    Returns
    -------
    dict
        Node name to attributes (lanes and forms), for :func:`apply`.

    Raises
    ------
    HardwareError
        If a layer cannot be that fast, even unfolded.
    """
    options = [
        (node, [choice for choice in _choices(node, max_cycles) if dsp or not choice.dsp])
        for node in model.graph.node
    ]
    for node, choices in options:
        if not choices:
            raise HardwareError(
                f"layer {node.name} cannot take {max_cycles} cycles or fewer a beat; "
                f"ask for at least {_fastest(node)}"
            )
    path = _within_dsp_budget(options, DSP_SHARE * RESOURCES["DSP48E1"])
    names = (node.name for node, _ in options)
    return {name: choice.attributes for name, choice in zip(names, path.choices, strict=True)}


def apply(model: ModelWrapper, folding: dict[str, Attributes]) -> None:
    """Set each node's attributes.

    Raises
    ------
    HardwareError
        If the folding names a node that is not there, or misses one, or gives two neighbours
        different lanes where a width converter would mix elements.
    """
    nodes = {node.name: node for node in model.graph.node}
    if folding.keys() != nodes.keys():
        odd = sorted(folding.keys() ^ nodes.keys())
        raise HardwareError(f"the folding does not fit the network at {', '.join(odd[:5])}")
    for name, attributes in folding.items():
        layer(nodes[name]).fold(attributes)
    for node in model.graph.node:
        before = model.find_producer(node.input[0])
        if before is None or not _in_step(layer(before), layer(node)):
            continue
        given, taken = layer(before).stream_out().lanes, layer(node).stream_in().lanes
        if given != taken:
            raise HardwareError(
                f"{before.name} gives {given} elements a transfer and {node.name} takes {taken}; "
                "between these two layers they must be as many: fold both alike"
            )


def _in_step(before: RTLLayer, after: RTLLayer) -> bool:
    """Whether no width converter may stand between two layers."""
    return before.orders_by_lanes and not after.takes_any_order


def _choices(node: NodeProto, max_cycles: int) -> Iterator[Choice]:
    backend = layer(node)
    for attributes in backend.foldings():
        backend.fold(attributes)
        if backend.get_exp_cycles() > max_cycles or not backend.is_possible():
            continue
        cost = backend.cost()
        yield Choice(
            attributes,
            backend.stream_in().lanes,
            backend.stream_out().lanes,
            cost.lut + LUT_PER_BRAM18 * cost.bram18,
            cost.dsp,
        )


def _fastest(node: NodeProto) -> int:
    backend = layer(node)
    cycles = []
    for attributes in backend.foldings():
        backend.fold(attributes)
        cycles.append(backend.get_exp_cycles())
    return min(cycles)


def _within_dsp_budget(options: list[tuple[NodeProto, list[Choice]]], budget: float) -> _Path:
    """Fewest LUTs with at most ``budget`` DSPs, by bisecting what a DSP is worth in LUTs."""
    best = _cheapest(options, 0)
    if best.dsp <= budget:
        return best
    cheap, dear = 0.0, 1e4
    best = _cheapest(options, dear)
    for _ in range(20):
        middle = (cheap + dear) / 2
        path = _cheapest(options, middle)
        if path.dsp > budget:
            cheap = middle
        else:
            dear = middle
            best = min(best, path, key=lambda candidate: candidate.lut)
    return best


def _cheapest(options: list[tuple[NodeProto, list[Choice]]], lut_per_dsp: float) -> _Path:
    """Shortest path over the lanes between consecutive layers."""
    paths = {1: _Path(0, 0, 0, ())}  # the input has one lane
    previous: RTLLayer | None = None
    for node, choices in options:
        backend = layer(node)
        bits = backend.stream_in().dtype.bitwidth()
        rigid = previous is not None and _in_step(previous, backend)
        reached: dict[int, _Path] = {}
        for choice in choices:
            for lanes, path in paths.items():
                if lanes != choice.lanes_in and rigid:
                    continue
                lut = choice.lut + width_converter_cost(lanes * bits, choice.lanes_in * bits)
                price = path.price + lut + lut_per_dsp * choice.dsp
                best = reached.get(choice.lanes_out)
                if best is None or price < best.price:
                    reached[choice.lanes_out] = _Path(
                        path.lut + lut, path.dsp + choice.dsp, price, (*path.choices, choice)
                    )
        paths, previous = reached, backend
    return min(paths.values(), key=lambda path: path.price)

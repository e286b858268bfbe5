"""Each stage of the compiler against PyTorch's integers."""

from collections.abc import Iterator

import numpy as np
import qonnx.core.onnx_exec as onnx_exec
from qonnx.core.modelwrapper import ModelWrapper

from arrhythminet.golden import Golden
from hw.compiler import reference
from hw.errors import HardwareError

_CHECKED_BEATS = 2
"""Beats run through onnxruntime at each stage; the last stage checks all of them."""


def check_logits(model: ModelWrapper, golden: Golden, stage: str) -> None:
    """Execute a float-ended graph on a few beats; its logits must be PyTorch's integers.

    Raises
    ------
    HardwareError
        With the stage, the beat and both results.
    """
    for index, output in enumerate(_outputs(model, golden)):
        _compare(np.rint(output / golden.logit_scale), golden.logits[index], stage, index)


def check_results(model: ModelWrapper, golden: Golden, stage: str) -> None:
    """The same for a graph that ends in label and integer logits."""
    for index, output in enumerate(_outputs(model, golden)):
        expected = [golden.labels[index], *golden.logits[index]]
        _compare(output, np.array(expected), stage, index)


def _outputs(model: ModelWrapper, golden: Golden) -> Iterator[np.ndarray]:
    """What the graph gives for each of a few beats, executed node by node."""
    name = model.graph.input[0].name
    for beat in golden.beats[:_CHECKED_BEATS]:
        value = beat.astype(np.float32).reshape(model.get_tensor_shape(name))
        yield onnx_exec.execute_onnx(model, {name: value})[model.graph.output[0].name].ravel()


def check_streams(model: ModelWrapper, golden: Golden) -> dict[str, np.ndarray]:
    """Run the final graph on all beats; every quantiser and result must be PyTorch's.

    Returns
    -------
    dict
        Tensor name to its integers, for the simulation's golden streams.
    """
    tensors = reference.run(model, golden.beats)
    outputs = {node.name: node.output[0] for node in model.graph.node}
    for site, expected in golden.sites.items():
        seen = tensors[outputs[f"{site.replace('.', '_')}_thresholding"]][:, :, 0]
        for index in np.flatnonzero((seen != expected).any(axis=(1, 2)))[:1]:
            _compare(seen[index], expected[index], f"quantiser {site}", int(index))
    results = tensors[model.graph.output[0].name].reshape(len(golden.beats), -1)
    expected = np.column_stack([golden.labels, golden.logits])
    for index in np.flatnonzero((results != expected).any(axis=1))[:1]:
        _compare(results[index], expected[index], "result", int(index))
    return tensors


def _compare(seen: np.ndarray, expected: np.ndarray, stage: str, beat: int) -> None:
    if not np.array_equal(seen, expected):
        first = tuple(int(i) for i in np.argwhere(seen != expected)[0])
        raise HardwareError(
            f"{stage}: beat {beat} differs from PyTorch at {first}: "
            f"{seen[first]:.0f} instead of {expected[first]:.0f}"
        )

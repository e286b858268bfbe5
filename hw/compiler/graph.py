"""The layer graph of a network: lowered from its QONNX, or read back once compiled."""

from pathlib import Path

from qonnx.core.modelwrapper import ModelWrapper

from arrhythminet.golden import Golden
from hw.compiler import checks
from hw.compiler.layers import to_backends, to_finn_layers
from hw.compiler.streamline import from_qonnx, streamline
from hw.errors import HardwareError


def layer_graph(model_file: Path, expected: Golden) -> ModelWrapper:
    """QONNX to the project's layers, unfolded, each stage executed against PyTorch."""
    if not model_file.is_file():
        raise HardwareError(f"{model_file} is missing: python -m quant_training.export writes it")
    model = from_qonnx(ModelWrapper(str(model_file)))
    checks.check_logits(model, expected, "QONNX to FINN")
    model = streamline(model)
    checks.check_logits(model, expected, "streamlining")
    model = to_finn_layers(model)
    checks.check_results(model, expected, "FINN's hardware layers")
    model = to_backends(model, list(expected.sites))
    checks.check_results(model, expected, "RTL backends")
    return model


def load_graph(build: Path) -> ModelWrapper:
    """The compiled graph of a build folder.

    Raises
    ------
    HardwareError
        If the network has not been compiled.
    """
    path = build / "dataflow.onnx"
    if not path.is_file():
        raise HardwareError(f"{path} is missing: python -m hw.compile --net {build.name}")
    return ModelWrapper(str(path))

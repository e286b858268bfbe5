"""How a network is folded and buffered: committed JSON, and its use on a layer graph."""

import json
from dataclasses import dataclass
from pathlib import Path

from qonnx.core.modelwrapper import ModelWrapper

from arrhythminet.stem import Stem
from hw.backends import Attributes
from hw.compiler import fifos, folding
from hw.errors import HardwareError

FOLDER = Path(__file__).resolve().parent.parent / "configurations"


@dataclass(frozen=True)
class Configuration:
    """Hardware configuration of a network: a tool wrote it, a person may edit it."""

    max_cycles: int
    layers: dict[str, Attributes]
    fifos: dict[str, int]


def configuration_file(stem: str) -> Path:
    """The committed configuration of a net and precision, whatever protocol trained it."""
    return FOLDER / f"{Stem.parse(stem).hardware}.json"


def load_configuration(path: Path) -> Configuration:
    """Read a configuration; HardwareError if it is damaged."""
    try:
        return Configuration(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise HardwareError(f"cannot read the hardware configuration {path}: {error}") from error


def configure(model: ModelWrapper, configuration: Configuration) -> ModelWrapper:
    """Fold a layer graph and put in its width converters and FIFOs."""
    folding.apply(model, configuration.layers)
    return fifos.insert_fifos(fifos.insert_width_converters(model), configuration.fifos)

"""model.onnx (QONNX) and golden.npz of a checkpoint.

The graph takes int8 values as floats (n, 1, 360, 1) and begins with Mul by ``INPUT_SCALE``.
golden.npz holds PyTorch's integers at every quantiser.
"""

import contextlib
import io
import tempfile
import warnings
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch

from arrhythminet import beats, golden
from arrhythminet.classes import CLASSES
from arrhythminet.errors import BeatError
from arrhythminet.files import sha256, write_bytes
from arrhythminet.golden import Golden
from arrhythminet.signal import SAMPLE_RATE
from quant_training.data import sources
from quant_training.errors import ExportError
from quant_training.net import activations, checkpoint, integers
from quant_training.net.models import ArrhythmiNet

_CHECKED_BEATS = 3


def export_model(model: ArrhythmiNet, path: Path) -> None:
    """Write the network as QONNX, as a whole or not at all; deterministic."""
    from brevitas.export import export_qonnx

    example = torch.zeros(1, 1, beats.BEAT_SAMPLES, 1)
    # torch also leaves a .data file beside the graph, which holds its own weights.
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        written = Path(folder) / path.name
        with contextlib.redirect_stdout(io.StringIO()):
            export_qonnx(
                activations.IntegerInput(model).eval(),
                example,
                str(written),
                input_names=["beat"],
                output_names=["logits"],
            )
        write_bytes(path, written.read_bytes())


def check_model(path: Path, values: np.ndarray, expected: Golden) -> None:
    """Execute the written graph with qonnx on a few beats; its logits must be PyTorch's integers.

    Raises
    ------
    ExportError
        With the beat and both results.
    """
    from qonnx.core import onnx_exec
    from qonnx.core.modelwrapper import ModelWrapper
    from qonnx.util.cleanup import cleanup_model

    graph = cleanup_model(ModelWrapper(str(path)))
    name = graph.graph.input[0].name
    for index, beat in enumerate(values[:_CHECKED_BEATS]):
        feed = {name: beat.astype(np.float32).reshape(1, 1, -1, 1)}
        output = onnx_exec.execute_onnx(graph, feed)[graph.graph.output[0].name].ravel()
        seen = np.rint(output / expected.logit_scale).astype(np.int64)
        if not np.array_equal(seen, expected.logits[index]):
            raise ExportError(
                f"{path}: beat {index} has logits {seen.tolist()} in qonnx, "
                f"{expected.logits[index].tolist()} in PyTorch: report it with the versions in use"
            )


def export(stem: str, source: sources.Source, folder: Path, path: Path | None = None) -> Golden:
    """Write model.onnx and golden.npz of a checkpoint into ``folder``, checked."""
    path = checkpoint.path_of(stem) if path is None else path
    model, content = checkpoint.load(path, stem)
    integers.settle_(model)
    result = activations.run(model, source.beats)
    onnx_file = folder / "model.onnx"
    export_model(model, onnx_file)
    check_model(onnx_file, source.beats, result)
    meta = {
        "stem": stem,
        "seed": content["training"].get("seed"),
        "checkpoint_sha256": sha256(path),
        "title": source.title,
        "sample_rate": SAMPLE_RATE,
        "start_s": source.start_s,
        "input_scale": beats.INPUT_SCALE,
        "form": content["training"]["form"],
        "classes": list(CLASSES),
        "versions": {name: metadata.version(name) for name in ("torch", "brevitas", "qonnx")},
    }
    stretch = {} if source.signal is None else {"signal": source.signal, "peaks": source.peaks}
    result = replace(result, annotations=source.annotations, meta=meta, **stretch)
    golden.save(result, folder / golden.FILE)
    return result


def choose(source: str, training: dict[str, Any], record: str, count: int | None) -> sources.Source:
    """Beats named by the command line's options, in the form that the network was trained on."""
    form = training["form"]
    if source == "embedded":
        return sources.embedded(form)
    if source == "record":
        return sources.from_record(record, count or 20, form=form)
    if source == "test":
        return sources.from_test_side(training["protocol"], count or 200, form=form)
    raise BeatError(f"unknown source {source!r}: choose {', '.join(sources.SOURCES)}")

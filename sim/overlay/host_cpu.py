"""The same quantised network on this computer's CPU, in onnxruntime, to compare with the board."""

from __future__ import annotations

import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.qonnx_to_qcdq import QuantToQCDQ
from qonnx.util.cleanup import cleanup_model

from hw.errors import HardwareError
from hw.files import build_folder, write_json


@dataclass(frozen=True)
class HostCpu:
    """Time of one beat at a time on one thread; ``mismatches`` counts logits unlike golden's."""

    cpu: str
    microseconds_per_beat: float
    beats: int
    mismatches: int
    runtime: str


def cpu_name() -> str:
    """Model name as Linux gives it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def measure(stem: str, repeats: int = 3) -> HostCpu:
    """Run golden.npz's beats through ``build/<stem>/model.onnx`` and take the median time.

    Raises
    ------
    HardwareError
        If a file is missing.
    """
    folder = build_folder(stem)
    for name in ("model.onnx", "golden.npz"):
        if not (folder / name).is_file():
            raise HardwareError(f"{folder / name} is missing: run `make compile NET={stem}`")
    # Quant nodes as the standard's QuantizeLinear, Clip and DequantizeLinear
    model = cleanup_model(ModelWrapper(str(folder / "model.onnx"))).transform(QuantToQCDQ())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    name = model.graph.input[0].name
    shape = model.get_tensor_shape(name)
    with np.load(folder / "golden.npz") as file:
        beats, golden, scale = file["beats"][:200], file["logits"], float(file["logit_scale"])
    inputs = [beat.astype(np.float32).reshape(shape) for beat in beats]
    times: list[float] = []
    logits: list[np.ndarray] = []
    for _ in range(repeats):
        logits = []
        for values in inputs:
            start = time.perf_counter()
            logits.append(session.run(None, {name: values})[0].reshape(-1))
            times.append(time.perf_counter() - start)
    found = np.rint(np.array(logits) / scale).astype(np.int64)
    mismatches = int((found != golden[: len(beats)]).any(axis=1).sum())
    runtime = f"onnxruntime {onnxruntime.__version__}, 1 thread"
    return HostCpu(cpu_name(), 1e6 * float(np.median(times)), len(beats), mismatches, runtime)


def write(stem: str) -> HostCpu:
    """Measure and write ``build/<stem>/report/host_cpu.json``."""
    result = measure(stem)
    write_json(build_folder(stem) / "report" / "host_cpu.json", asdict(result))
    return result

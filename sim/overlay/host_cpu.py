"""The same quantised network on this computer's CPU, in onnxruntime, to compare with the board."""

import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import onnxruntime
import typer
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.qonnx_to_qcdq import QuantToQCDQ
from qonnx.util.cleanup import cleanup_model

from arrhythminet import golden
from arrhythminet.errors import run_cli
from arrhythminet.files import build_folder, write_json
from hw.errors import HardwareError


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
    ArrhythmiNetError
        If a file is missing or damaged.
    """
    folder = build_folder(stem)
    model_file = folder / "model.onnx"
    if not model_file.is_file():
        raise HardwareError(f"{model_file} is missing: run `make compile NET={stem}`")
    known = golden.load(folder / golden.FILE)
    # Quant nodes as the standard's QuantizeLinear, Clip and DequantizeLinear
    model = cleanup_model(ModelWrapper(str(model_file))).transform(QuantToQCDQ())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    name = model.graph.input[0].name
    shape = model.get_tensor_shape(name)
    beats = known.beats[:200]
    inputs = [beat.astype(np.float32).reshape(shape) for beat in beats]
    times: list[float] = []
    logits: list[np.ndarray] = []
    for _ in range(repeats):
        logits = []
        for values in inputs:
            start = time.perf_counter()
            logits.append(session.run(None, {name: values})[0].reshape(-1))
            times.append(time.perf_counter() - start)
    found = np.rint(np.array(logits) / known.logit_scale).astype(np.int64)
    mismatches = int((found != known.logits[: len(beats)]).any(axis=1).sum())
    runtime = f"onnxruntime {onnxruntime.__version__}, 1 thread"
    return HostCpu(cpu_name(), 1e6 * float(np.median(times)), len(beats), mismatches, runtime)


def write(stem: str) -> HostCpu:
    """Measure and write ``build/<stem>/report/host_cpu.json``."""
    result = measure(stem)
    write_json(build_folder(stem) / "report" / "host_cpu.json", asdict(result))
    return result


def main(
    net: Annotated[str, typer.Option(help="Stem of an exported network, such as v2-w4a4")],
) -> None:
    """Time a network on this computer's CPU, one thread, for the notebook's comparison.

    Example: python -m sim.overlay.host_cpu --net v2-w4a4
    """
    found = write(net)
    print(f"{found.microseconds_per_beat:.0f} µs a beat on {found.cpu} ({found.runtime})")


if __name__ == "__main__":
    run_cli(lambda: typer.run(main))

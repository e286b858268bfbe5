"""Builds the testbench of a compiled network once and runs traffic through it."""

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper

from arrhythminet.stem import Stem
from sim.network import testbench
from sim.runner import Bench

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Traffic:
    """How beats come and results go: chances of idle and stalled cycles in 256, even pace."""

    name: str
    idle: int = 0
    stall: int = 0
    pace: int = 0


FULL_RATE = Traffic("full rate")
RANDOM_STALLS = Traffic("random stalls", idle=96, stall=96)


@dataclass(frozen=True)
class Run:
    """What one run showed.

    ``labels`` (n,), ``logits`` (n, classes), ``begun`` and ``ended`` (n,) in cycles: first
    sample in, result out. ``streams`` and ``fifos`` are the counters by name.
    """

    labels: np.ndarray
    logits: np.ndarray
    begun: np.ndarray
    ended: np.ndarray
    streams: dict[str, dict[str, int]]
    fifos: dict[str, int]
    seconds: float

    @property
    def latency(self) -> np.ndarray:
        return self.ended - self.begun

    @property
    def interval(self) -> np.ndarray:
        return np.diff(self.ended)

    def faults(self, kinds: Iterable[str] = ("mismatches", "violations")) -> int:
        return sum(stream[kind] for stream in self.streams.values() for kind in kinds)


class NetworkBench:
    """The testbench of one network under ``build``.

    Parameters
    ----------
    model
        The compiled graph (``dataflow.onnx``).
    rtl
        Folder of :func:`hw.compiler.stitch.write`.
    folder
        Where the simulation is built; kept for later runs.
    """

    def __init__(self, model: ModelWrapper, stem: str, rtl: Path, folder: Path) -> None:
        self.model, self.rtl = model, rtl.resolve()
        self.top = Stem.parse(stem).module
        folder.mkdir(parents=True, exist_ok=True)
        module = folder / "tb.sv"
        testbench.write_module(self.rtl, self.top, module)
        files = [self.rtl / name for name in (rtl / "files.f").read_text().split()]
        helpers = [HERE / f"{name}.sv" for name in ("beat_source", "stream_checker", "result_sink")]
        self.bench = Bench(
            "simulation",
            [*files, *helpers, module],
            "tb",
            optimise=True,
            every_signal=False,
            build_root=folder,
        )

    def run(self, tensors: dict[str, np.ndarray], traffic: Traffic, seed: int = 1) -> Run:
        """Send all beats of ``tensors`` (:func:`hw.compiler.reference.run`) through the network.

        Raises
        ------
        AssertionError
            If a stream differs from its golden words; the message ends with the log.
        """
        self.bench.build()
        testbench.write_golden(self.model, tensors, self.bench.folder)
        beats = len(tensors[self.model.graph.input[0].name])
        fifos = [node.name for node in self.model.graph.node if node.op_type == "Fifo_sv"]
        config = {
            "traffic": asdict(traffic),
            "beats": beats,
            "streams": json.loads((self.rtl / "streams.json").read_text()),
            "fifos": fifos,
        }
        started = time.perf_counter()
        self.bench.run("sim.network.bench", config, seed=seed)
        seconds = time.perf_counter() - started
        return self._read(seconds)

    def _read(self, seconds: float) -> Run:
        counters = json.loads((self.bench.folder / "counters.json").read_text())
        lines = (self.bench.folder / testbench.RESULTS).read_text().split()
        begun, ended = (np.array(lines[i::3], dtype=np.int64) for i in (0, 1))
        words = np.frombuffer(bytes.fromhex("".join(lines[2::3])), dtype=">i4")
        lanes = words.reshape(len(ended), -1)[:, ::-1].astype(np.int64)
        return Run(
            lanes[:, 0],
            lanes[:, 1:],
            begun,
            ended,
            counters["streams"],
            counters["fifos"],
            seconds,
        )

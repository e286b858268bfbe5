"""A compiled network in Verilator: every stream is PyTorch's, every interval the estimate."""

from collections.abc import Iterator

import numpy as np
import pytest
from tiny_net import STEM, export_tiny

from arrhythminet import golden
from arrhythminet.files import build_folder
from hw import compile as compiler
from hw.compiler import checks, estimate, stitch
from hw.compiler.graph import load_graph
from sim.network.run import FULL_RATE, RANDOM_STALLS, NetworkBench

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetworkBench]:
    """The tiny network at 900 cycles a beat, built once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("tiny_simulation"))
        export_tiny(count=12)
        build = compiler.compile_network(STEM, max_cycles=900)
        model = load_graph(build)
        yield NetworkBench(model, STEM, build / "rtl", build / "sim")


@pytest.fixture(scope="module")
def tensors(bench: NetworkBench) -> dict[str, np.ndarray]:
    expected = golden.load(build_folder(STEM) / "golden.npz")
    return checks.check_streams(bench.model, expected)


@pytest.mark.xdist_group("tiny_simulation")
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("traffic", [FULL_RATE, RANDOM_STALLS], ids=lambda traffic: traffic.name)
def test_every_stream_equals_pytorch(bench, tensors, traffic, seed) -> None:
    run = bench.run(tensors, traffic, seed)
    assert run.faults() == 0
    results = tensors[bench.model.graph.output[0].name].reshape(12, -1)
    assert np.array_equal(np.column_stack([run.labels, run.logits]), results)


@pytest.mark.xdist_group("tiny_simulation")
def test_interval_is_the_slowest_layers_cycles(bench, tensors) -> None:
    run = bench.run(tensors, FULL_RATE)
    slowest = estimate.network_performance(bench.model)["max_cycles"]
    assert set(run.interval[4:]) == {slowest}


@pytest.mark.xdist_group("tiny_simulation")
def test_a_single_wrong_golden_word_fails_the_bench_and_names_the_stream(bench, tensors) -> None:
    name = next(t for t, s in stitch.stream_names(bench.model).items() if s == "wide_matvec")
    wrong = {**tensors, name: tensors[name].copy()}
    wrong[name][3, 7, 0, 1] += 1
    with pytest.raises(AssertionError, match="wide_matvec: 1 words differ"):
        bench.run(wrong, FULL_RATE)

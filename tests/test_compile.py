"""The compiler on a small network: exact at every stage, and plain about what it cannot do."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from tiny_net import STEM, export_tiny
from typer.testing import CliRunner

from arrhythminet import golden
from arrhythminet.errors import GoldenError
from arrhythminet.files import build_folder
from hw import compile as compiler
from hw.backends import layer
from hw.backends.base import Stream
from hw.compiler import checks, estimate, folding, reference, stitch
from hw.compiler.configuration import Configuration, configure
from hw.compiler.graph import layer_graph
from hw.errors import HardwareError

pytestmark = pytest.mark.xdist_group("tiny")


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working folder with the tiny network's export in it."""
    folder = tmp_path_factory.mktemp("tiny")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        export_tiny()
        yield folder


@pytest.fixture(scope="module")
def expected(workplace: Path) -> golden.Golden:
    return golden.load(workplace / build_folder(STEM) / "golden.npz")


@pytest.fixture(scope="module")
def layers(workplace: Path, expected: golden.Golden) -> ModelWrapper:
    return layer_graph(workplace / build_folder(STEM) / "model.onnx", expected)


def folded(layers: ModelWrapper, max_cycles: int) -> ModelWrapper:
    configuration = Configuration(max_cycles, folding.solve(layers, max_cycles), {})
    return configure(layers, configuration)


def test_every_layer_is_a_backend_named_after_its_site(layers: ModelWrapper) -> None:
    names = [node.name for node in layers.graph.node]
    assert "wide_sliding_window" in names
    assert "residual_depthwise_thresholding" in names
    assert all(node.op_type.endswith("_sv") for node in layers.graph.node)


def test_compiled_graph_computes_pytorchs_integers_at_every_quantiser(
    layers: ModelWrapper, expected: golden.Golden
) -> None:
    checks.check_streams(folded(layers, 400), expected)


def test_a_wrong_integer_in_a_quantiser_is_named(
    layers: ModelWrapper, expected: golden.Golden
) -> None:
    sites = {name: values.copy() for name, values in expected.sites.items()}
    sites["wide"][2, 5, 3] ^= 1
    wrong = replace(expected, sites=sites)
    with pytest.raises(HardwareError, match=r"quantiser wide: beat 2 .* at \(5, 3\)"):
        checks.check_streams(folded(layers, 400), wrong)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(max_cycles=st.integers(362, 6000))
def test_folding_keeps_every_layer_within_the_asked_cycles(
    layers: ModelWrapper, max_cycles: int
) -> None:
    model = folded(layers, max_cycles)
    assert max(estimate.layer_cycles(model).values()) <= max_cycles


def test_more_cycles_never_cost_more(layers: ModelWrapper) -> None:
    costs = [
        estimate.layer_resources(folded(layers, cycles))["total"]["LUT"]
        for cycles in (400, 1000, 3000)
    ]
    assert costs == sorted(costs, reverse=True)


def test_folding_without_dsp_slices_uses_none_and_costs_more(layers: ModelWrapper) -> None:
    solved = {dsp: folding.solve(layers, 400, dsp) for dsp in (True, False)}
    totals = {
        dsp: estimate.layer_resources(configure(layers, Configuration(400, folds, {})))["total"]
        for dsp, folds in solved.items()
    }
    assert totals[True]["DSP"] > totals[False]["DSP"] == 0
    assert totals[False]["LUT"] > totals[True]["LUT"]


def test_folding_faster_than_the_input_is_refused_with_the_least_possible(
    layers: ModelWrapper,
) -> None:
    with pytest.raises(HardwareError, match=r"stem\w* cannot take 100 cycles .* at least 360"):
        folding.solve(layers, 100)


def test_a_folding_of_another_network_is_refused(layers: ModelWrapper) -> None:
    with pytest.raises(HardwareError, match="does not fit the network"):
        folding.apply(layers, {"stem_pad": {"SIMD": 1}})


def test_a_folding_that_would_mix_taps_and_lanes_is_refused(layers: ModelWrapper) -> None:
    choices = folding.solve(layers, 1000)
    choices["residual_depthwise_depthwise"]["PE"] = 6
    choices["residual_depthwise_sliding_window"]["SIMD"] = 2
    with pytest.raises(HardwareError, match=r"sliding_window gives 10 .*_depthwise takes 30"):
        folding.apply(layers, choices)


def test_stitching_twice_gives_the_same_bytes(layers: ModelWrapper, tmp_path: Path) -> None:
    contents = []
    for name in ("first", "second"):
        stitch.write(folded(layers, 400), STEM, tmp_path / name)
        files = sorted((tmp_path / name).iterdir())
        contents.append({path.name: path.read_bytes() for path in files})
    assert contents[0] == contents[1]


def test_neighbours_agree_on_width_once_converters_are_in(layers: ModelWrapper) -> None:
    model = folded(layers, 1000)
    table = stitch.streams(model)
    for node in model.graph.node:
        streamed = [tensor for tensor in node.input if tensor in table]
        for index, tensor in enumerate(streamed):
            assert layer(node).stream_in(index).width == table[tensor].width, node.name


@given(
    values=st.lists(st.integers(-8, 7), min_size=12, max_size=12),
    lanes=st.sampled_from([1, 2, 3, 6]),
)
def test_stream_words_hold_each_lane_in_order(values: list[int], lanes: int) -> None:
    tensor = np.array(values).reshape(1, 2, 1, 6)
    stream = Stream(lanes, 12 // lanes, DataType["INT4"])
    words = reference.pack(tensor, np.arange(6), stream)
    numbers = [int.from_bytes(word.tobytes(), "big") for word in words]
    unpacked = [(number >> 4 * lane) & 15 for number in numbers for lane in range(lanes)]
    assert unpacked == [value & 15 for value in values]


def run_cli(*arguments: str) -> tuple[int, str]:
    import typer

    app = typer.Typer()
    app.command()(compiler.main)
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


def test_cli_compiles_and_repeats_no_finished_work(workplace: Path) -> None:
    assert run_cli("--net", STEM, "--ii", "500")[0] == 0
    build = workplace / build_folder(STEM)
    performance = json.loads((build / "report/estimate_network_performance.json").read_text())
    assert performance["max_cycles"] <= 500
    before = (build / "network.json").stat().st_mtime_ns
    code, output = run_cli("--net", STEM, "--ii", "500")
    assert code == 0
    assert "up to date" in output
    assert (build / "network.json").stat().st_mtime_ns == before


def test_an_interrupted_compile_is_never_up_to_date(
    workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler.compile_network(STEM, 500)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(compiler, "write_json", interrupt)
        with pytest.raises(KeyboardInterrupt):
            compiler.compile_network(STEM, 700)
    for cycles in ("700", "500"):
        code, output = run_cli("--net", STEM, "--ii", cycles)
        assert code == 0
        assert "up to date" not in output


@pytest.mark.parametrize(
    ("stem", "ii", "message"),
    [("nosuch-w4a4", "400", "golden.npz"), (STEM, "10", "cannot take 10 cycles")],
)
def test_cli_refuses_in_one_line_and_leaves_nothing(
    workplace: Path, stem: str, ii: str, message: str
) -> None:
    before = sorted(path for path in (workplace / "build").rglob("*") if path.is_file())
    code, output = run_cli("--net", stem, "--ii", ii)
    assert code == 1
    assert message in output.replace("\n", " ")
    assert "Traceback" not in output
    assert before == sorted(path for path in (workplace / "build").rglob("*") if path.is_file())


def test_a_truncated_golden_file_is_refused(workplace: Path, tmp_path: Path) -> None:
    path = tmp_path / "golden.npz"
    content = (workplace / build_folder(STEM) / "golden.npz").read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(GoldenError, match=r"cannot read .*golden\.npz"):
        golden.load(path)

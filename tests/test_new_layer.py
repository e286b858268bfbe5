"""A layer added as docs/adding-a-layer.md says, three files, is found by everything else."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs/adding-a-layer.md"
FOLDERS = ("arrhythminet", "board", "hw", "sim")
TESTS = ("modules", "yosys", "formal", "lint")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("new_layer")]


def guide_files() -> dict[str, str]:
    """Files that the guide shows, by path."""
    return dict(re.findall(r"^`(\S+)`:\n\n```\w+\n(.*?)^```", GUIDE.read_text(), re.M | re.S))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository's code with the guide's three files in it."""
    copy = tmp_path_factory.mktemp("repository")
    for name in FOLDERS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "tests").mkdir()
    for name in TESTS:
        shutil.copy(ROOT / f"tests/test_rtl_{name}.py", copy / "tests")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name, text in guide_files().items():
        assert not (copy / name).exists(), f"{name} is there already"
        (copy / name).write_text(text)
    return copy


def run(repository: Path, *command: str) -> str:
    """Run Python in the copy and return what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    done = subprocess.run(
        [sys.executable, *command], cwd=repository, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_guide_shows_module_backend_and_bench_and_no_other_file():
    assert sorted(guide_files()) == [
        "hw/backends/upsample.py",
        "hw/rtl/upsample.sv",
        "sim/benches/bench_upsample.py",
    ]


def test_lint_finds_the_layer_and_has_nothing_to_say(repository):
    modules = len(list((ROOT / "hw/rtl").glob("*.sv"))) + 1
    assert f"{modules} modules linted, 0 with warnings" in run(repository, "-m", "hw.tools.lint")


def test_bench_netlist_proof_and_broken_parameters_find_the_layer(repository):
    output = run(
        repository, "-m", "pytest", "-v", "-p", "no:cacheprovider", "tests", "-k", "upsample"
    )
    for test in (
        "test_layer_equals_its_reference_under_stalls_and_reset[upsample]",
        "test_netlist_of_yosys_equals_the_reference[upsample]",
        "test_source_holds_a_transfer_until_it_is_taken[upsample-2-2-2]",
        "test_broken_parameter_stops_elaboration_with_its_rule[upsample-",
    ):
        assert re.search(rf"{re.escape(test)}.* PASSED", output), output


COMPILE = """
from pathlib import Path
import numpy as np
import qonnx.core.data_layout as layout
from onnx import TensorProto, helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.util.basic import qonnx_make_model
from hw.backends import LAYERS, layer
from hw.compiler import fifos, folding, layers, reference, stitch
from hw.tools.verilator import lint

shapes = {"x": [1, 9, 1, 6], "y": [1, 27, 1, 6]}
ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in shapes.items()]
resize = helper.make_node("Resize", ["x", "", "scales"], ["y"], mode="nearest")
graph = helper.make_graph([resize], "graph", [ends[0]], [ends[1]])
model = ModelWrapper(qonnx_make_model(graph))
model.set_initializer("scales", np.array([1, 3, 1, 1], dtype=np.float32))
model.set_tensor_datatype("x", DataType["UINT4"])
model.set_tensor_layout("x", layout.NHWC)
for made in sorted(LAYERS.values(), key=lambda layer: layer.conversion_rank):
    if made.conversion is not None:
        model = model.transform(made.conversion())
model = layers.to_backends(model, [])
folding.apply(model, folding.solve(model, 60))
node = model.graph.node[0]
print(node.op_type, "SIMD", layer(node).get_nodeattr("SIMD"), layer(node).get_exp_cycles())
x = np.arange(2 * 9 * 6).reshape(2, 9, 1, 6) % 16
y = layer(node).reference([x], [])
print("reference", np.array_equal(y, x[:, np.arange(27) // 3]))
model = fifos.insert_fifos(fifos.insert_width_converters(model), fifos.generous_depths(model))
stitch.write(model, "up-w4a4", Path("rtl"))
files = [Path("rtl") / name for name in Path("rtl/files.f").read_text().split()]
print("warnings", repr(lint(files, "up_w4a4")))
"""


def test_solver_folds_the_layer_and_a_network_of_it_is_stitched(repository):
    output = run(repository, "-c", COMPILE)
    assert "Upsample_sv SIMD 3 54" in output
    assert "reference True" in output
    assert "warnings ''" in output

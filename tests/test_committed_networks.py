"""The committed networks, compiled: exact in simulation and in the overlay, V2 on its board."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import notebook
import pytest
from typer.testing import CliRunner

from arrhythminet.files import build_folder
from hw import compile as compiler
from hw.compiler.configuration import configuration_file, load_configuration
from quant_training.data import sources
from quant_training.net import checkpoint, exporting
from sim.overlay import board_sim
from sim.overlay.simulated_board import stem_sources
from sim.overlay.sources import SOURCES
from sim.runner import Bench
from sim.simulate import simulate

pytestmark = pytest.mark.slow
V1, V2, V2_DSP0 = (
    pytest.param(stem, marks=pytest.mark.xdist_group(stem))
    for stem in ("v1-w4a4", "v2-w4a4", "v2-w4a4-dsp0")
)
ALL = pytest.mark.parametrize("compiled", [V1, V2, V2_DSP0], indirect=True)
BOTH = pytest.mark.parametrize("compiled", [V1, V2], indirect=True)
ONE = pytest.mark.parametrize("compiled", [V2], indirect=True)
OVERLAY_BEATS = int(os.environ.get("OVERLAY_BEATS", "100"))


@pytest.fixture(scope="module")
def compiled(request: pytest.FixtureRequest, tmp_path_factory) -> Iterator[str]:
    """Stem of a network whose build folder is below the working folder."""
    stem = request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp(stem))
        exporting.export(stem, sources.embedded(), build_folder(stem), checkpoint.path_of(stem))
        compiler.compile_network(stem)
        yield stem


@ALL
def test_every_stream_is_exact_and_the_interval_as_estimated(compiled: str):
    folder = build_folder(compiled)
    report = simulate(compiled, folder / "golden.npz", folder / "report")
    assert report["mismatches"] == report["stream_mismatches"] == 0
    assert report["interval_cycles"] == report["interval_cycles_estimated"]
    asked = load_configuration(configuration_file(compiled)).max_cycles
    assert report["interval_cycles"] <= asked


@pytest.mark.parametrize("compiled", [V2_DSP0], indirect=True)
def test_a_network_without_dsp_slices_is_estimated_to_use_none(compiled: str):
    path = build_folder(compiled) / "report" / "estimate_layer_resources.json"
    assert json.loads(path.read_text())["total"]["DSP"] == 0


@BOTH
def test_many_beats_in_one_run_of_the_overlay_equal_pytorch(compiled: str):
    network = stem_sources(compiled)
    library = {path.name for path in network}
    paths = [*network, *(path for path in SOURCES if path.name not in library)]
    golden = str((build_folder(compiled) / "golden.npz").resolve())
    bench = Bench(f"overlay-{compiled}", paths, "overlay_bench", optimise=True).build()
    bench.run("sim.overlay.bench_network", {"seed": 1, "beats": OVERLAY_BEATS, "golden": golden})


@ONE
def test_board_sim_finds_every_beat_exact(compiled: str):
    done = CliRunner().invoke(board_sim.app, ["--net", compiled, "--beats", "20"])
    assert done.exit_code == 0, done.output
    assert "20 of 20 beats equal PyTorch's logits" in done.output


@ONE
def test_notebook_runs_on_the_compiled_network(compiled: str, monkeypatch: pytest.MonkeyPatch):
    notebook.check(notebook.execute(monkeypatch, compiled, Path.cwd()))

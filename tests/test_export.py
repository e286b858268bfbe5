"""Export: integers of every site, the QONNX graph, and the files for each source of beats."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import Result
from typer.testing import CliRunner

from arrhythminet import classes, golden
from arrhythminet.errors import BeatError
from quant_training import export as verb
from quant_training.data import sources
from quant_training.errors import CheckpointError, ExportError
from quant_training.net import activations, checkpoint, exporting, integers
from quant_training.net.feature_maps import feature_maps
from quant_training.net.models import ArrhythmiNet, NetConfig, build

STEMS = ("v1-w4a4", "v2-w4a4")


@pytest.fixture(scope="module", params=STEMS)
def model(request: pytest.FixtureRequest) -> ArrhythmiNet:
    model, _ = checkpoint.load(checkpoint.path_of(request.param), request.param)
    integers.settle_(model)
    return model


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return np.random.default_rng(0).integers(-128, 128, (5, 360)).astype(np.int8)


def test_sites_have_the_feature_maps_shapes(model: ArrhythmiNet, values: np.ndarray):
    seen = {name: array.shape[1:] for name, array in activations.run(model, values).sites.items()}
    assert seen == feature_maps(model)


def test_site_integers_are_unsigned_4_bit(model: ArrhythmiNet, values: np.ndarray):
    sites = activations.run(model, values).sites
    assert max(array.max() for array in sites.values()) == 15


def test_integer_logits_times_scale_are_the_float_logits(model: ArrhythmiNet, values: np.ndarray):
    result = activations.run(model, values)
    with torch.no_grad():
        floats = activations.IntegerInput(model)(torch.from_numpy(values).float()[:, None, :, None])
    assert np.allclose(result.logits * result.logit_scale, floats.numpy(), rtol=1e-4, atol=1e-3)


def test_labels_take_the_lowest_index_on_ties():
    logits = np.array([[1, 5, 5, 0, 0]], np.int32)
    assert golden.Golden(
        np.zeros((1, 360), np.int8), logits, np.array([-1]), 1.0, {}
    ).labels.tolist() == [1]


def test_a_bias_off_the_grid_is_an_error(values: np.ndarray):
    broken, _ = checkpoint.load(checkpoint.path_of("v2-w4a4"))
    with torch.no_grad():
        broken.classifier.bias += 0.5 * broken.logit_scale()
    with pytest.raises(ExportError, match="classifier's bias is 0"):
        activations.run(broken, values)


def test_a_float_network_has_no_integers(values: np.ndarray):
    with pytest.raises(ExportError, match="float32"):
        activations.run(build(NetConfig.from_stem("v2-float32")), values)


@pytest.mark.parametrize("shape", [(360,), (2, 180), (0, 360)])
def test_wrong_beats_are_an_error(shape: tuple[int, ...]):
    model, _ = checkpoint.load(checkpoint.path_of("v2-w4a4"))
    with pytest.raises(BeatError):
        activations.run(model, np.zeros(shape, np.int8))


def test_results_do_not_depend_on_the_batch(model: ArrhythmiNet, values: np.ndarray):
    one, two = activations.run(model, values, batch=1), activations.run(model, values, batch=5)
    assert np.array_equal(one.logits, two.logits)
    assert all(np.array_equal(one.sites[name], two.sites[name]) for name in one.sites)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    exporting.export("v2-w4a4", sources.embedded(), folder)
    return folder


def test_two_files_are_written_and_no_other(exported: Path):
    assert {path.name for path in exported.iterdir()} == {"golden.npz", "model.onnx"}


def test_golden_file_says_what_it_is(exported: Path):
    with np.load(exported / "golden.npz") as file:
        meta = json.loads(str(file["meta"]))
        assert file["beats"].dtype == np.int8
        assert meta["sites"] == [name for name in file.files if file[name].ndim == 3]
        assert len(file["signal"]) == 1024
        assert np.abs(file["peaks"] - [191, 519, 848]).max() <= 2
        assert meta["stem"] == "v2-w4a4"
        assert meta["start_s"] == pytest.approx(5050 / 360)


def test_the_embedded_beats_are_normal_ones(exported: Path):
    with np.load(exported / "golden.npz") as file:
        assert [classes.CLASSES[label] for label in file["labels"]] == ["N", "N", "N"]


def test_exporting_twice_gives_the_same_bytes(exported: Path, tmp_path: Path):
    exporting.export("v2-w4a4", sources.embedded(), tmp_path)
    for name in ("golden.npz", "model.onnx"):
        assert (tmp_path / name).read_bytes() == (exported / name).read_bytes()


def test_a_graph_of_other_weights_is_noticed(exported: Path, values: np.ndarray):
    model, _ = checkpoint.load(checkpoint.path_of("v2-w4a4"))
    result = activations.run(model, values)
    wrong = replace(result, logits=result.logits + 1)
    with pytest.raises(ExportError, match="beat 0 has logits"):
        exporting.check_model(exported / "model.onnx", values, wrong)


def test_a_corrupt_checkpoint_writes_nothing(tmp_path: Path):
    (tmp_path / "bad.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(CheckpointError, match="damaged"):
        exporting.export("v2-w4a4", sources.embedded(), tmp_path / "out", tmp_path / "bad.pt")
    assert not (tmp_path / "out").exists()


def test_unknown_source_names_the_known_ones():
    with pytest.raises(BeatError, match="test, record, embedded"):
        exporting.choose("radio", {"form": "beat", "protocol": "beat"}, "208", None)


@pytest.mark.mitdb
@pytest.mark.usefixtures("mitdb")
def test_test_side_beats_are_balanced_over_the_classes():
    chosen = sources.from_test_side("beat", 200)
    assert np.bincount(chosen.annotations).tolist() == [40] * 5


def run(*options: str) -> Result:
    return CliRunner().invoke(verb.app, ["--net", "v2-w4a4", "--source", "embedded", *options])


def test_an_export_is_not_repeated_until_it_would_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    assert "3 beats classified 3 N" in run().output
    with monkeypatch.context() as patch:
        patch.setattr(exporting, "export", lambda *_: pytest.fail("exported again"))
        assert "up to date" in run().output
    assert "3 beats" in run("--beats", "7").output  # the excerpt has three
    (tmp_path / "build/v2-w4a4/golden.npz").unlink()
    assert "3 beats" in run("--beats", "7").output


def test_an_interrupted_export_is_not_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    run()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(exporting, "export", interrupted)
        run("--beats", "2")
    assert "3 beats" in run().output


def test_a_missing_checkpoint_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(verb.app, ["--net", "v2-w5a5"])
    assert isinstance(result.exception, CheckpointError)
    assert "v2-w5a5.pt is missing" in str(result.exception)

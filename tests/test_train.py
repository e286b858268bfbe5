"""The training loop on a made-up data set: it learns, resumes, and fails in one line."""

import io
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from rich.console import Console

from arrhythminet import beats, classes, files
from arrhythminet.errors import StemError
from quant_training import train
from quant_training.data import dataset
from quant_training.data.augment import augment
from quant_training.errors import CheckpointError
from quant_training.net import calibrate, checkpoint
from quant_training.net.models import ArrhythmiNet, NetConfig, build
from quant_training.training import fit, run

ROOT = Path(__file__).resolve().parent.parent
SILENT = Console(file=io.StringIO())
SHORT = fit.TrainConfig(
    net="v2-float32", epochs=3, epoch_beats=64, batch=32, threads=1, compiled=False
)
QUANTISED = replace(SHORT, net="v2-w4a4")


def start() -> ArrhythmiNet:
    torch.manual_seed(0)
    return build(NetConfig.from_stem("v2-float32"))


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> dataset.Dataset:
    """Five classes that differ in their frequency, 40 beats each."""
    generator = np.random.default_rng(0)
    labels = np.repeat(np.arange(5), 40)
    waves = np.sin(2 * np.pi * (labels[:, None] + 1) * np.arange(360) / 360)
    values = beats.quantise(waves + generator.normal(0, 0.2, waves.shape))
    records = np.full(len(labels), 101, np.int16)
    symbols = np.array(classes.CLASSES)[labels]
    data = dataset.Dataset(values, symbols, records, labels, beats.INPUT_SCALE, "")
    monkeypatch.setattr(run.dataset, "load", lambda form: data)
    return data


def equal(one: torch.nn.Module, two: torch.nn.Module) -> bool:
    states = one.state_dict(), two.state_dict()
    return all(torch.equal(states[0][key], states[1][key]) for key in states[0])


@pytest.mark.usefixtures("made_up")
def test_training_learns_easy_classes(tmp_path: Path):
    config = replace(SHORT, net="v1-float32", epochs=6, epoch_beats=512, average=0.9)
    _, training = fit.fit(config, tmp_path, console=SILENT)
    assert training["validation"]["accuracy"] > 0.9


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("config", [SHORT, QUANTISED], ids=["float", "quantised"])
def test_same_seed_gives_the_same_weights_and_another_does_not(
    tmp_path: Path, config: fit.TrainConfig
):
    def trained(folder: str, seed: int) -> ArrhythmiNet:
        float_net = start() if config is QUANTISED else None
        chosen = replace(config, seed=seed)
        return fit.fit(chosen, tmp_path / folder, float_net, console=SILENT)[0]

    one = trained("1", 0)
    assert equal(one, trained("2", 0))
    assert not equal(one, trained("3", 1))


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("config", [SHORT, QUANTISED], ids=["float", "quantised"])
@pytest.mark.parametrize("epochs_done", [1, 2])
def test_an_interrupted_run_resumes_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: fit.TrainConfig, epochs_done: int
):
    def trained(folder: str) -> ArrhythmiNet:
        float_net = start() if config is QUANTISED else None
        return fit.fit(config, tmp_path / folder, float_net, console=SILENT)[0]

    whole = trained("whole")
    save, calls = run.Run.save, []

    def save_then_stop(self: run.Run, *arguments: object) -> None:
        save(self, *arguments)
        calls.append(1)
        if len(calls) == epochs_done:
            raise KeyboardInterrupt

    monkeypatch.setattr(run.Run, "save", save_then_stop)
    with pytest.raises(KeyboardInterrupt):
        trained("stopped")
    monkeypatch.setattr(run.Run, "save", save)
    assert equal(whole, trained("stopped"))


@pytest.mark.usefixtures("made_up")
def test_a_quantised_network_is_trained_from_the_float_one_of_its_stem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoint, "CHECKPOINTS", tmp_path / "committed")
    options = {"epochs": 1, "epoch_beats": 64, "threads": 1, "compiled": False}
    train.main(net="v1-w4a4", protocol="paper", float_epochs=1, **options)
    train.main(net="v1-w8a8", protocol="paper", float_epochs=1, **options)
    stems = ("v1-float32-paper", "v1-w4a4-paper", "v1-w8a8-paper")
    training = {
        stem: checkpoint.load(Path("build") / stem / f"{stem}.pt")[1]["training"] for stem in stems
    }
    origin = files.sha256(Path("build/v1-float32-paper/v1-float32-paper.pt"))
    assert training["v1-w4a4-paper"]["float_net"] == origin
    assert training["v1-w8a8-paper"]["float_net"] == origin
    assert training["v1-float32-paper"]["float_net"] is None


@pytest.mark.usefixtures("made_up")
def test_a_float_network_that_saw_the_validation_beats_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoint, "CHECKPOINTS", tmp_path)
    options = {"epochs": 1, "epoch_beats": 64, "threads": 1, "compiled": False}
    refit = Path("v2-float32.pt")
    train.main(net="v2-float32", refit=True, output=tmp_path / refit, **options)
    shutil.rmtree("build")
    train.main(net="v2-w8a8", refit=True, **options)
    train.main(net="v2-w4a4", float_epochs=1, **options)
    origins = {
        stem: checkpoint.load(Path("build") / stem / f"{stem}.pt")[1]["training"]["float_net"]
        for stem in ("v2-w8a8", "v2-w4a4")
    }
    assert origins["v2-w8a8"] == files.sha256(refit)
    assert origins["v2-w4a4"] == files.sha256(Path("build/v2-float32/v2-float32.pt"))


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("config", [SHORT, QUANTISED], ids=["float", "quantised"])
def test_a_refit_trains_on_the_validation_beats_and_keeps_the_last_epoch(
    tmp_path: Path, config: fit.TrainConfig
):
    def training(folder: str, refit: bool) -> dict[str, Any]:
        float_net = start() if config is QUANTISED else None
        chosen = replace(config, refit=refit)
        return fit.fit(chosen, tmp_path / folder, float_net, console=SILENT)[1]

    judged, refit = training("judged", False), training("refit", True)
    assert refit["n_train"] == judged["n_train"] + judged["n_validation"]
    assert refit["n_validation"] == 0
    assert refit["validation"] is None
    assert refit["best_epoch"] == SHORT.epochs


def test_renormalised_statistics_are_those_of_the_batches(ready: ArrhythmiNet):
    x = torch.randn(64, 1, 360, 1)
    calibrate.renormalise_(ready, [x])
    outputs = []
    ready.stem.bn.register_forward_pre_hook(lambda _module, inputs: outputs.append(inputs[0]))
    ready(x)
    assert torch.allclose(ready.stem.bn.running_mean, outputs[0].mean((0, 2, 3)), atol=1e-5)
    assert ready.stem.bn.momentum == torch.nn.BatchNorm2d(1).momentum
    assert not ready.training


@pytest.mark.usefixtures("made_up")
def test_a_run_with_other_options_is_not_resumed(tmp_path: Path):
    fit.fit(SHORT, tmp_path, console=SILENT)
    with pytest.raises(CheckpointError, match="another lr"):
        fit.fit(replace(SHORT, lr=1.0), tmp_path, console=SILENT)


def test_augmented_beats_are_int8_values_and_repeat_with_the_generator():
    values = torch.randint(-128, 128, (16, 360)).float()
    one, two = (augment(values, torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(one, two)
    assert torch.equal(one, one.round().clamp(-128, 127))
    assert not torch.equal(one, values)


def test_augmentation_leaves_the_intervals_of_the_rhythm_form_alone():
    values = torch.randint(-100, 100, (16, 2)).repeat_interleave(beats.RHYTHM_SAMPLES, 1).float()
    whole = torch.cat([torch.randint(-128, 128, (16, 300)).float(), values], dim=1)
    varied = augment(whole, torch.Generator().manual_seed(5), "rhythm")[:, 300:]
    blocks = varied.reshape(16, 2, beats.RHYTHM_SAMPLES)
    assert torch.equal(blocks.amin(2), blocks.amax(2))
    assert (varied - values).abs().max() <= 10


@pytest.fixture
def ready() -> torch.nn.Module:
    torch.manual_seed(0)
    model = build(NetConfig.from_stem("v2-w4a4"))
    for site in model.sites().values():
        site.relu.set_range_(2.0)
    return model.eval()


def test_a_checkpoint_gives_back_the_network(tmp_path: Path, ready: torch.nn.Module):
    checkpoint.save(tmp_path / "x.pt", ready, "v2-w4a4", {"seed": 0})
    loaded, content = checkpoint.load(tmp_path / "x.pt", "v2-w4a4")
    assert equal(ready, loaded)
    assert content["training"] == {"seed": 0}


def test_a_missing_checkpoint_is_an_error(tmp_path: Path):
    with pytest.raises(CheckpointError, match="is missing: train it"):
        checkpoint.load(tmp_path / "none.pt")


@pytest.mark.parametrize("keep", [0, 100, 50_000])
def test_a_truncated_checkpoint_is_an_error(tmp_path: Path, ready: torch.nn.Module, keep: int):
    path = tmp_path / "x.pt"
    checkpoint.save(path, ready, "v2-w4a4", {})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match="restore it") as caught:
        checkpoint.load(path)
    assert "\n" not in str(caught.value)


def test_a_checkpoint_of_another_network_is_an_error(tmp_path: Path, ready: torch.nn.Module):
    checkpoint.save(tmp_path / "x.pt", ready, "v2-w4a4", {})
    with pytest.raises(CheckpointError, match="holds v2-w4a4, not v1-w4a4"):
        checkpoint.load(tmp_path / "x.pt", "v1-w4a4")


def test_a_checkpoint_with_nan_is_an_error(tmp_path: Path, ready: torch.nn.Module):
    torch.nn.init.constant_(ready.classifier.bias, float("nan"))
    checkpoint.save(tmp_path / "x.pt", ready, "v2-w4a4", {})
    with pytest.raises(CheckpointError, match="NaN"):
        checkpoint.load(tmp_path / "x.pt")


def test_a_failed_save_leaves_the_old_checkpoint(
    tmp_path: Path, ready: torch.nn.Module, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "x.pt"
    checkpoint.save(path, ready, "v2-w4a4", {})
    before = path.read_bytes()

    def fail(_content: object, file: Path) -> None:
        file.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(checkpoint.torch, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        checkpoint.save(path, ready, "v2-w4a4", {})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("stem", "protocol", "form", "seed"),
    [
        ("v2-w4a4", "beat", "beat", 0),
        ("v2-w4a4-paper", "paper", "beat", 0),
        ("v2-w4a4-patient-rhythm-s3", "patient", "rhythm", 3),
    ],
)
def test_stems_carry_protocol_form_and_seed(stem: str, protocol: str, form: str, seed: int):
    assert train.stem_of("v2-w4a4", protocol, form, seed) == stem


def test_a_stem_that_names_its_protocol_cannot_disagree_with_the_options():
    with pytest.raises(StemError, match="expected v2-w4a4, with protocol"):
        train.stem_of("v2-w4a4-paper", "beat")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--net", "v9-w4a4"], "unknown network 'v9-w4a4'"),
        (["--form", "square"], "unknown input form 'square': choose beat or rhythm"),
        (["--net", "v2-w4a4"], "make data"),
    ],
)
def test_command_line_fails_in_one_line(tmp_path: Path, arguments: list[str], says: str):
    done = subprocess.run(
        [sys.executable, "-m", "quant_training.train", *arguments],
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": str(ROOT), "MITDB_DIR": str(tmp_path / "none")},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
    assert not list(tmp_path.iterdir())

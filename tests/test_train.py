"""The training loop on a made-up data set: it learns, resumes, and fails in one line."""

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

from quant_training import beats, checkpoint, dataset, stage, train
from quant_training.augment import augment
from quant_training.errors import CheckpointError
from quant_training.models import NetConfig, build

ROOT = Path(__file__).resolve().parent.parent
SILENT = Console(file=io.StringIO())
SHORT = train.TrainConfig(
    net="v2-w4a4", float_epochs=2, epochs=2, epoch_beats=64, batch=32, threads=1
)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> dataset.Dataset:
    """Five classes that differ in their frequency, 40 beats each."""
    generator = np.random.default_rng(0)
    labels = np.repeat(np.arange(5), 40)
    waves = np.sin(2 * np.pi * (labels[:, None] + 1) * np.arange(360) / 360)
    values = beats.quantise(waves + generator.normal(0, 0.2, waves.shape))
    records = np.full(len(labels), 101, np.int16)
    symbols = np.array(beats.CLASSES)[labels]
    data = dataset.Dataset(values, symbols, records, labels, beats.INPUT_SCALE, "")
    monkeypatch.setattr(stage.dataset, "load", lambda: data)
    return data


def equal(one: torch.nn.Module, two: torch.nn.Module) -> bool:
    states = one.state_dict(), two.state_dict()
    return all(torch.equal(states[0][key], states[1][key]) for key in states[0])


@pytest.mark.usefixtures("made_up")
def test_training_learns_easy_classes(tmp_path: Path):
    config = replace(SHORT, net="v1-float32", float_epochs=6, epoch_beats=512, average=0.9)
    _, training = train.train(config, tmp_path, console=SILENT)
    assert training["validation_accuracy"] > 0.9


@pytest.mark.usefixtures("made_up")
def test_same_seed_gives_the_same_weights_and_another_does_not(tmp_path: Path):
    one, _ = train.train(SHORT, tmp_path / "1", console=SILENT)
    two, _ = train.train(SHORT, tmp_path / "2", console=SILENT)
    other, _ = train.train(replace(SHORT, seed=1), tmp_path / "3", console=SILENT)
    assert equal(one, two)
    assert not equal(one, other)


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("epochs_done", [1, 3])
def test_an_interrupted_run_resumes_to_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, epochs_done: int
):
    whole, _ = train.train(SHORT, tmp_path / "whole", console=SILENT)
    save, calls = stage.Stage.save, []

    def save_then_stop(self: stage.Stage, *arguments: object) -> None:
        save(self, *arguments)
        calls.append(1)
        if len(calls) == epochs_done:
            raise KeyboardInterrupt

    monkeypatch.setattr(stage.Stage, "save", save_then_stop)
    with pytest.raises(KeyboardInterrupt):
        train.train(SHORT, tmp_path / "stopped", console=SILENT)
    monkeypatch.setattr(stage.Stage, "save", save)
    resumed, _ = train.train(SHORT, tmp_path / "stopped", console=SILENT)
    assert equal(whole, resumed)


@pytest.mark.usefixtures("made_up")
def test_a_run_with_other_options_is_not_resumed(tmp_path: Path):
    train.train(SHORT, tmp_path, console=SILENT)
    with pytest.raises(CheckpointError, match="another lr"):
        train.train(replace(SHORT, lr=1.0), tmp_path, console=SILENT)


def test_augmented_beats_are_int8_values_and_repeat_with_the_generator():
    values = torch.randint(-128, 128, (16, 360)).float()
    one, two = (augment(values, torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(one, two)
    assert torch.equal(one, one.round().clamp(-128, 127))
    assert not torch.equal(one, values)


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
    ("stem", "protocol", "seed"),
    [("v2-w4a4", "beat", 0), ("v2-w4a4-paper", "paper", 0), ("v2-w4a4-paper-s3", "paper", 3)],
)
def test_stems_carry_protocol_and_seed(stem: str, protocol: str, seed: int):
    assert train.stem_of("v2-w4a4", protocol, seed) == stem


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--net", "v9-w4a4"], "unknown network 'v9-w4a4'"), (["--net", "v2-w4a4"], "make data")],
)
def test_command_line_fails_in_one_line(tmp_path: Path, arguments: list[str], says: str):
    run = subprocess.run(
        [sys.executable, "-m", "quant_training.train", *arguments],
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": str(ROOT), "MITDB_DIR": str(tmp_path / "none")},
        text=True,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.startswith("error: ")
    assert run.stderr.count("\n") == 1
    assert says in run.stderr
    assert not list(tmp_path.iterdir())

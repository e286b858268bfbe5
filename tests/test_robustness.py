"""Disturbed beats and the curves, on a made-up record; MIT-BIH only where it is named."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from matplotlib.image import imread

from arrhythminet import beats
from arrhythminet.errors import BeatError, StemError
from quant_training import robustness
from quant_training.data import dataset, disturbances, noise, protocols
from quant_training.data.disturbances import CLEAN, LEVELS, Setting
from quant_training.errors import CheckpointError
from quant_training.net import checkpoint, integers, models
from tests.conftest import all_classes_record, made_up_ecg

SIGNAL, PEAKS = made_up_ecg(60)
BEATS = hnp.arrays(np.int8, (3, beats.BEAT_SAMPLES))
KINDS = list(noise.SYNTHESISED)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dataset.Dataset:
    """Beats of all classes from record 900, which stands for MIT-BIH from here on."""
    folder = tmp_path / "mitdb"
    all_classes_record(folder, SIGNAL, PEAKS)
    monkeypatch.setattr(dataset, "MITDB_RECORDS", ("900",))
    monkeypatch.setattr(dataset, "load", partial(dataset.load, cache=tmp_path / "cache"))
    monkeypatch.setenv("MITDB_DIR", str(folder))
    return dataset.load()


def save(folder: Path, stem: str, **training: object) -> None:
    torch.manual_seed(0)
    model = models.build(models.NetConfig.from_stem(stem))
    if model.config.quantised:
        for site in model.sites().values():
            site.relu.set_range_(4.0)
    about = {"protocol": "beat", "seed": 0, "form": "beat", **training}
    checkpoint.save(folder / f"{stem}.pt", model, stem, about)


@given(BEATS, st.sampled_from(beats.FORMS))
def test_no_gain_error_changes_nothing(values: np.ndarray, form: str):
    assert np.array_equal(disturbances.with_gain(values, 0, form), values)


@given(BEATS, st.integers(-100, 100))
def test_gain_is_rounded_and_clipped(values: np.ndarray, percent: int):
    scaled = disturbances.with_gain(values, percent)
    exact = np.clip(values.astype(float) * (1 + percent / 100), -128, 127)
    assert scaled.dtype == np.int8
    assert np.abs(scaled - exact).max() <= 0.5


def test_gain_leaves_the_intervals_of_the_form_rhythm():
    values = np.full((1, beats.BEAT_SAMPLES), 50, np.int8)
    scaled = disturbances.with_gain(values, 20, "rhythm")
    assert (scaled[:, :300] == 60).all()
    assert (scaled[:, 300:] == 50).all()


@given(st.integers(0, 10), st.integers(0, 2**32))
def test_a_moved_peak_stays_near_and_its_window_fits(level: int, seed: int):
    peaks = np.array([20, 162, 170, 5000, 9838, 9990])  # the first and last never fitted
    moved = disturbances.jittered(peaks, level, 10_000, np.random.default_rng(seed))
    assert np.abs(moved - peaks).max() <= level
    assert {1, 2, 3, 4} <= set(beats.cut(np.zeros(10_000), moved)[1].tolist())


@pytest.mark.parametrize("form", beats.FORMS)
def test_clean_beats_are_the_data_sets(data: dataset.Dataset, form: str):
    expected = dataset.load(form=form).beats
    rows = np.arange(0, len(expected), 3)
    made = disturbances.make(data, rows, form, noise.SYNTHESISED)
    assert np.array_equal(made[CLEAN], expected[rows])


def test_every_level_disturbs_more_than_the_one_before(data: dataset.Dataset):
    made = disturbances.make(data, np.arange(len(data.beats)), "beat", noise.SYNTHESISED)
    for kind, levels in LEVELS.items():
        changes = [
            np.abs(made[Setting(kind, level)].astype(int) - made[CLEAN]).mean() for level in levels
        ]
        if kind == "gain":
            assert all(changes)
        else:
            assert changes == sorted(changes)
            assert changes[0] > 0


def test_beats_depend_on_the_seed_only(data: dataset.Dataset):
    one, two, other = (
        disturbances.make(data, np.arange(9), "beat", noise.SYNTHESISED, seed) for seed in (0, 0, 1)
    )
    assert all(np.array_equal(one[setting], two[setting]) for setting in one)
    assert not np.array_equal(one[Setting("muscle", 0)], other[Setting("muscle", 0)])
    assert not np.array_equal(one[Setting("jitter", 10)], other[Setting("jitter", 10)])


def test_a_beat_has_the_same_noise_in_any_choice_of_beats(data: dataset.Dataset):
    all_rows = disturbances.make(data, np.arange(9), "beat", noise.SYNTHESISED)
    some = disturbances.make(data, np.array([2, 7]), "beat", noise.SYNTHESISED)
    assert all(np.array_equal(all_rows[setting][[2, 7]], some[setting]) for setting in some)


@pytest.mark.mitdb
def test_clean_beats_are_mitdbs_bit_for_bit(mitdb: Path):
    whole = dataset.load(mitdb)
    rows = np.flatnonzero(np.isin(whole.records, (114, 208)))[::40]  # 114 has its lead second
    quick = {kind: lambda n, _: np.sin(np.arange(n)) for kind in KINDS}
    made = disturbances.make(whole, rows, "beat", quick, folder=mitdb)
    assert np.array_equal(made[CLEAN], whole.beats[rows])


def test_a_choice_of_beats_keeps_the_classes():
    labels = np.repeat([0, 1, 2, 3, 4], [700, 100, 100, 3, 97])
    rows = np.random.default_rng(0).permutation(1000)
    chosen = robustness.choose(labels, rows, 100, 0)
    assert np.bincount(labels[chosen]).tolist() == [70, 10, 10, 1, 10]
    assert np.array_equal(chosen, robustness.choose(labels, rows, 100, 0))
    assert np.array_equal(robustness.choose(labels, rows, None, 0), np.arange(1000))


def test_more_beats_than_there_are_is_an_error():
    with pytest.raises(BeatError, match="11 beats are asked for, the test side has 10"):
        robustness.choose(np.zeros(10), np.arange(10), 11, 0)


def test_results_of_all_nets_are_written(data: dataset.Dataset, tmp_path: Path):
    save(tmp_path, "v2-float32")
    save(tmp_path, "v2-w4a4", form="rhythm")
    output = tmp_path / "results"
    robustness.main(["v2-float32", "v2-w4a4"], output, tmp_path)
    content = json.loads((output / "robustness.json").read_text())
    assert content["n"] == len(protocols.split(data, "beat").test)
    assert content["noise"]["source"] == "synthesised"
    assert content["nets"]["v2"]["w4a4"]["form"] == "rhythm"
    assert set(LEVELS) < set(content["nets"]["v2"]["float32"])
    assert content["nets"]["v2"]["w4a4"]["gain"]["0"] == content["nets"]["v2"]["w4a4"]["clean"]
    assert "| muscle noise | 6 dB |" in (output / "robustness.md").read_text()
    assert imread(output / "robustness-v2.png").std() > 0.05
    assert str(tmp_path) not in (output / "robustness.json").read_text()


def test_nets_are_tested_with_settled_thresholds(tmp_path: Path):
    save(tmp_path, "v2-w4a4")
    model, _ = robustness.load("v2-w4a4", tmp_path)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    integers.settle_(model)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_a_net_of_a_protocol_that_saw_the_test_beats_is_refused(tmp_path: Path):
    save(tmp_path, "v2-float32", protocol="paper")
    with pytest.raises(CheckpointError, match="trained on protocol paper"):
        robustness.load("v2-float32", tmp_path)


def test_a_missing_checkpoint_is_named_before_anything_is_written(tmp_path: Path):
    with pytest.raises(CheckpointError, match=r"v1-float32\.pt is missing"):
        robustness.main(output=tmp_path / "results", checkpoints=tmp_path)
    assert not (tmp_path / "results").exists()


def test_an_unknown_net_is_named(tmp_path: Path):
    with pytest.raises(StemError, match="unknown network 'v9-w4a4'"):
        robustness.main(["v9-w4a4"], checkpoints=tmp_path)

"""Maps for the board: of the golden beats, for the hardware's class, read back by the driver."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

pytest.importorskip("captum")

from arrhythminet import golden as golden_file
from arrhythminet.errors import GoldenError, InputError
from board import plots, samples
from quant_training.evaluation.metrics import predict
from quant_training.explain.errors import ExplanationError
from quant_training.explain.maps import golden_maps
from quant_training.explain.network import explainable
from quant_training.net import checkpoint

STEM = "v2-w4a4"


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    waves = np.random.default_rng(0).normal(size=(6, 360)).cumsum(axis=1)
    beats = np.clip(waves, -100, 100).astype(np.int8)
    model = explainable(checkpoint.load(checkpoint.path_of(STEM))[0])
    logits = np.rint(predict(model, beats) * 1000).astype(np.int32)
    unknown = np.full(len(beats), -1)
    golden_file.save(
        golden_file.Golden(beats, logits, unknown, 1e-3, {}), tmp_path / golden_file.FILE
    )
    return tmp_path / "golden.npz"


def test_the_board_finds_the_map_of_a_beat_and_its_class(golden):
    assert golden_maps.write(golden, STEM) == golden.parent / samples.MAPS
    maps = samples.load_maps([golden.parent / "elsewhere", golden.parent])
    right = golden_file.load(golden)
    beats, classes = right.beats, right.labels
    for index, (beat, label) in enumerate(zip(beats, classes, strict=True)):
        assert np.array_equal(maps.of(beat, label), maps.maps[index])
        assert maps.of(beat, (label + 1) % 5) is None
    assert maps.of(beats[0] + 1, classes[0]) is None
    assert maps.method.startswith("HiResCAM")


def test_a_map_is_drawn_behind_its_beat():
    axes = Figure().subplots()
    plots.draw_map(np.arange(-180, 180) % 100, np.zeros(360), axes, "V")
    assert axes.get_xlabel() == "time from the R peak (s)"
    assert len(axes.images) == 1


def test_golden_beats_of_another_network_are_refused(golden):
    right = golden_file.load(golden)
    golden_file.save(replace(right, logits=right.logits[:, ::-1]), golden)
    with pytest.raises(ExplanationError, match="of another network or checkpoint, run make"):
        golden_maps.write(golden, STEM)
    assert not (golden.parent / samples.MAPS).exists()


def test_a_missing_file_is_refused_and_no_maps_are_none(tmp_path):
    with pytest.raises(GoldenError, match="missing"):
        golden_maps.write(tmp_path / "golden.npz", STEM)
    assert samples.load_maps([tmp_path]) is None


def test_damaged_maps_are_named(tmp_path):
    (tmp_path / samples.MAPS).write_bytes(b"no zip")
    with pytest.raises(InputError, match="is damaged"):
        samples.load_maps([tmp_path])

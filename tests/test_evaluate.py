"""Figures, tables and the tree of accuracy.json, on confusion matrices made here."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from quant_training import evaluate, metrics
from quant_training.beats import CLASSES
from quant_training.errors import CheckpointError

TRUTH = np.array([0] * 6 + [1] * 2 + [2] * 2 + [3] * 2 + [4] * 4)
PREDICTED = np.array([0, 0, 0, 0, 0, 3] + [1] * 2 + [2] * 2 + [0, 3] + [4] * 4)


def result(**changes: object) -> dict:
    figures = metrics.figures(TRUTH, PREDICTED, CLASSES)
    base = {"stem": "v2-w4a4", "protocol": "beat", "net": "v2", "precision": "w4a4", "seed": 0}
    return {**base, "leaks": False, **figures, **changes}


def test_figures_are_those_counted_by_hand():
    figures = metrics.figures(TRUTH, PREDICTED, CLASSES)
    assert figures["accuracy"] == 14 / 16
    assert figures["per_class"]["A"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2}
    assert figures["confusion"][0] == [5, 0, 0, 1, 0]
    assert figures["macro_f1"] == pytest.approx((5 / 6 + 1 + 1 + 0.5 + 1) / 5)


def test_a_class_never_predicted_counts_as_zero():
    assert metrics.macro_f1(np.arange(5), np.zeros(5, int)) == pytest.approx(1 / 3 / 5)


def test_tree_is_protocol_net_precision():
    tree = evaluate.nested([result(), result(net="v1"), result(protocol="paper", leaks=True)])
    assert tree["beat"]["v1"]["w4a4"]["accuracy"] == 14 / 16
    assert tree["paper"]["v2"]["w4a4"]["leaks"]


def test_other_seeds_stand_beside_seed_0():
    place = evaluate.nested([result(seed=1), result()])["beat"]["v2"]["w4a4"]
    assert place["seed"] == 0
    assert place["seeds"]["1"]["seed"] == 1


def test_table_marks_the_leaking_protocol():
    text = evaluate.table([result(), result(protocol="paper", leaks=True)])
    assert "| paper (leaks) | 0 | 16 | 0.8750 |" in text
    assert "| beat | 0 | 16 | 0.8750 |" in text


def test_confusion_matrix_is_drawn(tmp_path: Path):
    evaluate.draw(result(), tmp_path / "x.png")
    assert imread(tmp_path / "x.png").std() > 0.05


def test_no_checkpoints_is_an_error(tmp_path: Path):
    with pytest.raises(CheckpointError, match="holds no .pt file"):
        evaluate.main(output=tmp_path, checkpoints=tmp_path)

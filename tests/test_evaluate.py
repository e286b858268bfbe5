"""Figures, tables and the tree of accuracy.json, on confusion matrices made here."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from arrhythminet.classes import AAMI_CLASSES, CLASSES
from quant_training import evaluate
from quant_training.errors import CheckpointError
from quant_training.evaluation import metrics, report
from quant_training.net.models import NetConfig, build

TRUTH = np.array([0] * 6 + [1] * 2 + [2] * 2 + [3] * 2 + [4] * 4)
PREDICTED = np.array([0, 0, 0, 0, 0, 3] + [1] * 2 + [2] * 2 + [0, 3] + [4] * 4)


def result(**changes: object) -> dict:
    figures = metrics.figures(TRUTH, PREDICTED, CLASSES)
    base = {"stem": "v2-w4a4", "protocol": "beat", "form": "beat", "net": "v2", "seed": 0}
    base |= {"precision": "w4a4", "leaks": False, "weight_kb": 20.0}
    aami = metrics.figures(metrics.aami(TRUTH), metrics.aami(PREDICTED), AAMI_CLASSES)
    return {**base, **figures, "aami": aami, **changes}


def leaking() -> dict:
    return result(protocol="paper", stem="v2-w4a4-paper", leaks=True, unleaked=result())


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


def test_another_form_stands_inside_its_precision():
    place = evaluate.nested([result(), result(form="rhythm")])["beat"]["v2"]["w4a4"]
    assert place["form"] == "beat"
    assert place["forms"]["rhythm"]["form"] == "rhythm"


def test_table_marks_the_leaking_protocol_and_says_how_much_it_flatters():
    text = report.markdown([result(), leaking()])
    assert "| paper (leaks) | beat | 0 | 16 | 0.8750 |" in text
    assert "| beat | beat | 0 | 16 | 0.8750 |" in text
    assert "| v2-w4a4-paper | 0.8667 | 0.8667 (n 16) | 0.8667 |" in text


def test_table_says_what_bits_cost():
    better = metrics.figures(TRUTH, TRUTH, CLASSES)
    text = report.markdown([result(), result(stem="v2-float32", precision="float32", **better)])
    assert "| 0.8750 | 0.8667 | +0.1250 |" in text


def test_seeds_are_summed_up():
    text = report.markdown([result(), result(seed=1, stem="v2-w4a4-s1", accuracy=0.9)])
    assert "v2-w4a4, seeds 0, 1: accuracy 0.8875 ± 0.0177" in text


def test_seeds_of_patient_are_summed_up_over_aami_classes():
    one, other = result(protocol="patient"), result(protocol="patient", seed=1)
    one["aami"]["kappa"], other["aami"]["kappa"] = 0.7, 0.8
    text = report.markdown([one, other])
    assert "seeds 0, 1: AAMI accuracy 0.8750 ± 0.0000, kappa 0.7500 ± 0.0707" in text


def test_aami_table_gives_sensitivity_and_positive_predictivity():
    text = report.markdown([result()])
    assert "| v2-w4a4 | 0.900 / 0.900 | 0.500 / 0.500 | 1.000 / 1.000 | 0.8750 |" in text


def test_study_goes_from_many_bits_to_few():
    many = result(precision="w8a8", weight_kb=40.0)
    assert [r["precision"] for r in report.studied([result(), many])] == ["w8a8", "w4a4"]


@pytest.mark.parametrize("bits", [8, 4, 2])
def test_weight_memory_is_bits_times_weights(bits: int):
    model = build(NetConfig("v2", bits, bits))
    weights = [site.conv.weight for site in model.sites().values() if hasattr(site, "conv")]
    convolutions = sum(weight.numel() for weight in weights)
    assert model.weight_bytes() == convolutions * bits / 8 + 190 * 5


def test_plots_are_drawn(tmp_path: Path):
    many = result(stem="v2-w8a8", precision="w8a8", weight_kb=40.0)
    report.draw([result(), many], tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"confusion-v2-w4a4.png", "confusion-v2-w8a8.png", "quantisation.png"}
    assert all(imread(path).std() > 0.05 for path in tmp_path.iterdir())


def test_no_checkpoints_is_an_error(tmp_path: Path):
    with pytest.raises(CheckpointError, match="holds no .pt file"):
        evaluate.main(output=tmp_path, checkpoints=tmp_path)

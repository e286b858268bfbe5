"""``python -m quant_training.explain``: one beat's page, all results, and wrong requests."""

import json
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

pytest.importorskip("captum")
pytest.importorskip("shap")
pytest.importorskip("neurokit2")
pytest.importorskip("quantus")

from arrhythminet.errors import BeatError, DataError, StemError
from quant_training import CHECKPOINTS
from quant_training.data import dataset
from quant_training.errors import CheckpointError
from quant_training.explain import experiment, run, sample
from quant_training.explain.__main__ import app
from quant_training.explain.errors import ExplanationError
from quant_training.explain.measures import measured, verdict
from quant_training.explain.pictures import one_beat, page
from quant_training.explain.reports import report
from tests.conftest import all_classes_record, made_up_ecg

SIGNAL, PEAKS = made_up_ecg(75)
COUNT = len(PEAKS)


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Record 900 of all classes, which stands for MIT-BIH from here on."""
    folder = tmp_path / "mitdb"
    all_classes_record(folder, SIGNAL, PEAKS)
    for module in (dataset, one_beat):
        monkeypatch.setattr(module, "MITDB_RECORDS", ("900",))
    monkeypatch.setattr(dataset, "load", partial(dataset.load, cache=tmp_path / "cache"))
    monkeypatch.setattr(sample, "of_rows", partial(sample.of_rows, cache=tmp_path / "cache"))
    monkeypatch.setattr(one_beat, "BACKGROUND", 2)
    monkeypatch.setenv("MITDB_DIR", str(folder))
    monkeypatch.delenv("LUDB_DIR", raising=False)
    monkeypatch.delenv("QTDB_DIR", raising=False)
    return "900"


def test_one_beat_becomes_a_picture_and_a_page_that_needs_nothing_else(record, tmp_path):
    found = one_beat.explain("v2-w4a4", record, 12)
    assert found.symbol == "NLRAV"[11 % 5]
    assert abs(found.chances.sum() - 1) < 1e-5
    total = found.about["base"] + sum(part["value"] for part in found.segments)
    assert total == pytest.approx(found.scores[found.chosen], abs=1e-3)
    assert sum(part["time_share"] for part in found.segments) == pytest.approx(1)
    png, html = page.write(found, tmp_path)
    assert png.read_bytes()[:4] == b"\x89PNG"
    text = html.read_text()
    assert not re.findall(r'(?:src|href)="(?!data:)', text)
    assert "QRS complex" in text
    for name in ("N", "L", "R", "A", "V"):
        assert f"<td>{name}</td>" in text
    assert not list(tmp_path.glob(".*"))


def test_the_form_rhythm_shows_its_intervals(record):
    found = one_beat.explain("v2-w4a4-rhythm", record, 12)
    assert [part["name"] for part in found.segments][-2:] == ["RR before", "RR after"]
    assert not page.in_window(found.cam, "rhythm")[:30].any()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"name": "999"}, ExplanationError, "record 999 is none of MIT-BIH's"),
        (
            {"number": 0},
            ExplanationError,
            f"beat 0 is out of range: record 900 has beats 1 to {COUNT}",
        ),
        ({"number": COUNT + 1}, ExplanationError, f"beat {COUNT + 1} is out of range"),
        (
            {"number": None},
            ExplanationError,
            f"no beat is named: record 900 has beats 1 to {COUNT}",
        ),
        ({"layer": "b9.conv"}, ExplanationError, "no layer 'b9.conv'"),
        ({"stem": "v9-w4a4"}, StemError, "v9-w4a4"),
        ({"stem": "v2-w5a5"}, CheckpointError, "v2-w5a5.pt is missing"),
    ],
)
def test_wrong_requests_are_refused_in_one_line(record, options, error, message):
    asked = {"stem": "v2-w4a4", "name": record, "number": 12, **options}
    with pytest.raises(error, match=re.escape(message)) as caught:
        one_beat.explain(**asked)
    assert "\n" not in str(caught.value)


def test_missing_data_is_refused_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("MITDB_DIR", str(tmp_path / "nowhere"))
    output = tmp_path / "out"
    for arguments in (["--record", "208", "--beat", "3"], ["--beats", "10"]):
        result = CliRunner().invoke(app, [*arguments, "--output", str(output)])
        assert isinstance(result.exception, DataError)
        assert "make data" in str(result.exception)
    assert not output.exists()


def test_a_beat_without_its_record_is_refused():
    result = CliRunner().invoke(app, ["--beat", "3"])
    assert isinstance(result.exception, ExplanationError)


def test_more_beats_than_a_class_has_are_refused(record, tmp_path):
    with pytest.raises(BeatError, match="ask for at most"):
        run.run(1000, None, None, tmp_path / "out", CHECKPOINTS, 0, Console(quiet=True))
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_all_results_are_measured_and_drawn(record, tmp_path, monkeypatch):
    small = partial(
        measured.Options, shap_draws=2, shapley_beats=5, shapley_background=1, sanity_beats=10
    )
    monkeypatch.setattr(run, "Options", small)
    monkeypatch.setattr(run, "STEMS", ("v2-w4a4",))
    monkeypatch.setattr(run, "BACKGROUND", 5)
    monkeypatch.setattr(run, "kept", partial(measured.kept, folder=tmp_path / "kept"))
    output = tmp_path / "out"
    run.run(10, None, None, output, CHECKPOINTS, 0, Console(quiet=True))
    content = json.loads((output / "explain.json").read_text())
    net = content["nets"]["v2-w4a4"]
    assert content["n"] == 10
    for found in net["methods"].values():
        for kind in ("deletion", "insertion"):
            low, high = found[kind]["interval"]
            assert low <= found[kind]["mean"] <= high
    for values in net["methods"]["SHAP"]["waves"].values():
        shares = [
            values[name]["share"] for name in ("before", "P", "PR", "QRS", "ST", "T", "after")
        ]
        assert sum(shares) == pytest.approx(1, abs=1e-5)
    assert len(net["randomisation"]["Grad-CAM head"]) == 24
    text = (output / "explain.md").read_text()
    assert text == report.markdown(content)
    assert all(found["claim"] in text for found in verdict.verdicts(content))
    assert {p.name for p in output.glob("*.png")} >= {
        "explain-v2.png",
        "explain-deletion.png",
        "explain-waves.png",
        "explain-shap.png",
    }


def test_a_claim_holds_only_where_its_figures_say_so():
    def net(deletion: float, random: float) -> dict:
        def figure(mean: float) -> dict:
            interval = [mean - 0.01, mean + 0.01]
            return {"mean": mean, "interval": interval, "interval_records": interval}

        wave = {"share": 0.1, "time": 0.2, "above": False}
        waves = {c: {"QRS": wave, "marks": wave} for c in "LRAV"}
        method = {
            "deletion": figure(deletion),
            "deletion_below_random": {"beats": deletion + 0.01 < random - 0.01},
            "waves": waves,
            "self_consistency": {"shifted": figure(0.7), "scaled": figure(0.6)},
        }
        methods = dict.fromkeys(("Grad-CAM head", "HiResCAM b1.project", "SHAP"), method)
        sites = {"classifier": [0.9, 0, 0], "stem": [0.1, 0, 0]}
        return {
            "random": {"deletion": figure(random)},
            "methods": methods,
            "randomisation": {"Grad-CAM head": sites, "HiResCAM b1.project": sites},
        }

    def holds(content: dict) -> list[bool]:
        return [found["holds"] for found in verdict.verdicts({"nets": {"v2-w4a4": content}})]

    assert holds(net(0.4, 0.6)) == [True, False, False, True, False]
    assert holds(net(0.6, 0.6)) == [False, False, False, True, False]


def test_spread_takes_as_many_of_every_class():
    labels = np.repeat(np.arange(5), 20)
    rows = experiment.spread(labels, 15)
    assert np.bincount(labels[rows]).tolist() == [3] * 5

"""The detector's bench: beats are matched as wfdb does it, results are told whole."""

import json
from pathlib import Path

import numpy as np
import pytest
import wfdb
from hypothesis import given
from hypothesis import strategies as st
from wfdb import processing

from arrhythminet.errors import RecordError
from quant_training.evaluation import detector, rivals
from quant_training.evaluation.beat_matching import NOTHING, Score, match, score
from quant_training.evaluation.other_databases import ludb, qtdb, within
from tests.conftest import made_up_ecg

PLACES = st.lists(st.integers(0, 3000), max_size=15, unique=True).map(sorted).map(np.array)


@pytest.mark.parametrize(
    ("annotated", "detected", "pairs"),
    [
        ([100, 400], [100, 400], [0, 1]),
        ([100, 400], [154, 455], [0, -1]),
        ([100], [60, 99, 140], [1]),
        ([100, 150], [140], [-1, 0]),
        ([100, 150], [120, 126], [0, 1]),
        ([], [5], []),
        ([5], [], [-1]),
    ],
)
def test_beats_are_matched_one_to_one_with_the_nearest(annotated, detected, pairs):
    found = match(np.array(annotated, int), np.array(detected, int))
    assert found.tolist() == pairs


@given(PLACES, PLACES)
def test_no_beat_is_matched_twice_or_beyond_the_window(annotated, detected):
    annotated, detected = annotated.astype(int), detected.astype(int)
    pairs = match(annotated, detected)
    paired = pairs[pairs >= 0]
    assert len(set(paired)) == len(paired)
    assert np.all(np.abs(detected[paired] - annotated[pairs >= 0]) <= 54)


def test_scores_are_wfdbs_where_beats_are_apart():
    generator = np.random.default_rng(0)
    annotated = np.cumsum(generator.integers(120, 400, 300))
    kept = generator.random(300) > 0.1
    detected = annotated[kept] + generator.integers(-20, 21, kept.sum())
    extra = annotated[~kept][:10] + 56
    detected = np.sort(np.concatenate([detected, extra]))
    oracle = processing.compare_annotations(annotated, detected, 54)
    mine = score(annotated, detected)
    assert (mine.missed, mine.false) == (oracle.fn, oracle.fp)
    assert mine.sensitivity == pytest.approx(oracle.sensitivity)
    assert mine.predictivity == pytest.approx(oracle.positive_predictivity)


def test_shares_are_those_counted_by_hand():
    result = score(np.array([100, 400, 700, 1000]), np.array([103, 411, 690, 2000]))
    assert result == Score(beats=4, missed=1, false=1, close=1, far=1)
    assert (result.sensitivity, result.predictivity, result.in_place) == (0.75, 0.75, 1 / 3)
    assert (result + result).missed == 2
    assert (NOTHING.sensitivity, NOTHING.predictivity) == (1.0, 1.0)


def test_rivals_find_the_beats_of_a_clean_signal_and_are_cached(tmp_path, monkeypatch):
    signal, peaks = made_up_ecg(20)
    found = rivals.detect("xqrs", signal, tmp_path)
    assert score(peaks, found).missed <= 2
    monkeypatch.setitem(rivals.RIVALS, "xqrs", lambda signal: pytest.fail("not from the cache"))
    assert np.array_equal(rivals.detect("xqrs", signal, tmp_path), found)


def write(folder: Path, name: str, annotator: str, rate: int = 250) -> np.ndarray:
    signal, peaks = made_up_ecg(20)
    slower, _ = processing.resample_sig(signal, 360, rate)
    folder.mkdir(exist_ok=True)
    wfdb.wrsamp(
        name,
        fs=rate,
        units=["mV"],
        sig_name=["ii"],
        p_signal=slower[:, None],
        fmt=["16"],
        write_dir=str(folder),
    )
    places = np.rint(peaks * rate / 360).astype(int)
    wfdb.wrann(name, annotator, places, ["N"] * len(places), write_dir=str(folder))
    return peaks


def test_other_databases_come_at_360_hz_without_mitbihs_own_records(tmp_path):
    peaks = write(tmp_path, "sele0001", "atr")
    write(tmp_path, "sel100", "atr")
    ((name, signal, annotated),) = qtdb(tmp_path)
    assert name == "sele0001"
    assert abs(len(signal) - 20 * 360) <= 2
    assert np.abs(annotated - peaks).max() <= 1
    write(tmp_path / "data", "1", "ii", 500)
    assert [name for name, _, _ in ludb(tmp_path)] == ["1"]


def test_a_folder_without_records_is_named(tmp_path):
    with pytest.raises(RecordError, match="holds no WFDB records"):
        list(qtdb(tmp_path))


def test_beats_beyond_the_annotated_part_do_not_count():
    assert within(np.array([500, 900]), np.array([100, 446, 700, 954, 955])).tolist() == [
        446,
        700,
        954,
    ]


@pytest.mark.mitdb
@pytest.mark.slow
def test_the_bench_writes_table_figures_and_curves(mitdb, tmp_path, monkeypatch):
    monkeypatch.setenv("MITDB_DIR", str(mitdb))
    detector.main(tmp_path, ["100"], compare=False)
    content = json.loads((tmp_path / "detector.json").read_text())
    overall = content["records"]["beats"]["front end"]
    assert overall["all"] == overall["100"]
    assert overall["100"]["beats"] == 2273
    assert overall["100"]["missed"] == 0
    assert content["noise"]["scores"]["muscle"]["24"]["front end"]["missed"] == 0
    assert "| 100 | 0 / 0 / 1.000 |" in (tmp_path / "detector.md").read_text()
    assert (tmp_path / "detector.png").stat().st_size > 10_000


def test_a_record_that_is_not_there_is_named(record_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("MITDB_DIR", str(record_folder))
    with pytest.raises(RecordError, match="999"):
        detector.main(tmp_path, ["999"], compare=False)
    assert not list(tmp_path.glob("detector*"))

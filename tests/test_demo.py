"""What the demo shows, on folders written here: no network is compiled or simulated."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from rich.console import Console

from arrhythminet import golden
from sim import demo

ROOT = Path(__file__).resolve().parent.parent
BEATS = 3


def write(folder: Path, **changes: object) -> Path:
    """Write a demo folder of three beats N, N, V at 1, 2 and 3 s after a strip's start."""
    logits = np.array([[90, 0, 0, 10, 5], [80, 1, 2, 3, 4], [0, 0, 0, 0, 50]], dtype=np.int32)
    known = {
        "beats": np.zeros((BEATS, 360), np.int8),
        "logits": logits,
        "annotations": np.array([0, 3, 4]),
        "logit_scale": 0.1,
        "sites": {},
        "signal": np.sin(np.arange(4 * 360) / 20).astype(np.float32),
        "peaks": np.array([360, 720, 1080]),
        "meta": {"sample_rate": 360, "start_s": 14.0, "title": "a made-up strip"},
    }
    results = {
        "labels": logits.argmax(1),
        "logits": logits,
        "latency": np.array([2500, 2500, 2500]),
        "interval": np.array([1800, 1800]),
    }
    for table in (known, results):
        table.update({k: v for k, v in changes.items() if k in table})
    results.update({k[4:]: v for k, v in changes.items() if k.startswith("rtl_")})
    (folder / "report").mkdir(parents=True, exist_ok=True)
    golden.save(golden.Golden(**known), folder / golden.FILE)
    np.savez(folder / demo.RESULTS, **results)
    performance = {"stream_mismatches": changes.get("stream_mismatches", 0)}
    (folder / demo.PERFORMANCE).write_text(json.dumps(performance))
    return folder


def run_demo(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "sim.demo", str(folder)],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )


def rendered(shown: demo.Demo) -> str:
    console = Console(width=120, no_color=True)
    with console.capture() as capture:
        console.print(demo.table(shown))
    return capture.get()


def other_logits() -> np.ndarray:
    return np.array([[90, 0, 0, 10, 5], [80, 1, 2, 3, 5], [0, 0, 0, 0, 50]], dtype=np.int32)


def test_time_counts_from_the_records_start(tmp_path):
    beats = demo.load(write(tmp_path)).beats
    assert [beat.time_s for beat in beats] == [15.0, 16.0, 17.0]


def test_probability_is_the_softmax_of_the_scaled_logits(tmp_path):
    beat = demo.load(write(tmp_path)).beats[2]
    assert beat.probability == pytest.approx(np.exp(5) / (np.exp(5) + 4))


def test_one_differing_logit_makes_a_beat_disagree(tmp_path):
    shown = demo.load(write(tmp_path, rtl_logits=other_logits()))
    assert [beat.agrees for beat in shown.beats] == [True, False, True]


def test_annotated_classes_have_a_column_and_errors_are_marked(tmp_path):
    text = rendered(demo.load(write(tmp_path)))
    assert "annotated" in text
    assert "A (differs)" in text


def test_without_annotations_there_is_no_column_for_them(tmp_path):
    shown = demo.load(write(tmp_path, annotations=np.array([-1, -1, -1])))
    assert "annotated" not in rendered(shown)


def test_cycles_are_a_range_where_beats_differ(tmp_path):
    shown = demo.load(write(tmp_path, rtl_latency=np.array([2500, 2500, 2600])))
    assert demo.cycles(shown) == (
        "cycles per beat (simulated): latency 2,500 to 2,600, interval 1,800"
    )


def test_a_single_beat_has_no_interval(tmp_path):
    shown = demo.load(write(tmp_path, rtl_interval=np.array([], dtype=int)))
    assert "interval needs two beats" in demo.cycles(shown)


def test_the_picture_is_written_whole(tmp_path):
    result = run_demo(write(tmp_path))
    assert result.returncode == 0, result.stderr
    assert imread(tmp_path / "ecg.png").ndim == 3
    assert not list(tmp_path.glob("*.tmp"))


def test_a_long_strip_is_cut_to_the_rows_that_fit(tmp_path):
    signal = np.zeros(200 * 360, dtype=np.float32)
    shown = demo.load(write(tmp_path, signal=signal))
    demo.draw(shown.strip, demo.marks(shown), tmp_path / "long.png")
    height, width = imread(tmp_path / "long.png").shape[:2]
    assert height < 2 * width


def test_rtl_that_differs_from_pytorch_fails_the_demo(tmp_path):
    result = run_demo(write(tmp_path, rtl_logits=other_logits()))
    assert result.returncode == 1
    assert result.stderr == "error: the RTL differs from PyTorch\n"


def test_differing_streams_fail_the_demo_even_when_labels_agree(tmp_path):
    assert run_demo(write(tmp_path, stream_mismatches=1)).returncode == 1


@pytest.mark.parametrize("name", [golden.FILE, demo.RESULTS, demo.PERFORMANCE])
def test_a_missing_file_is_one_line_and_draws_nothing(tmp_path, name):
    (write(tmp_path) / name).unlink()
    result = run_demo(tmp_path)
    assert result.returncode == 1
    assert (
        result.stderr == f"error: {tmp_path / name} is missing: run `make demo`, which writes it\n"
    )
    assert not (tmp_path / "ecg.png").exists()


def test_results_of_other_beats_are_refused(tmp_path):
    with pytest.raises(demo.DemoError, match="holds 2 beats, not 3"):
        demo.load(write(tmp_path, rtl_labels=np.array([0, 0])))

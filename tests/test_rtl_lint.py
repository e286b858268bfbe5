"""The RTL library is clean in Verilator and Yosys, and refuses broken parameters."""

from pathlib import Path

import pytest

from hw.tools.lint import main as lint_rtl
from hw.tools.verilator import lint

RTL = Path(__file__).parents[1] / "hw/rtl"
MODULES = sorted(path.stem for path in RTL.glob("*.sv"))

# module, broken parameters, words of the sentence that names the rule
BROKEN = [
    ("pad", {"LENGTH": 0}, "LENGTH must be at least 1"),
    ("sliding_window", {"LENGTH": 2, "KERNEL": 3}, "LENGTH must be at least KERNEL"),
    ("sliding_window", {"STRIDE": 0}, "STRIDE must be at least 1"),
    ("stream_fork", {"OUTPUTS": 0}, "OUTPUTS must be at least 1"),
    ("stream_add", {"OUT_WIDTH": 4}, "OUT_WIDTH must hold the sum"),
    ("global_accumulate", {"LENGTH": 5}, "OUT_WIDTH must hold the sum"),
    ("argmax", {"PE": 2}, "PE must divide CLASSES"),
    ("width_converter", {"IN_WIDTH": 0}, "must be at least 1"),
    ("fifo", {"DEPTH": 1}, "DEPTH must be at least 2"),
    ("matvec", {"VECTORS": 0}, "VECTORS must be at least 1"),
    ("matvec", {"FORM": '"rum"'}, "FORM must be"),
    ("depthwise", {"FOLD": 0}, "FOLD must be at least 1"),
    ("mac_table", {"FOLDS": 1024}, "at most 12 address bits"),
    ("mac_dsp", {"ACT_WIDTH": 18}, "a slice takes"),
    ("thresholding", {"OUT_WIDTH": 3}, "OUT_WIDTH must hold"),
    ("thresholding", {"OUT_BIAS": -1}, "OUT_WIDTH must hold"),
    ("thresholding", {"FORM": '"sort"'}, "FORM must be"),
]


def test_every_module_lints_without_a_warning(capsys):
    assert lint_rtl([]) == 0, capsys.readouterr().out


@pytest.mark.parametrize(("module", "parameters", "rule"), BROKEN)
def test_broken_parameter_stops_elaboration_with_its_rule(module, parameters, rule):
    overrides = [f"-G{name}={value}" for name, value in parameters.items()]
    report = lint([RTL / f"{module}.sv"], module, overrides)
    assert "USERERROR" in report
    assert rule in report


def test_lint_names_a_file_that_does_not_exist(capsys):
    assert lint_rtl(["hw/rtl/absent.sv"]) == 1
    assert "absent.sv" in capsys.readouterr().err


def test_missing_compiler_is_one_line_with_the_fix(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert lint_rtl([]) == 1
    message = capsys.readouterr().err.strip()
    assert message.startswith("missing compiler: g++ is not on PATH")
    assert "apt install" in message
    assert "\n" not in message

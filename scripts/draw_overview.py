"""Draw docs/overview.svg: the stages from an ECG record to the board, and one bottleneck in RTL.

usage: python scripts/draw_overview.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

OUTPUT = Path(__file__).resolve().parent.parent / "docs" / "overview.svg"
INK, SOFT, RED = "#1f2933", "#52606d", "#b3261e"
SOFTWARE, HARDWARE, CHECK = "#dbe7f5", "#fbe3d6", "#e0efe0"


def box(ax: Axes, x: float, y: float, width: float, title: str, text: str, colour: str) -> None:
    """Draw one stage centred on (x, y)."""
    height = 0.95
    ax.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.12",
            facecolor=colour,
            edgecolor=INK,
            linewidth=0.8,
            zorder=2,
        )
    )
    centred = {"ha": "center", "va": "center", "zorder": 3}
    ax.text(x, y + 0.17, title, color=INK, weight="bold", fontsize=7.9, **centred)
    ax.text(x, y - 0.17, text, color=SOFT, fontsize=6.6, **centred)


def arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], label: str = "") -> None:
    """Draw what one stage hands the next."""
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=end, xytext=start, arrowprops=style)
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    if label:
        ax.text(
            middle[0],
            middle[1] + 0.08,
            label,
            ha="center",
            va="bottom",
            color=SOFT,
            fontsize=6.2,
            linespacing=1.15,
        )


def stages(ax: Axes, y: float) -> None:
    """Draw the way from record to board."""
    row = [
        ("records", "MIT-BIH, wfdb", SOFTWARE),
        ("beats", "sym4, 360 × int8", SOFTWARE),
        ("training", "Brevitas, W4A4", SOFTWARE),
        ("compile", "FINN graph, folding", HARDWARE),
        ("RTL", "SystemVerilog", HARDWARE),
        ("bitstream", "openXC7 or Vivado", HARDWARE),
        ("board", "PYNQ-Z2 driver", HARDWARE),
    ]
    labels = ["signal,\nR peaks", "beats", "QONNX", "top +\nweights", "overlay", ".bit"]
    pitch, width = 2.15, 1.46
    centres = [0.95 + pitch * i for i in range(len(row))]
    for x, (title, text, colour) in zip(centres, row, strict=True):
        box(ax, x, y, width, title, text, colour)
    for left, right, label in zip(centres[:-1], centres[1:], labels, strict=True):
        arrow(ax, (left + width / 2, y), (right - width / 2, y), label)
    check = y - 1.75
    box(ax, centres[4], check, 2.3, "simulation", "cocotb, Verilator: every stream", CHECK)
    arrow(ax, (centres[4], y - 0.475), (centres[4], check + 0.475))
    ax.plot([centres[2], centres[2]], [y - 0.475, check], color=INK, linewidth=0.9)
    arrow(
        ax,
        (centres[2], check),
        (centres[4] - 1.15, check),
        "golden.npz: the integers of every quantiser",
    )


def bottleneck(ax: Axes, y: float) -> None:
    """Draw the modules of one V2 bottleneck with an identity residual."""
    modules = [
        ("stream_fork", "residual leaves"),
        ("matvec", "expand 1×1"),
        ("thresholding", "4 bit"),
        ("sliding_window", "k3 (after pad)"),
        ("depthwise", "k3"),
        ("thresholding", "4 bit"),
        ("matvec", "project 1×1"),
        ("thresholding", "4 bit"),
        ("stream_add", "residual returns"),
    ]
    pitch, width = 1.62, 1.4
    centres = [0.9 + pitch * i for i in range(len(modules))]
    for x, (title, text) in zip(centres, modules, strict=True):
        box(ax, x, y, width, title, text, HARDWARE)
    for left, right in zip(centres[:-1], centres[1:], strict=True):
        arrow(ax, (left + width / 2, y), (right - width / 2, y))
    low = y - 1.25
    ax.plot(
        [centres[0], centres[0], centres[-1]],
        [y - 0.475, low, low],
        color=INK,
        linewidth=0.9,
        zorder=1,
    )
    arrow(ax, (centres[-1], low), (centres[-1], y - 0.475))
    middle = (centres[0] + centres[-1]) / 2
    box(ax, middle, low, 2.2, "fifo", "depth seen in simulation", HARDWARE)


def main() -> None:
    """Write the picture."""
    plt.switch_backend("Agg")
    plt.rcParams["svg.hashsalt"] = "overview"  # same bytes on every run
    figure, ax = plt.subplots(figsize=(13.2, 5.2))
    ax.set_xlim(0, 14.8)
    ax.set_ylim(-2.1, 4.2)
    ax.axis("off")
    heading = {"color": RED, "fontsize": 9, "weight": "bold", "ha": "left"}
    ax.text(0.2, 4.0, "From a record to the board", **heading)
    stages(ax, 3.2)
    ax.text(0.2, 0.55, "One bottleneck of V2 as RTL, one AXI4-Stream between modules", **heading)
    bottleneck(ax, -0.25)
    OUTPUT.parent.mkdir(exist_ok=True)
    figure.savefig(OUTPUT, bbox_inches="tight", facecolor="white", metadata={"Date": None})


if __name__ == "__main__":
    main()

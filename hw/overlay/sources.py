"""RTL files of the overlay, in an order that every tool accepts."""

from __future__ import annotations

from pathlib import Path

_OVERLAY = Path(__file__).parent
_RTL = _OVERLAY.parent / "rtl"

LIBRARY = [_RTL / "fifo.sv", _RTL / "width_converter.sv"]
"""Modules of the network library that the overlay uses, too."""

TOP = _OVERLAY / "overlay_top.sv"
"""The whole design; ``PS7`` and ``BUFG`` come from the synthesis tool."""

CORE = sorted(
    (path for path in _OVERLAY.glob("*.sv") if path != TOP),
    key=lambda path: (path.stem != "overlay_pkg", path.stem),
)
"""``overlay_core`` and what it instantiates but for ``overlay_network`` and the library."""

BLACKBOXES = sorted((_OVERLAY / "blackboxes").glob("*.sv"))
"""The cells that ``overlay_top`` takes from the device, for lint."""


def design(network: list[Path], wrapper: Path) -> list[Path]:
    """All files of a design, each once by name: packages first, ``overlay_top`` last.

    Parameters
    ----------
    network : list of Path
        RTL of the network, packages first; may hold copies of the library.
    wrapper : Path
        ``overlay_network.sv`` as :func:`hw.overlay.network.write` made it.
    """
    files = [CORE[0], *network, *LIBRARY, *CORE[1:], wrapper, TOP]
    return list({path.name: path for path in reversed(files)}.values())[::-1]

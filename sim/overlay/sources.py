"""RTL of the overlay's bench, packages first; a network's own files come after."""

from __future__ import annotations

from pathlib import Path

from hw.overlay.sources import CORE, LIBRARY

SOURCES = [*CORE, *LIBRARY, *sorted(Path(__file__).parent.glob("*.sv"))]
"""Everything below ``overlay_bench`` but the network."""

"""A compiled network in the overlay; BOARD_NET names one in build/, e.g. BOARD_NET=v2-w4a4."""

import os
from pathlib import Path

import pytest

from sim.overlay.simulated_board import stem_sources
from sim.overlay.sources import SOURCES
from sim.runner import Bench

pytestmark = [pytest.mark.xdist_group("overlay"), pytest.mark.slow]


@pytest.mark.skipif("BOARD_NET" not in os.environ, reason="set BOARD_NET to a compiled network")
def test_thousands_of_beats_in_one_run_equal_pytorch():
    stem = os.environ["BOARD_NET"]
    network = stem_sources(stem)
    library = {path.name for path in network}
    sources = [*network, *(path for path in SOURCES if path.name not in library)]
    config = {
        "seed": 1,
        "beats": int(os.environ.get("OVERLAY_BEATS", "2000")),
        "golden": str(Path("build", stem, "golden.npz").resolve()),
    }
    bench = Bench(f"overlay-{stem}", sources, "overlay_bench", optimise=True).build()
    bench.run("sim.overlay.bench_network", config)

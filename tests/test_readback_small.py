"""A small overlay's bitstream, made by the open flow, read back with an excerpt of the database.

``tests/readback``: the ``.bit`` (a counter, LUT RAM, a ROM in block RAM, one DSP48E1 product) and
what ``python -m hw.readback.excerpt`` cut out of Project X-Ray's database (CC0) for it.
"""

import json
import lzma
from collections import Counter
from pathlib import Path

import pytest

from hw.readback import inject, ps7, verilog
from hw.readback.check import check
from hw.readback.database import Database
from hw.readback.difference import Difference
from hw.readback.frames import read_bit
from hw.readback.recover import device, recover

DATA = Path(__file__).parent / "readback"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("readback")
    files = json.loads(lzma.decompress((DATA / "database.json.xz").read_bytes()))
    for name, content in files.items():
        target = path / "zynq7" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content))
    (path / "small.bit").write_bytes(lzma.decompress((DATA / "overlay.bit.xz").read_bytes()))
    return path


@pytest.fixture(scope="module")
def part(folder):
    return device(Database(folder), folder / "cache")


@pytest.fixture(scope="module")
def frames(folder, part):
    return read_bit(folder / "small.bit", part.database.part_json)


@pytest.fixture(scope="module")
def base(part, frames):
    return recover(part, frames)


@pytest.fixture(scope="module")
def injector(part, frames, base):
    return inject.Injector(part.database, frames, base.features, seed=5)


def effect(part, frames, base, fault):
    wrong, region = inject.inject(frames, fault)
    tiles = inject.owners(part.database, frames, region)
    return Difference(part, base).of(wrong, tiles, region)


def test_a_good_bitstream_breaks_no_rule_and_leaves_no_bit_unexplained(base):
    assert base.netlist.violations == []
    assert base.features.unknown == []


def test_every_kind_of_cell_is_found(base):
    kinds = Counter(cell.kind for cell in base.netlist.cells)
    assert {"LUT", "FD", "CARRY4", "LUTRAM", "DSP48E1", "RAMB18E1"} <= kinds.keys()
    assert kinds["DSP48E1"] == 1


def test_ports_are_those_of_the_overlay(base):
    widths = {port: width for port, (_, width) in (ps7.FROM_PROCESSOR | ps7.TO_PROCESSOR).items()}
    assert {port: len(nets) for port, nets in base.ports.items()} == widths
    text = verilog.write(base.netlist, base.ports)
    assert "module overlay_core" in text
    assert "readback_dsp48e1" in text


def test_a_dsp_without_its_ties_is_named_with_what_silicon_reads(part, frames, base):
    database = part.database
    tile = next(
        t for t in database.tiles if t.kind.startswith("DSP_") and t.name in base.features.of_tile
    )
    held = base.features.of_tile[tile.name]
    block = tile.blocks[0]
    wrong = frames.copy()
    for feature in database.features(tile.kind, "CLB_IO_CLK"):
        tie = ".DSP_GND_" in feature.name and "INMODE" in feature.name
        if feature.name in held and (tie or "ZIS_INMODE" in feature.name):
            for frame, bit in feature.ones:
                wrong.flip(block.base, frame, 32 * block.offset + bit)
    broken = recover(part, wrong).netlist.violations
    assert {"floating pin", "DSP mode"} <= {violation.rule for violation in broken}
    assert any("every product is wrong" in violation.message for violation in broken)
    assert all(tile.name in violation.place for violation in broken)


@pytest.mark.parametrize("kind", ["PIP removed", "DSP constant tie removed", "clock branch"])
def test_missing_connections_break_a_rule_or_change_nothing(part, frames, base, injector, kind):
    faults = injector.draw(kind, 4)
    assert faults
    effects = [effect(part, frames, base, fault) for fault in faults]
    assert any(found.violations for found in effects)


def test_a_changed_table_changes_the_circuit_and_breaks_no_rule(part, frames, base, injector):
    effects = [effect(part, frames, base, f) for f in injector.draw("LUT table bit", 40)]
    assert not any(found.violations for found in effects)
    assert any(found.variant.cells or found.variant.alias for found in effects)


def test_the_difference_is_what_recovering_all_again_finds(part, frames, base, injector):
    for kind in ("LUT table bit", "reset polarity", "RAM content bit", "multiplexer in a slice"):
        for fault in injector.draw(kind, 3):
            found = effect(part, frames, base, fault)
            again = recover(part, inject.inject(frames, fault)[0])
            assert bool(found.violations) == bool(again.netlist.violations), fault
            if not found.violations:
                before = {repr(cell) for cell in base.netlist.cells}
                after = {repr(cell) for cell in again.netlist.cells}
                assert {repr(cell) for cell in found.variant.cells} == after - before, fault


def test_a_single_wrong_bit_outside_any_feature_is_an_unknown_bit(part, frames):
    tile = next(t for t in part.database.tiles if t.kind.startswith("DSP_"))
    block = tile.blocks[0]
    known = {
        place
        for feature in part.database.features(tile.kind, "CLB_IO_CLK")
        for place in (*feature.ones, *feature.zeros)
    }
    free = next((f, b) for f in range(26, 28) for b in range(64) if (f, b) not in known)
    wrong = frames.copy()
    wrong.flip(block.base, free[0], 32 * block.offset + free[1])
    rules = {violation.rule for violation in recover(part, wrong).netlist.violations}
    assert "unknown bit" in rules


def test_check_reports_the_digest_and_no_violation(folder):
    checked = check(folder / "small.bit", folder)
    assert checked.violations == []
    assert len(checked.sha256) == 64

"""The pynq side of the driver, against a stand-in for the pynq package."""

import sys
import types

import numpy as np
import pytest

from board import registers
from board.driver import ArrhythmiNet
from board.errors import BoardError
from sim.overlay import stand_in
from sim.overlay.simulated_board import SimulatedBoard

pytestmark = pytest.mark.xdist_group("board")


class Calls(list):
    """What the driver asked pynq for, in order."""


@pytest.fixture
def calls(monkeypatch):
    """A ``pynq`` module on top of the simulated board."""
    simulated, made = SimulatedBoard(stand_in.STEM), Calls()
    module = types.ModuleType("pynq")

    class Buffer(np.ndarray):
        def flush(self):
            made.append("flush")

        def invalidate(self):
            made.append("invalidate")

        def freebuffer(self):
            made.append("freebuffer")
            self.piece.free()

    def allocate(shape, dtype):
        piece = simulated.allocate(int(np.prod(shape)) * np.dtype(dtype).itemsize)
        buffer = piece.array.view(Buffer)
        buffer.piece, buffer.physical_address = piece, piece.physical_address
        return buffer

    made.hp0 = {0x00: 0x0F, 0x14: 0x0E}
    port = types.SimpleNamespace(read=made.hp0.get, write=made.hp0.__setitem__)

    def mmio(address, length):
        places = {
            (registers.BASE_ADDRESS, registers.ADDRESS_RANGE): simulated.registers,
            (0xF800_8000, 0x1000): port,
        }
        return places[address, length]

    class Bitstream:
        def __init__(self, name):
            self.name = name

        def download(self):
            made.append(("Bitstream", self.name))

    module.MMIO, module.allocate, module.Bitstream = mmio, allocate, Bitstream
    module.Overlay = lambda name, download: made.append(("Overlay", name))
    module.Clocks = types.SimpleNamespace(fclk0_mhz=50.0)
    monkeypatch.setitem(sys.modules, "pynq", module)
    monkeypatch.delitem(sys.modules, "board.pynq_board", raising=False)
    made.clocks = module.Clocks
    made.board = simulated
    yield made
    simulated.close()


def classify(path, **options):
    beats = stand_in.random_beats(np.random.default_rng(5), 4, 360)
    with ArrhythmiNet(path, **options) as net:
        result = net.classify(beats)
    np.testing.assert_array_equal(result.logits, stand_in.logits(beats))
    return result


def test_with_a_handoff_the_overlay_is_loaded_and_its_clock_kept(calls, tmp_path):
    path = tmp_path / "standin-w8a8.bit"
    path.touch()
    path.with_suffix(".hwh").touch()
    result = classify(path)
    assert calls[0] == ("Overlay", str(path))
    assert result.clock_mhz == 50.0
    assert result.kind == "measured"


def test_without_a_handoff_bitstream_and_clock_are_set(calls, tmp_path):
    path = tmp_path / "standin-w8a8.bit"
    path.touch()
    assert classify(path).clock_mhz == 100.0
    assert calls[0] == ("Bitstream", str(path))
    classify(path, clock_mhz=80.0)
    assert calls.clocks.fclk0_mhz == 80.0


def test_buffers_are_flushed_invalidated_and_freed(calls, tmp_path):
    path = tmp_path / "standin-w8a8.bit"
    path.touch()
    classify(path)
    assert calls[1:] == ["flush", "flush", "invalidate", "freebuffer", "freebuffer"]
    assert not calls.board.buffers


def test_the_memory_port_is_set_to_64_bits(calls, tmp_path):
    path = tmp_path / "standin-w8a8.bit"
    path.touch()
    classify(path)
    assert calls.hp0 == {0x00: 0x0E, 0x14: 0x0E}


def test_a_missing_bitstream_says_how_to_get_it(calls, tmp_path):
    with pytest.raises(BoardError, match="make board-package"):
        ArrhythmiNet(tmp_path / "v2-w4a4.bit")

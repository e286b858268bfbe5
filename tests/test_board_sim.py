"""The driver on the simulated board: exact results, typed errors, a usable device afterwards."""

import numpy as np
import pytest

from arrhythminet.errors import InputError
from board import registers
from board.driver import ArrhythmiNet
from board.errors import (
    ClosedError,
    DeviceHungError,
    RunError,
    RunTimeoutError,
    WrongBitstreamError,
)
from board.run import read, write
from sim.overlay import stand_in
from sim.overlay.simulated_board import SimulatedBoard

pytestmark = pytest.mark.xdist_group("board")

NAME = "standin-w8a8.bit"


@pytest.fixture
def board():
    simulated = SimulatedBoard(stand_in.STEM)
    yield simulated
    simulated.close()


@pytest.fixture
def net(board):
    with ArrhythmiNet(NAME, board=board) as driver:
        yield driver


def beats(count, seed=1):
    return stand_in.random_beats(np.random.default_rng(seed), count, 360)


def check(result, expected):
    np.testing.assert_array_equal(result.logits, stand_in.logits(expected))
    np.testing.assert_array_equal(result.labels, stand_in.logits(expected).argmax(axis=1))


def test_beats_come_back_exact_with_their_cycles(net):
    given = beats(300)
    result = net.classify(given)
    check(result, given)
    assert result.kind == "simulated"
    assert set(result.intervals) == {360}
    assert (result.latency_cycles == 399).all()
    assert 270_000 < result.beats_per_second < 278_000
    assert "300 beats, latency 399 cycles (3.99 us), interval 360 cycles" in result.summary()


def test_more_beats_than_a_run_holds_are_split(net, monkeypatch):
    monkeypatch.setattr("board.driver.RUN_BEATS", 7)
    given = beats(30)
    result = net.classify(given)
    check(result, given)
    assert np.flatnonzero(result.interval_cycles == 0).tolist() == [0, 7, 14, 21, 28]


def test_all_memory_is_given_back(net, board):
    net.classify(beats(3))
    assert not board.buffers


def test_a_single_beat_and_float_windows_are_taken(net):
    check(net.classify(beats(1)[0]), beats(1))
    result = net.classify(np.random.default_rng(2).normal(size=(4, 360)))
    assert len(result.labels) == 4


@pytest.mark.parametrize(
    "given",
    [
        np.zeros((3, 100), np.int8),
        np.zeros((2, 3, 360)),
        np.array(["a", "b"]),
        np.zeros((0, 360), np.int8),
        np.full((2, 360), np.nan),
        np.zeros(0),
        "no/such/record",
    ],
)
def test_wrong_input_is_refused_and_the_next_run_is_exact(net, given):
    with pytest.raises(InputError):
        net.classify(given)
    check(net.classify(beats(3)), beats(3))


@pytest.mark.parametrize("fault", ["fail_read", "fail_write"])
@pytest.mark.parametrize("words", [0, 7, 150])
def test_an_axi_error_is_reported_and_the_next_run_is_exact(net, board, fault, words):
    getattr(board, fault)(words)
    with pytest.raises(RunError, match="READ|WRITE") as caught:
        net.classify(beats(50))
    bit = "READ" if fault == "fail_read" else "WRITE"
    assert caught.value.bits == 1 << registers.ERROR_BITS[bit]
    assert not board.buffers
    check(net.classify(beats(5)), beats(5))


def test_a_network_that_hangs_is_given_up_by_the_overlay(net, board):
    write(board, "WATCHDOG", 20_000)
    given = beats(5)
    given[2] = stand_in.hanging_beat(360)
    with pytest.raises(RunError, match="after 2 of 5 beats: TIMEOUT"):
        net.classify(given)
    check(net.classify(beats(5)), beats(5))


def test_a_run_that_takes_too_long_is_given_up_by_the_driver(net, board):
    net.timeout_s = 0.001
    given = beats(5)
    given[2] = stand_in.hanging_beat(360)
    with pytest.raises(RunTimeoutError, match="2 of 5 beats done"):
        net.classify(given)
    check(net.classify(beats(5)), beats(5))


def test_a_silent_memory_needs_a_reload_and_then_works_again(net, board, monkeypatch):
    monkeypatch.setattr("board.run.RECOVERY_S", 0.005)
    write(board, "WATCHDOG", 20_000)
    board.silence(True)
    with pytest.raises(DeviceHungError, match="BUS_STUCK"):
        net.classify(beats(5))
    net.reload()
    check(net.classify(beats(5)), beats(5))


def test_another_network_is_refused_before_anything_runs(board, monkeypatch):
    monkeypatch.setattr(registers, "network_hash", lambda stem: 0x1234)
    with pytest.raises(WrongBitstreamError, match="NETWORK_HASH"):
        ArrhythmiNet("v2-w4a4.bit", board=board)


@pytest.mark.parametrize(("name", "value"), [("MAGIC", 1), ("VERSION", 2 << 16)])
def test_another_design_is_refused(board, monkeypatch, name, value):
    monkeypatch.setattr(registers, name, value)
    with pytest.raises(WrongBitstreamError, match=name):
        ArrhythmiNet(NAME, board=board)


def test_a_driver_that_starts_amid_a_run_of_another_process_gets_a_clean_overlay(board):
    memory = 0x20_0000
    for name, value in (("SOURCE", memory), ("DESTINATION", memory + 0x80_0000)):
        write(board, name, value)
    write(board, "BEAT_COUNT", 10_000)
    write(board, "CONTROL", 1)
    with ArrhythmiNet(NAME, board=board) as net:
        assert read(board, "ERROR") == 0
        check(net.classify(beats(5)), beats(5))


def test_a_closed_driver_says_so(net):
    net.close()
    net.close()
    with pytest.raises(ClosedError):
        net.classify(beats(1))

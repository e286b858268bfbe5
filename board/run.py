"""One run of the overlay: beats into DDR, start, wait, results out of DDR."""

from typing import NamedTuple

import numpy as np

from arrhythminet.beats import BEAT_SAMPLES
from arrhythminet.classes import CLASSES
from board.errors import DeviceHungError, RunError, RunTimeoutError
from board.interfaces import Board, Buffer
from board.registers import (
    OFFSETS,
    RESULT_BYTES,
    describe_errors,
    mask,
)

BUSY, DONE = mask("STATUS", "BUSY"), mask("STATUS", "DONE")
START, RESET = mask("CONTROL", "START"), mask("CONTROL", "RESET")
RECOVERY_S = 0.5
"""Longest time an overlay takes to end a run after RESET."""


class RunResult(NamedTuple):
    """``words`` int32 (n, 8): label, logits, latency, interval; cycles of the whole run."""

    words: np.ndarray
    total_cycles: int


def read(board: Board, name: str) -> int:
    """Register by name."""
    return board.registers.read(OFFSETS[name])


def write(board: Board, name: str, value: int) -> None:
    """Set a register by name."""
    board.registers.write(OFFSETS[name], value)


def run(board: Board, beats: np.ndarray, timeout_s: float) -> RunResult:
    """Classify beats (n, 360) int8 in one run.

    Raises
    ------
    RunError
        If the overlay reports an error; RunTimeoutError if it does not end in time. It is then
        ready for the next run.
    DeviceHungError
        If it cannot be made ready.
    """
    source = board.allocate(beats.size)
    try:
        destination = board.allocate(len(beats) * RESULT_BYTES)
        try:
            return _run(board, beats, source, destination, timeout_s)
        finally:
            destination.free()
    finally:
        source.free()


def _run(
    board: Board, beats: np.ndarray, source: Buffer, destination: Buffer, timeout_s: float
) -> RunResult:
    source.array[:] = beats.reshape(-1).view(np.uint8)
    destination.array[:] = 0
    source.to_device()
    destination.to_device()
    write(board, "SOURCE", source.physical_address)
    write(board, "DESTINATION", destination.physical_address)
    write(board, "BEAT_COUNT", len(beats))
    write(board, "CONTROL", START)
    _wait(board, len(beats), timeout_s)
    errors = read(board, "ERROR")
    if errors:
        done = read(board, "BEATS_DONE")
        recover(board)
        raise RunError(
            f"the overlay ended the run after {done} of {len(beats)} beats: "
            f"{describe_errors(errors)}; it is ready for the next run",
            errors,
        )
    destination.from_device()
    words = destination.array.view("<i4").reshape(-1, len(CLASSES) + 3).copy()
    cycles = read(board, "TOTAL_CYCLES_LOW") | read(board, "TOTAL_CYCLES_HIGH") << 32
    return RunResult(words, cycles)


def _wait(board: Board, beats: int, timeout_s: float) -> None:
    """Poll until the run has ended, a few times per expected length."""
    expected = beats * BEAT_SAMPLES / (board.clock_mhz * 1e6)
    pause = min(max(expected / 4, 20e-6), 0.05)
    end = board.now() + timeout_s
    # An open transaction keeps BUSY up although the end is reported
    while not read(board, "STATUS") & DONE:
        if board.now() > end:
            done = read(board, "BEATS_DONE")
            recover(board)
            raise RunTimeoutError(
                f"the run was given up after {timeout_s:g} s with {done} of {beats} beats done; "
                "the overlay was reset and is ready for the next run"
            )
        board.wait(pause)


def recover(board: Board) -> None:
    """Bring the overlay back to idle, whatever it was doing, and clear its errors.

    Raises
    ------
    DeviceHungError
        If it is still busy after RECOVERY_S: the memory leaves a transaction open.
    """
    write(board, "CONTROL", RESET)
    end = board.now() + RECOVERY_S
    while read(board, "STATUS") & BUSY:
        if board.now() > end:
            bits = read(board, "ERROR")
            raise DeviceHungError(
                f"the overlay is still busy {RECOVERY_S:g} s after a reset "
                f"({describe_errors(bits) or 'no error bit'}): load the bitstream again, "
                "ArrhythmiNet.reload()",
                bits,
            )
        board.wait(50e-6)
    write(board, "ERROR", 0xFFFF_FFFF)
    write(board, "IRQ_PENDING", 0xFFFF_FFFF)

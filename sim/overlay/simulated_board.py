"""A board without a board: the driver's interfaces over a Verilator model of the whole overlay."""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from arrhythminet import steps
from board.interfaces import Board, Buffer, Registers
from hw.errors import HardwareError
from hw.overlay import network
from hw.overlay.sources import CORE, LIBRARY
from hw.tools.verilator import MAX_CONSTANT_BITS, verilator_environment
from sim.overlay import stand_in

MEMORY_FIRST = 0x10_0000
MEMORY_BYTES = 64 << 20
CLOCK_MHZ = 100.0
DEFAULT_FOLDER = Path("build/sim/board")

_LIBRARY = "libboard.so"
_MODEL = Path(__file__).with_name("board_model.cpp")


def stem_sources(stem: str, build: Path = Path("build")) -> list[Path]:
    """RTL of a compiled network, packages first, with its ``overlay_network`` last.

    Raises
    ------
    HardwareError
        If the network was not compiled.
    """
    folder = build / stem / "rtl"
    listing = folder / "files.f"
    if not listing.is_file():
        raise HardwareError(f"{listing} is missing: run `make compile NET={stem}`")
    files = [folder / line for line in listing.read_text().split()]
    return [*files, network.write(stem, build / stem / "overlay")]


def build_model(network_sources: Sequence[Path], folder: Path) -> Path:
    """Compile the model of an overlay, unless ``folder`` holds it already.

    Parameters
    ----------
    network_sources : sequence of Path
        RTL with the module ``overlay_network``, packages first.
    folder : Path
        Build folder.

    Returns
    -------
    Path
        The shared library.

    Raises
    ------
    HardwareError
        If Verilator or the compiler refuses; names the log.
    """
    return compile_library([CORE[0], *network_sources, *LIBRARY, *CORE[1:]], folder)


def compile_library(sources: Sequence[Path], folder: Path, options: Sequence[str] = ()) -> Path:
    """Compile any RTL whose top is an ``overlay_core``, unless ``folder`` holds it already.

    Parameters
    ----------
    sources : sequence of Path
        RTL, packages first; of two files with one name the first counts.
    folder : Path
        Build folder.
    options : sequence of str
        More arguments for Verilator.
    """
    unique = list({path.name: path.resolve() for path in reversed(sources)}.values())[::-1]
    key = steps.digest([*unique, _MODEL], *options)
    steps.once(folder, key, lambda partial: _verilate(unique, partial, options))
    return folder / _LIBRARY


def _verilate(sources: Sequence[Path], folder: Path, options: Sequence[str]) -> None:
    folder.mkdir()
    command = ["verilator", "--cc", "--exe", "--build", "-Wno-fatal", "-O3", "-j", "2"]
    command += ["--x-assign", "fast", "--x-initial", "fast", "--noassert"]
    command += ["--max-num-width", str(MAX_CONSTANT_BITS), *options]
    command += ["-CFLAGS", "-fPIC", "-LDFLAGS", "-shared", "--prefix", "Vboard"]
    command += ["--top-module", "overlay_core", "--Mdir", str(folder.resolve())]
    command += ["-o", _LIBRARY, *map(str, sources), str(_MODEL)]
    log = folder.with_suffix(".log")
    with log.open("w") as file:
        environment = {**os.environ, **verilator_environment(optimise=True)}
        run = subprocess.run(command, env=environment, stdout=file, stderr=file, check=False)
    if run.returncode:
        raise HardwareError(
            f"the simulated board does not build: verilator ended with {run.returncode}, see {log}"
        )


def _load(library: Path) -> ctypes.CDLL:
    functions = ctypes.CDLL(str(library.resolve()))
    handle, word = ctypes.c_void_p, ctypes.c_uint32
    functions.board_create.restype = handle
    functions.board_create.argtypes = [ctypes.c_uint64]
    functions.board_destroy.argtypes = [handle]
    functions.board_memory.restype = ctypes.POINTER(ctypes.c_uint8)
    functions.board_memory.argtypes = [handle]
    functions.board_cycle.restype = ctypes.c_uint64
    functions.board_cycle.argtypes = [handle]
    functions.board_write.argtypes = [handle, word, word]
    functions.board_read.argtypes = [handle, word, ctypes.POINTER(word)]
    functions.board_wait.argtypes = [handle, ctypes.c_uint64]
    functions.board_fail_read.argtypes = [handle, ctypes.c_int64]
    functions.board_fail_write.argtypes = [handle, ctypes.c_int64]
    functions.board_silence.argtypes = [handle, ctypes.c_int]
    return functions


class SimulatedRegisters(Registers):
    """Registers over the model's AXI3 slave."""

    def __init__(self, board: SimulatedBoard):
        self._board = board

    def read(self, offset: int) -> int:
        value = ctypes.c_uint32()
        if not self._board.model.board_read(self._board.handle, offset, ctypes.byref(value)):
            raise HardwareError(f"the model did not answer a read of register {offset:#x}")
        return value.value

    def write(self, offset: int, value: int) -> None:
        if not self._board.model.board_write(self._board.handle, offset, value & 0xFFFF_FFFF):
            raise HardwareError(f"the model did not answer a write of register {offset:#x}")


class SimulatedBuffer(Buffer):
    """A piece of the model's memory."""

    def __init__(self, board: SimulatedBoard, offset: int, size: int):
        self._board, self._offset = board, offset
        self.array = board.memory[offset : offset + size]
        self.physical_address = MEMORY_FIRST + offset

    def to_device(self) -> None:
        """Nothing to do: there is no cache."""

    def from_device(self) -> None:
        """Nothing to do: there is no cache."""

    def free(self) -> None:
        self._board.buffers.pop(self._offset, None)


class SimulatedBoard(Board):
    """The whole overlay as a Verilator model, with a DDR memory of 64 MB.

    Parameters
    ----------
    stem : str
        Compiled network in ``build/<stem>/rtl``, or that of ``stand_in``.
    folder : Path
        Where models are built; one folder per network below it.

    Attributes
    ----------
    fail_read, fail_write : methods
        Inject an AXI error; ``silence`` stops the memory.
    """

    kind = "simulated"

    def __init__(self, stem: str, folder: Path = DEFAULT_FOLDER, clock_mhz: float = CLOCK_MHZ):
        sources = stand_in.SOURCES if stem == stand_in.STEM else stem_sources(stem)
        self._start(build_model(sources, folder / stem), clock_mhz)

    @classmethod
    def of(cls, library: Path, clock_mhz: float = CLOCK_MHZ) -> SimulatedBoard:
        """A board around a library that :func:`compile_library` made."""
        board = cls.__new__(cls)
        board._start(library, clock_mhz)
        return board

    def _start(self, library: Path, clock_mhz: float) -> None:
        self.model = _load(library)
        self.clock_mhz = clock_mhz
        self.registers = SimulatedRegisters(self)
        self.handle = None
        self.reload()

    def reload(self) -> None:
        self.close()
        self.handle = self.model.board_create(MEMORY_BYTES)
        memory = self.model.board_memory(self.handle)
        self.memory = np.ctypeslib.as_array(memory, (MEMORY_BYTES,))
        self.buffers: dict[int, int] = {}

    def allocate(self, size: int) -> SimulatedBuffer:
        offset = 0
        for taken in sorted(self.buffers):
            if taken - offset >= size:
                break
            offset = -(-(taken + self.buffers[taken]) // 4096) * 4096
        if offset + size > MEMORY_BYTES:
            raise MemoryError(f"{size} bytes do not fit the simulated board's {MEMORY_BYTES}")
        self.buffers[offset] = size
        return SimulatedBuffer(self, offset, size)

    def now(self) -> float:
        return self.model.board_cycle(self.handle) / (self.clock_mhz * 1e6)

    def wait(self, seconds: float) -> None:
        self.model.board_wait(self.handle, max(1, round(seconds * self.clock_mhz * 1e6)))

    def fail_read(self, words: int) -> None:
        """Answer the read of a 64-bit word after ``words`` further ones with an AXI error."""
        self.model.board_fail_read(self.handle, words)

    def fail_write(self, words: int) -> None:
        """Answer the write of a 64-bit word after ``words`` further ones with an AXI error."""
        self.model.board_fail_write(self.handle, words)

    def silence(self, silent: bool) -> None:
        """Stop the memory's answers, or let them come again."""
        self.model.board_silence(self.handle, silent)

    def close(self) -> None:
        if self.handle is not None:
            self.model.board_destroy(self.handle)
            self.handle = None

"""A real PYNQ board: pynq's MMIO and buffers behind the driver's interfaces."""

import time
from pathlib import Path
from typing import Optional, Union

import numpy as np
import pynq

from board.errors import BoardError
from board.interfaces import Board, Buffer, Registers
from board.registers import ADDRESS_RANGE, BASE_ADDRESS

DEFAULT_CLOCK_MHZ = 100.0

# Zynq-7000 TRM (UG585), AXI_HP interface 0: read and write channel control, bit 0 is 32BitEn
HP0_CONTROL, HP0_CONTROL_RANGE = 0xF800_8000, 0x1000
HP0_CHANNELS = (0x00, 0x14)
HP0_32_BIT = 1


class PynqRegisters(Registers):
    """The overlay's registers through ``/dev/mem``."""

    def __init__(self) -> None:
        self._mmio = pynq.MMIO(BASE_ADDRESS, ADDRESS_RANGE)

    def read(self, offset: int) -> int:
        return int(self._mmio.read(offset))

    def write(self, offset: int, value: int) -> None:
        self._mmio.write(offset, value)


class PynqBuffer(Buffer):
    """Contiguous memory from ``pynq.allocate``."""

    def __init__(self, size: int) -> None:
        self._buffer = pynq.allocate(shape=(size,), dtype=np.uint8)
        self.array = np.asarray(self._buffer)
        self.physical_address = int(self._buffer.physical_address)

    def to_device(self) -> None:
        self._buffer.flush()

    def from_device(self) -> None:
        self._buffer.invalidate()

    def free(self) -> None:
        self._buffer.freebuffer()


class PynqBoard(Board):
    """Loads a bitstream; with a ``.hwh`` beside it as an Overlay, otherwise as a Bitstream.

    Parameters
    ----------
    bitfile : str or Path
        ``.bit`` file.
    clock_mhz : float, optional
        Clock to set; default: the ``.hwh``'s, or 100 MHz without one.

    Raises
    ------
    BoardError
        If the file is missing.
    """

    kind = "measured"

    def __init__(self, bitfile: Union[str, Path], clock_mhz: Optional[float] = None) -> None:
        self._bitfile = Path(bitfile)
        self._wanted_mhz = clock_mhz
        if not self._bitfile.is_file():
            raise BoardError(
                f"{self._bitfile} is missing: build it on a PC with `make bitstream` and "
                "`make board-package`, then copy the archive here"
            )
        self.reload()

    def reload(self) -> None:
        if self._bitfile.with_suffix(".hwh").is_file():
            pynq.Overlay(str(self._bitfile), download=True)
            wanted = self._wanted_mhz
        else:
            pynq.Bitstream(str(self._bitfile)).download()
            wanted = self._wanted_mhz or DEFAULT_CLOCK_MHZ
        if wanted is not None:
            pynq.Clocks.fclk0_mhz = wanted
        self.clock_mhz = float(pynq.Clocks.fclk0_mhz)
        _make_hp0_64_bits()
        self.registers = PynqRegisters()

    def allocate(self, size: int) -> PynqBuffer:
        return PynqBuffer(size)

    def now(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        """Nothing is held: buffers are freed after every call."""


def _make_hp0_64_bits() -> None:
    """Undo a 32-bit S_AXI_HP0 that an earlier overlay left; pynq does so on UltraScale+ only."""
    control = pynq.MMIO(HP0_CONTROL, HP0_CONTROL_RANGE)
    for offset in HP0_CHANNELS:
        value = int(control.read(offset))
        if value & HP0_32_BIT:
            control.write(offset, value & ~HP0_32_BIT)

"""The two small interfaces between driver and hardware: registers and DDR buffers.

:mod:`board.pynq_board` wraps pynq, ``sim.overlay.simulated_board`` a Verilator model.
"""

from abc import ABC, abstractmethod

import numpy as np


class Registers(ABC):
    """32-bit registers at byte offsets."""

    @abstractmethod
    def read(self, offset: int) -> int:
        """Value of a register."""

    @abstractmethod
    def write(self, offset: int, value: int) -> None:
        """Set a register."""


class Buffer(ABC):
    """Contiguous DDR memory that processor and overlay share.

    Attributes
    ----------
    array : np.ndarray
        uint8 (bytes,), the processor's view.
    physical_address : int
        What the overlay calls it.
    """

    array: np.ndarray
    physical_address: int

    @abstractmethod
    def to_device(self) -> None:
        """Make what the processor wrote visible to the overlay."""

    @abstractmethod
    def from_device(self) -> None:
        """Make what the overlay wrote visible to the processor."""

    @abstractmethod
    def free(self) -> None:
        """Give the memory back."""


class Board(ABC):
    """A board with the overlay loaded.

    Attributes
    ----------
    registers : Registers
        The overlay's.
    clock_mhz : float
        Clock of the overlay.
    kind : str
        ``measured`` on hardware, ``simulated`` otherwise: the tag of every cycle count.
    """

    registers: Registers
    clock_mhz: float
    kind: str

    @abstractmethod
    def allocate(self, size: int) -> Buffer:
        """Buffer of ``size`` bytes, aligned to 32."""

    @abstractmethod
    def now(self) -> float:
        """Seconds on the board's own clock."""

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Let time pass."""

    @abstractmethod
    def reload(self) -> None:
        """Load the bitstream again."""

    @abstractmethod
    def close(self) -> None:
        """Give everything back."""

"""What can go wrong on the board, each in one line that says what to do."""

from arrhythminet.errors import ArrhythmiNetError


class BoardError(ArrhythmiNetError):
    """Base of what goes wrong on the board itself; wrong input is an ``InputError``."""


class WrongBitstreamError(BoardError):
    """The programmable logic holds something else than this driver and network expect."""


class RunError(BoardError):
    """The overlay ended a run early.

    Attributes
    ----------
    bits : int
        Its ERROR register.
    """

    def __init__(self, message: str, bits: int = 0):
        super().__init__(message)
        self.bits = bits


class RunTimeoutError(RunError):
    """A run did not end in time and was given up."""


class DeviceHungError(RunError):
    """The overlay cannot be brought back: load the bitstream again."""


class ClosedError(BoardError):
    """The driver was used after it was closed."""

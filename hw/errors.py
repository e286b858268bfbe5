"""What can go wrong on the way to hardware, each in one line."""

from arrhythminet.errors import ArrhythmiNetError


class HardwareError(ArrhythmiNetError):
    """A fault the user can mend: the message names the value, the limit and the fix."""

"""What can go wrong between a network and its hardware, each in one line."""


class HardwareError(Exception):
    """A fault the user can mend: the message names the value, the limit and the fix."""

"""What can go wrong, each in one line that names the value, the limit and the fix."""

import sys
from typing import Callable


class ArrhythmiNetError(Exception):
    """Base of everything that the project raises on purpose."""


class InputError(ArrhythmiNetError, ValueError):
    """What was given is no beat, signal, record or name that can be taken."""


class RecordError(InputError):
    """A record is missing, truncated or unusable."""


class LeadError(RecordError):
    """A record lacks the lead that was asked for."""


class SignalError(InputError):
    """A signal holds NaN, is empty, or has the wrong shape or rate."""


class BeatError(InputError):
    """Beats of the wrong shape or type, or fewer of them than are needed."""


class DataError(InputError):
    """A data set is absent, incomplete, damaged or cannot be downloaded."""


class StemError(InputError):
    """A name that names no network."""

    def __init__(self, stem: str, expected: str = "") -> None:
        form = (
            "<net>-<float32|w<2-8>a<2-8>>[-<protocol>][-<form>][-s<seed>][-dsp0], "
            "for example v2-w4a4 or v1-w4a4-patient-rhythm-s1"
        )
        super().__init__(f"unknown network {stem!r}: expected {expected or form}")


class GoldenError(ArrhythmiNetError):
    """A golden file is missing, damaged or incomplete."""


def run_cli(main: Callable[[], object]) -> None:
    """Run a command line; a fault becomes one line on stderr and status 1."""
    try:
        main()
    except ArrhythmiNetError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"error: {place}{error.strerror or error}", file=sys.stderr)
        sys.exit(1)

"""What can go wrong between a record and a trained network, each in one line."""

import sys
from collections.abc import Callable


class TrainingError(Exception):
    """A fault the user can mend: the message names the value, the limit and the fix."""


class RecordError(TrainingError):
    """A record is missing, truncated or unusable."""


class LeadError(RecordError):
    """A record lacks the lead that was asked for."""


class SignalError(TrainingError):
    """A signal holds NaN, is flat or too short, or has the wrong shape or rate."""


class BeatError(TrainingError):
    """Beats of the wrong shape or type, or fewer of them than are needed."""


class DataError(TrainingError):
    """The data set is absent, incomplete, damaged or cannot be downloaded."""


class ProtocolError(TrainingError):
    """An evaluation protocol that does not exist."""


class CheckpointError(TrainingError):
    """A checkpoint is missing, damaged or belongs to another network."""


class ExportError(TrainingError):
    """The exported network or its integers differ from PyTorch's."""


class UnknownNetError(TrainingError, ValueError):
    """A stem that names no network."""

    def __init__(self, stem: str) -> None:
        super().__init__(
            f"unknown network {stem!r}: expected <v1|v2>-<float32|w<2-8>a<2-8>>[-<protocol>], "
            "for example v2-w4a4 or v1-w4a4-paper"
        )


def run_cli(main: Callable[[], None]) -> None:
    """Run a command line; a :class:`TrainingError` becomes one line on stderr and status 1."""
    try:
        main()
    except TrainingError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)

"""What can go wrong between beats and a trained network, each in one line."""

from arrhythminet.errors import ArrhythmiNetError


class TrainingError(ArrhythmiNetError):
    """A fault the user can mend: the message names the value, the limit and the fix."""


class ProtocolError(TrainingError):
    """An evaluation protocol that does not exist."""


class CheckpointError(TrainingError):
    """A checkpoint is missing, damaged or belongs to another network."""


class ExportError(TrainingError):
    """The exported network or its integers differ from PyTorch's."""

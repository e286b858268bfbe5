"""What can go wrong in explaining a beat."""

from quant_training.errors import TrainingError


class ExplanationError(TrainingError):
    """A layer, beat or border that does not exist, or beats that cannot be explained."""

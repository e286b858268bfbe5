"""From ECG records to a trained, quantised network: data, beats, training, evaluation, export.

``export`` hands over build/<stem>/model.onnx and golden.npz; nothing here imports hw, sim or board.
"""

import logging
import warnings
from pathlib import Path

# Said on every import by torch and brevitas, about what is not used here.
logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)
warnings.filterwarnings("ignore", message="Named tensors", category=UserWarning)
warnings.filterwarnings("ignore", message="fast_hadamard_transform", category=UserWarning)

CHECKPOINTS = Path(__file__).resolve().parent / "checkpoints"
"""The committed checkpoints, ``<stem>.pt``."""

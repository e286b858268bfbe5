"""Model of ``stand_in/stand_in_network.sv``: what it answers to a beat."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from arrhythminet.classes import CLASSES
from board.registers import network_hash

STEM = "standin-w8a8"
NETWORK_HASH = network_hash(STEM)
SOURCES = sorted(Path(__file__).with_name("stand_in").glob("*.sv"))


def hanging_beat(samples: int) -> np.ndarray:
    """Return a beat (int8) that the stand-in never answers."""
    beat = np.zeros(samples, np.int8)
    beat[:2] = -128
    return beat


def logits(beats: np.ndarray) -> np.ndarray:
    """Return the logits (n, 5) int32 of beats (n, samples) int8."""
    index, k = np.arange(beats.shape[1]), np.arange(len(CLASSES))[:, None]
    weights = (index * (2 * k + 3) + k) % 16 - 8
    return (beats.astype(np.int32) @ weights.T.astype(np.int32)).astype(np.int32)


def random_beats(rng: np.random.Generator, count: int, samples: int) -> np.ndarray:
    """Return beats (count, samples) int8 of which none makes the stand-in hang."""
    beats = rng.integers(-128, 128, (count, samples), np.int8)
    beats[:, 1] = np.maximum(beats[:, 1], -127)
    return beats

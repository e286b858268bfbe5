"""Training-time variation of beats, on tensors: what electrodes, R-peak errors and gain do."""

import math

import torch
from torch import Tensor

from quant_training.beats import BEAT_SAMPLES, INPUT_SCALE
from quant_training.records import SAMPLE_RATE

SHIFT_SAMPLES = 8.0
STRETCH = 0.04
GAIN = 0.1
WANDER = 0.15
"""Largest amplitude of baseline wander, in standard deviations of the beat."""
NOISE = 0.06
"""Largest standard deviation of muscle-like noise, same unit."""


def augment(beats: Tensor, generator: torch.Generator) -> Tensor:
    """Shift, stretch, scale, and add wander and noise, each beat differently.

    Parameters
    ----------
    beats : Tensor
        Float (n, 360), int8 values.
    generator : torch.Generator
        On the CPU; the result depends on nothing else.

    Returns
    -------
    Tensor
        Float (n, 360), int8 values again: rounded and kept within -128 .. 127.
    """
    count = len(beats)

    def uniform(low: float, high: float) -> Tensor:
        values = torch.rand(count, 1, generator=generator) * (high - low) + low
        return values.to(beats.device)

    time = torch.arange(BEAT_SAMPLES, device=beats.device, dtype=torch.float32)
    middle = BEAT_SAMPLES / 2
    places = (time - middle) * uniform(1 - STRETCH, 1 + STRETCH) + middle
    places = (places + uniform(-SHIFT_SAMPLES, SHIFT_SAMPLES)).clamp_(0, BEAT_SAMPLES - 1)
    left = places.floor().clamp_(max=BEAT_SAMPLES - 2)
    part = places - left
    index = left.long()
    moved = beats.gather(1, index) * (1 - part) + beats.gather(1, index + 1) * part

    frequency = uniform(0.1, 0.6) * (2 * math.pi / SAMPLE_RATE)
    wander = torch.sin(frequency * time + uniform(0, 2 * math.pi)) * uniform(0, WANDER)
    noise = torch.randn(count, BEAT_SAMPLES, generator=generator).to(beats.device)
    added = (wander + noise * uniform(0, NOISE)) / INPUT_SCALE
    return (moved * uniform(1 - GAIN, 1 + GAIN) + added).round_().clamp_(-128, 127)

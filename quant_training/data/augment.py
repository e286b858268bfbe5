"""Training-time variation of beats, on tensors: what electrodes, R-peak errors and gain do."""

import math

import torch
from torch import Tensor

from arrhythminet.beats import INPUT_SCALE, RHYTHM_SAMPLES
from arrhythminet.signal import SAMPLE_RATE

SHIFT_SAMPLES = 8.0
STRETCH = 0.04
GAIN = 0.1
WANDER = 0.15
"""Largest amplitude of baseline wander, in standard deviations of the beat."""
NOISE = 0.06
"""Largest standard deviation of muscle-like noise, same unit."""
INTERVAL_STEPS = 2.0
"""Standard deviation of noise on the intervals of the form ``rhythm``, in int8 steps."""


def augment(beats: Tensor, generator: torch.Generator, form: str = "beat") -> Tensor:
    """Shift, stretch, scale, and add wander and noise, each beat differently.

    Parameters
    ----------
    beats : Tensor
        Float (n, 360), int8 values.
    generator : torch.Generator
        On the CPU; the result depends on nothing else.
    form : str
        Input form of the beats; intervals are only jittered.

    Returns
    -------
    Tensor
        Float (n, 360), int8 values again: rounded and kept within -128 .. 127.
    """
    if form == "beat":
        return _vary(beats, generator)
    ecg = beats.shape[1] - 2 * RHYTHM_SAMPLES
    jitter = torch.randn(len(beats), 2, generator=generator) * INTERVAL_STEPS
    intervals = beats[:, ecg:] + jitter.to(beats.device).repeat_interleave(RHYTHM_SAMPLES, 1)
    varied = _vary(beats[:, :ecg], generator)
    return torch.cat([varied, intervals.round_().clamp_(-128, 127)], dim=1)


def _vary(beats: Tensor, generator: torch.Generator) -> Tensor:
    count, samples = beats.shape

    def uniform(low: float, high: float) -> Tensor:
        values = torch.rand(count, 1, generator=generator) * (high - low) + low
        return values.to(beats.device)

    time = torch.arange(samples, device=beats.device, dtype=torch.float32)
    middle = samples / 2
    places = (time - middle) * uniform(1 - STRETCH, 1 + STRETCH) + middle
    places = (places + uniform(-SHIFT_SAMPLES, SHIFT_SAMPLES)).clamp_(0, samples - 1)
    left = places.floor().clamp_(max=samples - 2)
    part = places - left
    index = left.long()
    moved = beats.gather(1, index) * (1 - part) + beats.gather(1, index + 1) * part

    frequency = uniform(0.1, 0.6) * (2 * math.pi / SAMPLE_RATE)
    wander = torch.sin(frequency * time + uniform(0, 2 * math.pi)) * uniform(0, WANDER)
    noise = torch.randn(count, samples, generator=generator).to(beats.device)
    added = (wander + noise * uniform(0, NOISE)) / INPUT_SCALE
    return (moved * uniform(1 - GAIN, 1 + GAIN) + added).round_().clamp_(-128, 127)

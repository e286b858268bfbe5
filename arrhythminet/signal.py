"""What every ECG signal here is: one lead, 360 samples a second, finite numbers."""

import numpy as np

from arrhythminet.errors import SignalError

SAMPLE_RATE = 360
"""Samples per second that the networks are made for (that of MIT-BIH)."""
LEAD = "MLII"
"""The lead that the networks are made for: modified limb lead II."""


def check_signal(signal: np.ndarray, what: str = "the signal") -> None:
    """Raise :class:`SignalError` unless a signal is one lead of finite numbers, and not empty."""
    if signal.ndim != 1:
        raise SignalError(f"{what} has shape {signal.shape}, not (samples,): pass one lead")
    if not len(signal):
        raise SignalError(f"{what} has 0 samples: pass at least one beat, {SAMPLE_RATE} samples")
    bad = np.flatnonzero(~np.isfinite(signal))
    if len(bad):
        raise SignalError(
            f"{what} holds {signal[bad[0]]} at sample {bad[0]} ({len(bad)} such samples): "
            "cut or interpolate them"
        )

"""Noise of three kinds at a set signal-to-noise ratio, synthesised or from recordings.

The kinds are those of the MIT-BIH Noise Stress Test Database (Moody, Muldrow, Mark, Computers in
Cardiology 11:381-384, 1984): baseline wander, muscle and electrode motion. The ratio is that of
its program ``nst``. Shapes are random draws of the models below, not recordings of a person;
:func:`recorded` takes the database's records instead.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import wfdb

from arrhythminet.errors import RecordError, SignalError
from arrhythminet.records import read
from arrhythminet.signal import SAMPLE_RATE

VERSION = 2
"""Of synthesis and ratio; a figure is comparable with those of the same version."""
Maker = Callable[[int, np.random.Generator], np.ndarray]
"""Gives that many samples of noise, float64, of any amplitude."""

RECORDS = {"wander": "bw", "muscle": "ma", "electrode": "em"}
"""Kind to the database's record of it."""

WANDER_HZ = (0.05, 0.5)
MUSCLE_HZ = (5.0, 150.0)
ELECTRODE_HZ = (1.0, 10.0)
SHIFTS_PER_SECOND = 1.0
DECAY_S = (0.1, 1.0)
QRS_SAMPLES = round(0.05 * SAMPLE_RATE)
"""A QRS complex is measured within 50 ms of its R peak."""
MEASURED = 300
"""Beats, and seconds of noise, from the start that the ratio is measured on."""
TRIM = 0.05
"""Share of the largest and of the smallest measurements that is left out of a mean."""


def wander(samples: int, generator: np.random.Generator) -> np.ndarray:
    """Baseline wander: sinusoids of 0.05 to 0.5 Hz, random phases, amplitudes falling as 1/f.

    Respiration and slow drift. The lower end is that of the database's records, from which slower
    drift was removed.
    """
    frequency = _frequencies(samples)
    inside = (frequency >= WANDER_HZ[0]) & (frequency <= WANDER_HZ[1])
    shape = np.divide(1.0, frequency, out=np.zeros_like(frequency), where=inside)
    return _shaped(generator.normal(size=samples), shape)


def muscle(samples: int, generator: np.random.Generator) -> np.ndarray:
    """Muscle noise: stationary Gaussian noise, white from 5 to 150 Hz.

    The electromyogram as random noise, after Friesen et al., IEEE Trans. Biomed. Eng.
    37(1):85-98, 1990. A real one comes in bursts.
    """
    frequency = _frequencies(samples)
    inside = (frequency >= MUSCLE_HZ[0]) & (frequency <= MUSCLE_HZ[1])
    return _shaped(generator.normal(size=samples), inside.astype(float))


def electrode(samples: int, generator: np.random.Generator) -> np.ndarray:
    """Electrode motion: a random walk with abrupt shifts that decay slowly, 1 to 10 Hz.

    Shifts come as a Poisson process, once a second on average, with normal amplitudes, and decay
    exponentially over 0.1 to 1 s (log-uniform): a disturbed electrode potential settling, the
    "abrupt baseline shift" of Friesen et al. (see :func:`muscle`). The walk has their mean power.
    A causal second-order filter at either end of the band keeps shifts abrupt. The rates are the
    project's choice.
    """
    count = generator.poisson(SHIFTS_PER_SECOND * samples / SAMPLE_RATE)
    starts = generator.integers(0, samples, count)
    heights = generator.normal(size=count)
    shortest, longest = DECAY_S
    decays = shortest * (longest / shortest) ** generator.uniform(size=count) * SAMPLE_RATE
    shifts = np.zeros(samples)
    for start, height, decay in zip(starts, heights, decays, strict=True):
        tail = shifts[start : start + round(6 * decay)]
        tail += height * np.exp(-np.arange(len(tail)) / decay)
    frequency = 1j * _frequencies(samples)
    low, high = ELECTRODE_HZ
    band = (frequency / (frequency + low) / (1 + frequency / high)) ** 2
    integral = np.divide(1, frequency, out=np.zeros_like(frequency), where=frequency != 0)
    walk = _shaped(generator.normal(size=samples), band * integral)
    shifts = _shaped(shifts, band)
    return walk / max(walk.std(), 1e-12) + shifts / max(shifts.std(), 1e-12)


SYNTHESISED: dict[str, Maker] = {"wander": wander, "muscle": muscle, "electrode": electrode}


def recorded(folder: Path) -> dict[str, Maker]:
    """Makers of noise from recordings, from their start on as ``nst``, again where they end.

    Parameters
    ----------
    folder : Path
        WFDB records ``bw``, ``ma`` and ``em`` at 360 Hz; the first signal of each is taken.

    Raises
    ------
    RecordError
        If a record is missing or damaged.
    SignalError
        If one has another sampling rate, holds NaN, is flat or shorter than a second.
    """
    return {kind: _cutter(_read(name, folder)) for kind, name in RECORDS.items()}


def gain(signal: np.ndarray, peaks: np.ndarray, noise: np.ndarray, snr_db: float) -> float:
    """Factor for ``noise`` that gives the ratio ``10 log10(S / N)``, as ``nst`` defines it.

    S is the square of the mean peak-to-peak QRS amplitude, divided by 8; N the square of the
    noise's mean RMS within one-second chunks, about each chunk's mean. Both means leave the
    largest and smallest 5 % out, and both are of the first 300 beats and seconds: noise that grows
    later is larger than the ratio says, as it is in the published records. Slower noise than 1 Hz
    counts less than its power: wander is large at a given ratio.

    Parameters
    ----------
    signal : np.ndarray
        Float (n,) at 360 Hz, not denoised.
    peaks : np.ndarray
        Integer (beats,), samples of its R peaks.
    noise : np.ndarray
        Float, at least one second.
    snr_db : float
        Wanted ratio in dB.

    Raises
    ------
    SignalError
        If the signal has no QRS complex of any height, or the noise is flat or too short.
    """
    return float(np.sqrt(signal_power(signal, peaks) / noise_power(noise) / 10 ** (snr_db / 10)))


def signal_power(signal: np.ndarray, peaks: np.ndarray) -> float:
    """S of :func:`gain`, in the signal's unit squared."""
    inside = peaks[(peaks >= QRS_SAMPLES) & (peaks < len(signal) - QRS_SAMPLES)]
    if not len(inside):
        raise SignalError("signal has no whole QRS complex, its power is unknown: pass R peaks")
    windows = np.lib.stride_tricks.sliding_window_view(signal, 2 * QRS_SAMPLES + 1)
    heights = np.ptp(windows[inside[:MEASURED] - QRS_SAMPLES], axis=1)
    power = _trimmed_mean(heights) ** 2 / 8
    if power == 0:
        raise SignalError("signal is flat at its R peaks, it has no power: check the lead")
    return power


def noise_power(noise: np.ndarray) -> float:
    """N of :func:`gain`, in the noise's unit squared."""
    seconds = min(MEASURED, len(noise) // SAMPLE_RATE)
    chunks = noise[: seconds * SAMPLE_RATE].reshape(-1, SAMPLE_RATE)
    if not len(chunks):
        raise SignalError(
            f"noise has {len(noise)} samples, at least {SAMPLE_RATE} (1 s) are needed: "
            "pass a longer record"
        )
    power = _trimmed_mean(chunks.std(axis=1)) ** 2
    if power == 0:
        raise SignalError("noise is flat, it has no power: pass a record with noise")
    return power


def _trimmed_mean(values: np.ndarray) -> float:
    left_out = int(TRIM * len(values))
    return float(np.sort(values)[left_out : len(values) - left_out].mean())


def _frequencies(samples: int) -> np.ndarray:
    return np.fft.rfftfreq(samples, 1 / SAMPLE_RATE)


def _shaped(values: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """``values`` filtered by a frequency response, mean removed."""
    spectrum = np.fft.rfft(values) * shape
    spectrum[0] = 0
    return np.fft.irfft(spectrum, len(values))


def _read(name: str, folder: Path) -> np.ndarray:
    for suffix in (".hea", ".dat"):
        if not (folder / f"{name}{suffix}").is_file():
            raise RecordError(
                f"{folder / name}{suffix} is missing: recorded noise needs the WFDB records "
                f"{', '.join(RECORDS.values())} (https://physionet.org/content/nstdb)"
            )
    try:
        lead = wfdb.rdheader(str(folder / name)).sig_name[0]
    except Exception as error:
        raise RecordError(
            f"{folder / name}.hea cannot be read ({type(error).__name__}): fetch it again"
        ) from error
    signal = read(name, folder, lead, annotated=False).signal
    try:
        noise_power(signal)
    except SignalError as error:
        raise SignalError(f"record {name}: {error}") from error
    return signal


def _cutter(signal: np.ndarray) -> Maker:
    def cut(samples: int, generator: np.random.Generator) -> np.ndarray:
        return signal.take(np.arange(samples), mode="wrap")

    return cut

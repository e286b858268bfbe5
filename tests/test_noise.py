"""Noise by kind: its band, its ratio to the signal, and recordings that cannot be used."""

from pathlib import Path

import numpy as np
import pytest
import wfdb
from hypothesis import given
from hypothesis import strategies as st

from arrhythminet.errors import LeadError, RecordError, SignalError
from quant_training import robustness
from quant_training.data import noise
from tests.conftest import made_up_ecg

SIGNAL, PEAKS = made_up_ecg(60)
KINDS = list(noise.SYNTHESISED)


def write_noise(folder: Path, name: str, values: np.ndarray, rate: int = 360) -> None:
    wfdb.wrsamp(
        name,
        fs=rate,
        units=["mV"],
        sig_name=["noise1"],
        p_signal=np.asarray(values, float)[:, None],
        fmt=["16"],
        adc_gain=[1000.0],
        baseline=[0],
        write_dir=str(folder),
    )


@pytest.fixture
def noise_folder(tmp_path: Path) -> Path:
    """Return a folder with noise of 10 s, shorter than any record."""
    for name in noise.RECORDS.values():
        write_noise(tmp_path, name, np.random.default_rng(0).normal(size=3600))
    return tmp_path


def share_of_power(signal: np.ndarray, low: float, high: float) -> float:
    frequency = np.fft.rfftfreq(len(signal), 1 / 360)
    power = np.abs(np.fft.rfft(signal)) ** 2
    return power[(frequency >= low) & (frequency <= high)].sum() / power.sum()


@pytest.mark.parametrize(
    ("kind", "low", "high", "share"),
    [("wander", 0.0, 0.5, 0.999), ("muscle", 5, 150, 0.999), ("electrode", 1, 10, 0.7)],
)
def test_noise_has_its_power_in_its_band(kind, low, high, share):
    made = noise.SYNTHESISED[kind](100_000, np.random.default_rng(0))
    assert share_of_power(made, low, high) > share


def test_electrode_motion_is_abrupt_where_muscle_noise_is_gaussian():
    def kurtosis(kind: str) -> float:
        made = noise.SYNTHESISED[kind](100_000, np.random.default_rng(0))
        return float(((made / made.std()) ** 4).mean())

    assert kurtosis("muscle") < 3.2
    assert kurtosis("electrode") > 5


@given(st.sampled_from(KINDS), st.integers(0, 2**32), st.floats(-20, 60))
def test_the_wanted_ratio_is_reached(kind: str, seed: int, snr_db: float):
    made = noise.SYNTHESISED[kind](len(SIGNAL), np.random.default_rng(seed))
    scaled = made * noise.gain(SIGNAL, PEAKS, made, snr_db)
    reached = 10 * np.log10(noise.signal_power(SIGNAL, PEAKS) / noise.noise_power(scaled))
    assert reached == pytest.approx(snr_db, abs=1e-6)


def test_powers_are_those_counted_by_hand():
    signal = np.zeros(3600)
    signal[1000::500] = 2.0  # peak to peak 2: 2^2 / 8
    assert noise.signal_power(signal, np.arange(1000, 3600, 500)) == 0.5
    assert noise.noise_power(5 + np.tile([0.3, -0.3], 1800)) == pytest.approx(0.09)


def test_only_the_first_300_beats_and_seconds_are_measured():
    signal = np.zeros(400 * 500)
    signal[1000::500] = 2.0
    peaks = np.arange(1000, len(signal), 500)
    later = signal.copy()
    later[peaks[300:]] = 20.0
    assert noise.signal_power(later, peaks) == noise.signal_power(signal, peaks) == 0.5
    grows = np.random.default_rng(0).normal(size=400 * 360)
    grows[300 * 360 :] *= 10
    assert noise.noise_power(grows) == noise.noise_power(grows[: 300 * 360])


def test_recorded_noise_begins_where_the_record_does(noise_folder: Path):
    makers = noise.recorded(noise_folder)
    made = [makers["wander"](3000, np.random.default_rng(seed)) for seed in (0, 1)]
    assert np.array_equal(*made)


@pytest.mark.parametrize(
    ("bad", "said"), [(np.zeros(3600), "flat"), (np.ones(100), "has 100 samples")]
)
def test_noise_without_power_is_refused(bad: np.ndarray, said: str):
    with pytest.raises(SignalError, match=said):
        noise.gain(SIGNAL, PEAKS, bad, 6)


@pytest.mark.parametrize(("peaks", "said"), [(PEAKS[:0], "no whole QRS"), (PEAKS, "flat")])
def test_a_signal_without_power_is_refused(peaks: np.ndarray, said: str):
    with pytest.raises(SignalError, match=said):
        noise.signal_power(np.zeros(len(SIGNAL)), peaks)


def test_short_recorded_noise_is_repeated(noise_folder: Path):
    made = noise.recorded(noise_folder)["muscle"](10_000, np.random.default_rng(0))
    assert len(made) == 10_000
    assert np.array_equal(made[:3600], made[3600:7200])


@pytest.mark.parametrize("suffix", [".hea", ".dat"])
def test_a_missing_noise_record_is_named(noise_folder: Path, suffix: str):
    (noise_folder / f"em{suffix}").unlink()
    with pytest.raises(RecordError, match=rf"em{suffix} is missing.*bw, ma, em"):
        noise.recorded(noise_folder)


@pytest.mark.parametrize(
    ("values", "rate", "said"),
    [
        (np.random.default_rng(0).normal(size=3600), 250, "250 samples per second, not 360"),
        (np.random.default_rng(0).normal(size=100), 360, "record ma: noise has 100 samples"),
        (np.zeros(3600), 360, "record ma: noise is flat"),
    ],
)
def test_unusable_recorded_noise_is_refused(noise_folder: Path, values, rate, said):
    write_noise(noise_folder, "ma", values, rate)
    with pytest.raises(SignalError, match=said):
        noise.recorded(noise_folder)


def test_a_damaged_noise_header_is_one_line(noise_folder: Path):
    (noise_folder / "bw.hea").write_text("\n")
    with pytest.raises((RecordError, LeadError)) as caught:
        noise.recorded(noise_folder)
    assert "\n" not in str(caught.value)


def test_recorded_noise_is_reported_by_name_and_checksum_not_by_folder(noise_folder: Path):
    told = robustness.describe_noise(noise_folder)
    assert told["records"]["electrode"]["record"] == "em"
    assert len(told["records"]["electrode"]["sha256"]) == 64
    assert str(noise_folder) not in str(told)

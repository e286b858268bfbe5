"""What the driver takes: beats, windows, a signal, a record."""

import numpy as np
import pytest

from arrhythminet.beats import from_signal
from arrhythminet.errors import InputError
from arrhythminet.excerpt import excerpt
from board.inputs import prepare
from tests.test_wfdb_files import write_record


def test_windows_without_intervals_are_refused_for_a_rhythm_network():
    with pytest.raises(InputError, match="intervals between R peaks"):
        prepare(np.zeros((3, 360)), "MLII", "rhythm")
    ready, found = prepare(excerpt().signal, "MLII", "rhythm")
    assert ready.shape == (len(found), 360)


def test_a_flat_or_short_signal_has_no_beats():
    for signal in (np.zeros(5000), np.ones(100)):
        found = from_signal(signal)
        assert found.beats.shape == (0, 360)
        assert len(found.peaks) == 0


@pytest.mark.parametrize("bad", [np.zeros((2, 2)), np.zeros(0), np.array([1.0, np.nan] * 200)])
def test_a_bad_signal_is_refused(bad):
    with pytest.raises(InputError):
        from_signal(bad)


def test_a_truncated_record_says_so(tmp_path):
    record = write_record(tmp_path, np.zeros((100, 2), int))
    data = record.with_suffix(".dat")
    data.write_bytes(data.read_bytes()[:-30])
    with pytest.raises(InputError, match="holds 90 samples, r.hea says 100"):
        prepare(str(record), "MLII")

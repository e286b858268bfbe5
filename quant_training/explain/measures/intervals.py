"""Bootstrapped 95 % intervals of means over beats."""

from typing import Any

import numpy as np

DRAWS = 1000
LEVEL = 95.0


def mean_interval(values: np.ndarray, seed: int = 0, groups: np.ndarray | None = None) -> list:
    """Mean with its percentile bootstrap interval.

    Parameters
    ----------
    values : np.ndarray
        Float (n,), one value per beat; NaN are left out.
    seed : int
        Of the draws.
    groups : np.ndarray, optional
        (n,), record of each beat: whole records are then drawn, which is stricter, since beats of
        a record are alike.

    Returns
    -------
    list
        Mean, lower and upper end, plain floats; NaN where there is no value.
    """
    values = np.asarray(values, np.float64)
    known = np.isfinite(values)
    values = values[known]
    if not len(values):
        return [float("nan")] * 3
    generator = np.random.default_rng(seed)
    if groups is None:
        rows = generator.integers(len(values), size=(DRAWS, len(values)))
        means = values[rows].mean(axis=1)
    else:
        _, group = np.unique(np.asarray(groups)[known], return_inverse=True)
        sums, counts = np.bincount(group, values), np.bincount(group)
        rows = generator.integers(len(sums), size=(DRAWS, len(sums)))
        means = sums[rows].sum(axis=1) / counts[rows].sum(axis=1)
    low, high = np.percentile(means, [(100 - LEVEL) / 2, (100 + LEVEL) / 2])
    return [float(values.mean()), float(low), float(high)]


def both(values: np.ndarray, records: np.ndarray, seed: int = 0) -> dict[str, Any]:
    """``mean``, ``interval`` over beats and ``interval_records`` over whole records."""
    mean, low, high = mean_interval(values, seed)
    _, low_records, high_records = mean_interval(values, seed, records)
    count = int(np.isfinite(np.asarray(values, np.float64)).sum())
    return {
        "mean": mean,
        "interval": [low, high],
        "interval_records": [low_records, high_records],
        "n": count,
    }


def below(one: dict[str, Any], other: dict[str, Any], key: str = "interval") -> bool:
    """Whether a figure's interval lies below another's, without overlap."""
    return one[key][1] < other[key][0]

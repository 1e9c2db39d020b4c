"""The number of seeds that it takes to see a difference: the power of the two-sided paired t-test."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
from scipy.special import chdtri, nctdtr, stdtrit

from dabench.stats.seeds import ALPHA

MOST = 10_000  # seeds; a plan for more than that is no plan


# By hand: scipy.stats.power only simulates, and statsmodels has no answer for a standard deviation of 0.
def power_of(difference: float, std: float, n: int, alpha: float = ALPHA) -> float:
    """The chance that n seeds show a true mean difference: p < alpha in the two-sided paired t-test.

    Args:
        difference: true mean of the paired differences, not 0.
        std: standard deviation of the paired differences, not of the accuracies.
        n: seeds.
        alpha: level of the test, of one comparison: with a correction for several it takes more seeds.
    """
    if n < 2:
        return 0.0
    if std == 0:
        return 1.0
    critical, shift = float(stdtrit(n - 1, 1 - alpha / 2)), abs(difference) / std * sqrt(n)
    # scipy 1.17 has NaN for a tail where it vanishes.
    below, not_above = np.nan_to_num([nctdtr(n - 1, shift, -critical), nctdtr(n - 1, shift, critical)])
    return float(1 - not_above + below)


def seeds_needed(difference: float, std: float, power: float = 0.8, alpha: float = ALPHA) -> int | None:
    """The fewest seeds with which `power_of` reaches `power`; None for more than `MOST`."""
    low, high = 1, 2
    while power_of(difference, std, high, alpha) < power:
        low, high = high, 2 * high
        if high > 2 * MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(difference, std, middle, alpha) >= power else (middle, high)
    return high if high <= MOST else None


def difference_seen(std: float, n: int, power: float = 0.8, alpha: float = ALPHA) -> float:
    """The smallest true difference that n seeds show with that chance; infinite for one seed."""
    if n < 2:
        return inf
    low, high = 0.0, std
    while high and power_of(high, std, n, alpha) < power:
        low, high = high, 2 * high
    while high - low > 1e-4 * std:
        middle = (low + high) / 2
        low, high = (low, middle) if power_of(middle, std, n, alpha) >= power else (middle, high)
    return high


def upper_std(std: float, n: int, level: float = 0.8) -> float:
    """The upper confidence limit of a standard deviation that was estimated from n seeds, one-sided, by chi squared.

    A plan on the estimate itself has too few seeds about half of the time; this one is safe with the chance `level`
    (Browne 1995, Stat. Med. 14, 1933-1940).
    """
    return inf if n < 2 else std * sqrt((n - 1) / float(chdtri(n - 1, level)))

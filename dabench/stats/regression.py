"""Has a cell become worse? The statistics behind `dabench check`. Accuracies and drops are fractions.

A run of the baseline and a current run that share their seed are a pair: same split, same initial weights, same order.
If nothing but rounding changed between them, either could as well have been the other, so their difference is as
likely to be negative as positive, whatever the distribution of accuracies. That is the null hypothesis. Both runs are
measured on the same test set, whose size therefore adds no noise to their difference.

From three common seeds on, the drop is tested by a one-sided paired t-test of level `FALSE_ALARMS`. With one or two
there is no spread of differences worth the name, and the current mean is compared with the baseline's one-sided
prediction interval instead. (A sign-flip test could not reject at 1 % with fewer than seven seeds: 2^-6 > .01.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtr, stdtrit

from dabench.stats.seeds import ROUNDING, grain, mean_interval

FALSE_ALARMS = 0.01  # false alarms per cell, at most; not corrected for the number of cells
POWER = 0.8  # how surely a drop is detected that we say can be detected
PAIRED_FROM = 3  # common seeds
MOST_SEEDS = 9999


@dataclass(frozen=True)
class Noise:
    """The noise of a drop.

    Attributes:
        error: standard error of the drop.
        freedom: degrees of freedom that the error was estimated with.
        spread: standard deviation of the difference of one seed's two runs.
    """

    error: float
    freedom: int
    spread: float


@dataclass(frozen=True)
class Drop:
    """The fall of a cell: positive is worse.

    Attributes:
        mean: of baseline - now over the common seeds.
        low, high: ends of the one-sided intervals of level 1 - FALSE_ALARMS to either side; infinite where no spread
            is known.
        n: common seeds.
        rule: `paired` t-test, the baseline's `prediction` interval, or `none` where neither is possible.
        noise: what the interval was made from; None where no spread is known.
    """

    mean: float
    low: float
    high: float
    n: int
    rule: Literal["paired", "prediction", "none"]
    noise: Noise | None


def measure_drop(before: Mapping[int, float], now: Mapping[int, float], rows: int) -> Drop:
    """The drop from baseline to now.

    Args:
        before: accuracy by seed of the baseline.
        now: the same of the current runs; at least one seed must be common.
        rows: size of the test set, 0 if unknown. An accuracy is a multiple of 1 / rows, so no spread is taken to be
            smaller than what that rounding alone makes: equal differences are no proof of a difference without noise.

    Raises:
        ValueError: no common seed.
    """
    seeds = sorted(before.keys() & now.keys())
    if not seeds:
        raise ValueError("no common seed")
    differences = [before[seed] - now[seed] for seed in seeds]
    n, mean = len(seeds), mean_interval(differences).mean
    if n >= PAIRED_FROM:
        spread = max(_std(differences), sqrt(2) * grain(rows))
        noise = Noise(spread / sqrt(n), n - 1, spread)
        half = _critical(noise.freedom) * noise.error
        return Drop(mean, mean - half, mean + half, n, "paired", noise)
    expected = baseline_noise(before, n, rows)
    if expected is None:
        return Drop(mean, -inf, inf, n, "none", None)
    half = _critical(expected.freedom) * expected.error
    centre = mean_interval(list(before.values())).mean - mean_interval([now[seed] for seed in seeds]).mean
    return Drop(mean, centre - half, centre + half, n, "prediction", expected)


def baseline_noise(before: Mapping[int, float], n: int, rows: int) -> Noise | None:
    """The noise to expect of n runs from the spread of the baseline alone, as if a seed's runs had nothing in common.

    Returns:
        Of the mean of new runs against the baseline's for one or two of them, of paired differences from three on;
        None for a baseline of one seed.
    """
    if len(before) < 2:
        return None
    spread = max(_std(list(before.values())), grain(rows))
    if n >= PAIRED_FROM:
        return Noise(spread * sqrt(2 / n), n - 1, spread * sqrt(2))
    return Noise(spread * sqrt(1 / len(before) + 1 / n), len(before) - 1, spread * sqrt(2))


def power(drop: float, noise: Noise, max_drop: float = 0.0) -> float:
    """The probability that a true drop is called a regression: its mean above `max_drop`, its interval above 0.

    The mean is normal around `drop`, its standard deviation is the error that the interval estimates. Given that
    estimate, both conditions are one threshold for the mean; the result is the average over the estimates.
    """
    thresholds = np.maximum(max_drop, _critical(noise.freedom) * noise.error * _estimates(noise.freedom))
    return float(np.mean(ndtr((drop - thresholds) / noise.error)))


def detectable(noise: Noise, max_drop: float) -> float | None:
    """The smallest true drop that is called a regression with probability `POWER`; None if no drop up to 1 is."""
    low, high = 0.0, 1.0
    if power(high, noise, max_drop) < POWER:
        return None
    while high - low > 1e-5:
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle, noise, max_drop) >= POWER else (middle, high)
    return high


def seeds_to_see(spread: float, drop: float = 0.01) -> int | None:
    """The number of seeds that the paired test needs to tell a true drop from 0 with probability `POWER`.

    `--max-drop` is not part of it: of true drops as large as that, half are tolerated however many seeds there are.

    Args:
        spread: standard deviation of the difference of one seed's two runs.
        drop: the true drop, by default one point.

    Returns:
        At least three; None if `MOST_SEEDS` are not enough.
    """

    def enough(n: int) -> bool:
        return power(drop, Noise(max(spread, ROUNDING) / sqrt(n), n - 1, spread)) >= POWER

    low, high = PAIRED_FROM - 1, PAIRED_FROM
    while not enough(high):
        if high >= MOST_SEEDS:
            return None
        low, high = high, min(2 * high, MOST_SEEDS)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _std(values: Sequence[float]) -> float:
    return mean_interval(values).std or 0.0


@cache
def _critical(freedom: int) -> float:
    return float(stdtrit(freedom, 1 - FALSE_ALARMS))


@cache
def _estimates(freedom: int) -> NDArray[np.float64]:
    """Equally likely values of estimated / true standard error: chi / sqrt(freedom)."""
    shares = (np.arange(1000) + 0.5) / 1000
    ratios: NDArray[np.float64] = np.sqrt(chdtri(freedom, shares) / freedom)
    return ratios

"""Statistics of accuracies over seeds. Accuracies are fractions; `seed -> accuracy` mappings pair runs.

What they assume and what they say:

- Intervals are Student's t, two-sided, 95 %: they assume that accuracies of different seeds are independent and about
  normal. They cover the noise of training alone, on these data and this split.
- `test_set_error` is the noise of the test set, binomial. It stands beside the intervals and is in none of them: two
  methods are measured on the same test examples, so their difference is less noisy than each of them.
- Tests are two-sided paired t-tests over common seeds; they assume that the differences are about normal.
- An accuracy is a count of test examples, so no spread is taken to be smaller than what that rounding makes (`grain`),
  except for a method whose predictions no seed changes: equal numbers alone are no proof that there is no noise.
- Where tests are corrected, their p-values are Holm's (Holm 1979, Scand. J. Stat. 6, 65-70): the chance of even one
  false difference among them is at most 5 %, whatever their dependence.
- A tie, and "not distinguishable from source only", say what the interval of that difference says by itself.
- Collapsed runs count with the accuracy they have. Failed runs have none: the cell says how many it lacks.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, hypot, inf, sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit  # Student's t; scipy.stats has the same and takes half a second to import

Method = TypeVar("Method", bound=Hashable)
Floats = NDArray[np.float64]

# Accuracies are counts divided by counts: a spread below this is rounding, not noise.
ROUNDING = 1e-12
ALPHA = 0.05  # of every test


@dataclass(frozen=True)
class Sample:
    """The accuracies of one method on one pair.

    Attributes:
        by_seed: seed -> accuracy.
        floor: the least standard deviation over seeds that one of them is taken to have: `grain` of the test set, or 0
            for a method whose predictions no seed changes.
    """

    by_seed: Mapping[int, float]
    floor: float

    @property
    def mean(self) -> float:
        """The mean over all seeds."""
        return mean_of(list(self.by_seed.values()))


@dataclass(frozen=True)
class Interval:
    """A mean with its spread.

    Attributes:
        mean: of the values.
        std: standard deviation (n - 1), None for one value.
        low, high: ends of the confidence interval of the mean, None for one value.
        n: how many values.
        spread: the standard deviation that the interval was made from: `std`, or the floor where that is larger.
    """

    mean: float
    std: float | None
    low: float | None
    high: float | None
    n: int
    spread: float | None = None

    @property
    def includes_zero(self) -> bool:
        """Whether there is an interval, and 0 lies in it."""
        return self.low is not None and self.high is not None and self.low <= 0 <= self.high


@dataclass(frozen=True)
class Against:
    """A method beside the best one.

    Attributes:
        p: p-value of the paired difference, adjusted for all pairs of methods; 1 for the best itself.
        behind: method - best, with its 95 % interval by itself.
        tied: the two have the same mean, or the interval includes 0.
    """

    p: float
    behind: Interval | None
    tied: bool


def grain(rows: int) -> float:
    """The standard deviation that rounding to a multiple of 1 / rows makes; next to nothing for 0 (unknown) rows."""
    return max(1 / rows if rows else 0.0, ROUNDING) / sqrt(12)


def mean_interval(
    values: Sequence[float], level: float = 0.95, *, floor: float = 0.0, within: tuple[float, float] = (-inf, inf)
) -> Interval:
    """Mean, standard deviation and Student's t interval.

    Args:
        values: of a sample.
        level: of the interval.
        floor: the least standard deviation to make the interval from.
        within: least and largest value that the mean can have: the interval ends there.

    Raises:
        ValueError: no values.
    """
    if not values:
        raise ValueError("the mean of no values")
    n, mean = len(values), mean_of(values)
    if n == 1:
        return Interval(mean, None, None, None, 1)
    std = sqrt(covariance(values, values))
    spread = max(std, floor)
    half = quantile(level, n) * spread / sqrt(n)
    return Interval(mean, std, max(mean - half, within[0]), min(mean + half, within[1]), n, spread)


def paired_gain(a: Sample, b: Sample, level: float = 0.95) -> Interval | None:
    """The mean of a - b over the seeds that both have, with its spread and interval; None without a common seed."""
    seeds = sorted(a.by_seed.keys() & b.by_seed.keys())
    differences = [a.by_seed[seed] - b.by_seed[seed] for seed in seeds]
    return mean_interval(differences, level, floor=least_noise(a, b), within=(-1.0, 1.0)) if differences else None


def paired_p(a: Sample, b: Sample) -> float | None:
    """The p-value of the two-sided paired t-test over the seeds that both have; None for fewer than two.

    The standard deviation of the differences is at least that of the rounding of both accuracies. Where seeds change
    the predictions of neither method there is no noise: p is 1 if the difference is 0, else 0.
    """
    seeds = sorted(a.by_seed.keys() & b.by_seed.keys())
    if len(seeds) < 2:
        return None
    both = np.array([[a.by_seed[seed] for seed in seeds], [b.by_seed[seed] for seed in seeds]])
    return float(_paired_p(both[:1] - both[1:], np.array([least_noise(a, b)]))[0])


def least_noise(a: Sample, b: Sample) -> float:
    """The least standard deviation of the difference of two accuracies: the noise of both."""
    return hypot(a.floor, b.floor)


def _paired_p(differences: Floats, floors: Floats) -> Floats:
    """`paired_p` of many tests at once, (tests, seeds), NaN where a seed is missing; NaN for fewer than two."""
    there = ~np.isnan(differences)
    n = there.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):  # tests without noise or seeds, which are answered below
        mean = np.where(there, differences, 0).sum(axis=1) / n
        squares = np.where(there, (differences - mean[:, None]) ** 2, 0).sum(axis=1)
        spread = np.maximum(np.sqrt(squares / (n - 1)), floors)
        p = 2 * stdtr(n - 1, -np.abs(mean) / (spread / np.sqrt(n)))
        p[spread <= ROUNDING] = 0.0
        p[np.abs(mean) <= ROUNDING] = 1.0
    return np.where(n < 2, np.nan, p)


# By hand: scipy adjusts for false discoveries only, and statsmodels has no levels of the intervals beside the tests.
def holm(p_values: Mapping[Method, float]) -> dict[Method, float]:
    """Holm's adjusted p-values: reject where they are below alpha, and the family-wise error is at most alpha."""
    return dict(zip(p_values, _holm(np.array(list(p_values.values()))).tolist(), strict=True))


def _holm(p_values: Floats) -> Floats:
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.maximum.accumulate(np.minimum(1.0, factors * p_values[order]))
    return adjusted


def holm_levels(p_values: Mapping[Method, float]) -> dict[Method, float]:
    """The level of an interval beside each of Holm's tests: it excludes 0 exactly where the test rejects.

    With m p-values the i-th smallest is compared with alpha / (m - i + 1) as long as all before it were rejected. An
    interval of level 1 - alpha / (m - i + 1) says the same. From the first test that is not rejected on, its level
    holds: every later p-value is at least as large.
    """
    levels: dict[Method, float] = {}
    kept = 0  # tests left when the first was not rejected
    for place, name in enumerate(sorted(p_values, key=p_values.__getitem__)):
        left = kept or len(p_values) - place
        if p_values[name] >= ALPHA / left:
            kept = left
        levels[name] = 1 - ALPHA / left
    return levels


def against_best(methods: Mapping[Method, Sample]) -> dict[Method, Against | None]:
    """Each method beside the one with the highest mean: adjusted p-value and interval of the paired difference.

    The best is picked from the same numbers that it is then tested on. To count only the tests against it would call
    differences too easily, so p-values are corrected for all pairs of methods: with ten methods that are all the same
    and five seeds, one at least is called different from the best in 56 % of simulated tables without a correction, in
    10 % with Holm's over the tests against the best, and in 2 % with Holm's over all pairs
    (`tests/stats/test_seeds.py` repeats this).

    Args:
        methods: none may be empty.

    Returns:
        None for a method that shares fewer than two seeds with the best, unless its mean is the same.
    """
    if not methods:
        return {}
    means = {method: sample.mean for method, sample in methods.items()}
    best = max(means, key=means.__getitem__)
    names = list(methods)
    seeds = sorted({seed for sample in methods.values() for seed in sample.by_seed})
    table = np.array([[methods[name].by_seed.get(seed, np.nan) for seed in seeds] for name in names])
    floors = np.array([methods[name].floor for name in names])
    first, second = np.triu_indices(len(names), 1)
    p_values = _paired_p(table[first] - table[second], np.hypot(floors[first], floors[second]))
    tests = {
        (names[one], names[other]): p
        for one, other, p in zip(first.tolist(), second.tolist(), p_values.tolist(), strict=True)
        if p == p  # NaN: no test
    }
    adjusted = holm(tests)
    found: dict[Method, Against | None] = {}
    for name in names:
        test = (best, name) if (best, name) in tests else (name, best)
        same = equal(means[name], means[best])
        p = 1.0 if same else adjusted.get(test)
        behind = paired_gain(methods[name], methods[best])
        found[name] = None if p is None else Against(p, behind, same or (behind is not None and behind.includes_zero))
    return found


def equal(a: float, b: float) -> bool:
    """Whether two accuracies are the same but for the rounding of floating-point numbers."""
    return abs(a - b) <= ROUNDING


def test_set_error(accuracy: float, rows: int) -> float:
    """Binomial standard error of an accuracy measured on so many test examples, as a fraction. Of no other metric.

    Raises:
        ValueError: no rows.
    """
    if rows < 1:
        raise ValueError(f"a test set of {rows} rows")
    return sqrt(accuracy * (1 - accuracy) / rows)


def mean_of(values: Sequence[float]) -> float:
    """The mean; of equal values exactly that value."""
    return values[0] if min(values) == max(values) else fsum(values) / len(values)


def covariance(a: Sequence[float], b: Sequence[float]) -> float:
    """Sample covariance (n - 1)."""
    mean_a, mean_b = mean_of(a), mean_of(b)
    return fsum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True)) / (len(a) - 1)


def quantile(level: float, n: int) -> float:
    """Student's t for a two-sided interval from n values."""
    return float(stdtrit(n - 1, (1 + level) / 2))

"""Statistics of accuracies over seeds. Accuracies are fractions; `seed -> accuracy` mappings pair runs.

What they assume and what they say:

- Intervals are Student's t, two-sided, 95 %: they assume that accuracies of different seeds are independent and about
  normal. They cover the noise of training alone, on these data and this split.
- `test_set_error` is the noise of the test set, binomial. It stands beside the intervals and is in none of them: two
  methods are measured on the same test examples, so their difference is less noisy than each of them.
- Tests are two-sided paired t-tests over common seeds; they assume that the differences are about normal.
- Wherever several tests are read together their p-values are Holm's (Holm 1979, Scand. J. Stat. 6, 65-70): the chance
  of even one false difference among them is at most 5 %, whatever their dependence.
- Collapsed runs count with the accuracy they have. Failed runs have none: the cell says how many it lacks.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit  # Student's t; scipy.stats has the same and takes half a second to import

Method = TypeVar("Method", bound=Hashable)
Accuracies = NDArray[np.float64]

# Accuracies are counts divided by counts: a spread below this is rounding, not noise.
ROUNDING = 1e-12
ALPHA = 0.05  # of every test


@dataclass(frozen=True)
class Interval:
    """A mean with its spread.

    Attributes:
        mean: of the values.
        std: standard deviation (n - 1), None for one value.
        low, high: ends of the confidence interval of the mean, None for one value.
        n: how many values.
    """

    mean: float
    std: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Gap:
    """Which share of the gap between the bounds a method covers.

    Attributes:
        value: 0 as good as source_only, 1 as good as target_only; None where it has no meaning.
        low, high: ends of its confidence interval; None with the value, and for a single seed.
        n: seeds that all three have.
        why: why there is no value; empty where there is one.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    why: str = ""


def mean_interval(values: Sequence[float], level: float = 0.95) -> Interval:
    """Mean, standard deviation and Student's t interval.

    Raises:
        ValueError: no values.
    """
    if not values:
        raise ValueError("the mean of no values")
    n, mean = len(values), mean_of(values)
    if n == 1:
        return Interval(mean, None, None, None, 1)
    std = sqrt(_covariance(values, values))
    half = _quantile(level, n) * std / sqrt(n)
    return Interval(mean, std, mean - half, mean + half, n)


def gap_covered(
    method: Mapping[int, float],
    source_only: Mapping[int, float],
    target_only: Mapping[int, float],
    level: float = 0.95,
) -> Gap:
    """(method - source_only) / (target_only - source_only), each a mean over the seeds that all three have.

    The interval is Fieller's (Fieller 1954, J. R. Stat. Soc. B 16, 175-185) for the ratio of two paired means A and B:
    all r with (A - r B)^2 <= t^2 (v_aa - 2 r v_ab + r^2 v_bb), v the covariances of the means. It is bounded only where
    the gap B itself differs from 0; elsewhere, and where the gap is not positive, the answer is "gap too small".

    Args:
        method: accuracy by seed.
        source_only: the same of the lower bound.
        target_only: the same of the upper bound.
        level: of the interval.
    """
    if not source_only or not target_only:
        return Gap(None, None, None, 0, "no bounds")
    seeds = sorted(method.keys() & source_only.keys() & target_only.keys())
    n = len(seeds)
    if not seeds:
        return Gap(None, None, None, 0, "no common seeds")
    gains = [method[seed] - source_only[seed] for seed in seeds]
    gaps = [target_only[seed] - source_only[seed] for seed in seeds]
    gain, gap = mean_of(gains), mean_of(gaps)
    if gap <= ROUNDING:
        return Gap(None, None, None, n, "gap too small")
    value = gain / gap
    if n == 1:
        return Gap(value, None, None, n)
    if _constant(gains) and _constant(gaps):
        return Gap(value, value, value, n)
    factor = _quantile(level, n) ** 2 / n
    a = gap**2 - factor * _covariance(gaps, gaps)
    if a <= 0:  # the interval of the gap includes 0: the ratio could be anything
        return Gap(None, None, None, n, "gap too small")
    b = gain * gap - factor * _covariance(gains, gaps)
    c = gain**2 - factor * _covariance(gains, gains)
    root = sqrt(max(b * b - a * c, 0.0))  # never negative but for rounding: the ratio of the means is always a solution
    return Gap(value, (b - root) / a, (b + root) / a, n)


def paired_gain(a: Mapping[int, float], b: Mapping[int, float], level: float = 0.95) -> Interval | None:
    """The mean of a - b over the seeds that both have, with its spread and interval; None without a common seed."""
    differences = [a[seed] - b[seed] for seed in sorted(a.keys() & b.keys())]
    return mean_interval(differences, level) if differences else None


def paired_p(a: Mapping[int, float], b: Mapping[int, float]) -> float | None:
    """The p-value of the two-sided paired t-test over the seeds that both have; None for fewer than two.

    Differences that are all the same have no spread to test with. Where seeds change nothing in either method, there is
    no noise: p is 1 if the difference is 0, else 0. Where they do, equal differences are a coincidence of coarse
    numbers (an accuracy is a count of test examples), and the sign test speaks: p is 2 / 2^n.
    """
    seeds = sorted(a.keys() & b.keys())
    if len(seeds) < 2:
        return None
    both = np.array([[a[seed] for seed in seeds], [b[seed] for seed in seeds]])
    return float(_paired_p(both[:1], both[1:])[0])


def _paired_p(a: Accuracies, b: Accuracies) -> Accuracies:
    """`paired_p` of many pairs at once, (tests, seeds), NaN where a seed is missing; NaN for fewer than two."""
    differences = a - b
    there = ~np.isnan(differences)
    n = there.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):  # tests without noise or seeds, which are answered below
        mean = np.where(there, differences, 0).sum(axis=1) / n
        squares = np.where(there, (differences - mean[:, None]) ** 2, 0).sum(axis=1)
        p = 2 * stdtr(n - 1, -np.abs(mean) / np.sqrt(squares / (n - 1) / n))
    constant = _span(differences, there) <= ROUNDING
    still = _span(a, there) <= ROUNDING  # and so is b, where the differences are
    p[constant] = np.where(still, 0.0, 2.0 ** (1.0 - n))[constant]
    p[constant & (np.abs(mean) <= ROUNDING)] = 1.0
    return np.where(n < 2, np.nan, p)


def _span(values: Accuracies, there: NDArray[np.bool_]) -> Accuracies:
    """Largest minus smallest of each line."""
    span: Accuracies = np.where(there, values, -np.inf).max(axis=1) - np.where(there, values, np.inf).min(axis=1)
    return span


def holm(p_values: Mapping[Method, float]) -> dict[Method, float]:
    """Holm's adjusted p-values: reject where they are below alpha, and the family-wise error is at most alpha."""
    return dict(zip(p_values, _holm(np.array(list(p_values.values()))).tolist(), strict=True))


def _holm(p_values: Accuracies) -> Accuracies:
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.maximum.accumulate(np.minimum(1.0, factors * p_values[order]))
    return adjusted


def against_best(methods: Mapping[Method, Mapping[int, float]]) -> dict[Method, float | None]:
    """The adjusted p-value of each method's paired difference from the one with the highest mean; 1 for the best.

    The best is picked from the same numbers that it is then tested on. To count only the tests against it would call
    differences too easily, so the correction is over all pairs of methods: with ten methods that are all the same and
    five seeds, one at least is called different from the best in 56 % of simulated tables without a correction, in 10 %
    with Holm's over the tests against the best, and in 2 % with Holm's over all pairs
    (`tests/stats/test_seeds.py` repeats this).

    Args:
        methods: accuracy by seed of each method; none may be empty. None for one that shares fewer than two seeds with
            the best, unless its mean is the same.
    """
    if not methods:
        return {}
    means = {method: mean_of(list(values.values())) for method, values in methods.items()}
    best = max(means, key=means.__getitem__)
    names, seeds = list(methods), sorted({seed for values in methods.values() for seed in values})
    table = np.array([[methods[name].get(seed, np.nan) for seed in seeds] for name in names])
    first, second = np.triu_indices(len(names), 1)
    p_values = _paired_p(table[first], table[second])
    tested = ~np.isnan(p_values)
    adjusted = np.full_like(p_values, np.nan)
    adjusted[tested] = _holm(p_values[tested])
    at = names.index(best)
    against = {
        names[one + other - at]: p
        for one, other, p in zip(first.tolist(), second.tolist(), adjusted.tolist(), strict=True)
        if at in (one, other) and p == p  # NaN: no test
    }
    return {method: 1.0 if means[method] == means[best] else against.get(method) for method in methods}


def tied_with_best(methods: Mapping[Method, Mapping[int, float]], alpha: float = ALPHA) -> frozenset[Method]:
    """The methods with the highest mean, and those that `against_best` cannot tell from it (p >= alpha).

    A method that shares fewer than two seeds with the best is tied only if its mean is the same. A tie says that these
    seeds show no difference, not that there is none.
    """
    return frozenset(method for method, p in against_best(methods).items() if p is not None and p >= alpha)


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


def _covariance(a: Sequence[float], b: Sequence[float]) -> float:
    """Sample covariance (n - 1)."""
    mean_a, mean_b = mean_of(a), mean_of(b)
    return fsum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True)) / (len(a) - 1)


def _constant(values: Sequence[float]) -> bool:
    return max(values) - min(values) <= ROUNDING


def _quantile(level: float, n: int) -> float:
    """Student's t for a two-sided interval from n values."""
    return float(stdtrit(n - 1, (1 + level) / 2))

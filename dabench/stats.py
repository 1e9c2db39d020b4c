"""Statistics of accuracies over seeds. Accuracies are fractions; `seed -> accuracy` mappings pair runs.

Intervals over seeds cover the noise of training alone; `test_set_error` is the noise of the test set.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import TypeVar

from scipy.special import stdtr, stdtrit  # Student's t; scipy.stats has the same and takes half a second to import

Method = TypeVar("Method", bound=Hashable)

# Accuracies are counts divided by counts: a spread below this is rounding, not noise.
ROUNDING = 1e-12


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
    n, mean = len(values), _mean(values)
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
    gain, gap = _mean(gains), _mean(gaps)
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


def paired_p(a: Mapping[int, float], b: Mapping[int, float]) -> float | None:
    """The p-value of the two-sided paired t-test over the seeds that both have; None for fewer than two.

    Differences that are all the same leave no noise: p is 1 if they are 0, else 0.
    """
    seeds = sorted(a.keys() & b.keys())
    if len(seeds) < 2:
        return None
    differences = [a[seed] - b[seed] for seed in seeds]
    mean = _mean(differences)
    if _constant(differences):
        return 1.0 if abs(mean) <= ROUNDING else 0.0
    n = len(seeds)
    t = mean / sqrt(_covariance(differences, differences) / n)
    return float(2 * stdtr(n - 1, -abs(t)))


def tied_with_best(methods: Mapping[Method, Mapping[int, float]], alpha: float = 0.05) -> frozenset[Method]:
    """The methods with the highest mean, and those whose paired difference from it is not significant (p >= alpha).

    A method that shares fewer than two seeds with the best is tied only if its mean is the same.

    Args:
        methods: accuracy by seed of each method; none may be empty.
        alpha: level of the test; not corrected for the number of methods, so a tie is never called lightly.
    """
    if not methods:
        return frozenset()
    means = {method: _mean(list(values.values())) for method, values in methods.items()}
    best = max(means, key=means.__getitem__)
    tied = set()
    for method, values in methods.items():
        p = paired_p(values, methods[best])
        if means[method] == means[best] or (p is not None and p >= alpha):
            tied.add(method)
    return frozenset(tied)


def test_set_error(accuracy: float, rows: int) -> float:
    """Binomial standard error of an accuracy measured on so many test examples, as a fraction.

    Raises:
        ValueError: no rows.
    """
    if rows < 1:
        raise ValueError(f"a test set of {rows} rows")
    return sqrt(accuracy * (1 - accuracy) / rows)


def _mean(values: Sequence[float]) -> float:
    """The mean; of equal values exactly that value."""
    return values[0] if min(values) == max(values) else fsum(values) / len(values)


def _covariance(a: Sequence[float], b: Sequence[float]) -> float:
    """Sample covariance (n - 1)."""
    mean_a, mean_b = _mean(a), _mean(b)
    return fsum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True)) / (len(a) - 1)


def _constant(values: Sequence[float]) -> bool:
    return max(values) - min(values) <= ROUNDING


def _quantile(level: float, n: int) -> float:
    """Student's t for a two-sided interval from n values."""
    return float(stdtrit(n - 1, (1 + level) / 2))

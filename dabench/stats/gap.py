"""The share of the gap between the bounds that a method covers, with Fieller's interval.

`stats.seeds` says what the intervals assume.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from dabench.stats.seeds import ROUNDING, Sample, covariance, least_noise, mean_of, quantile

UNBOUNDED = "cannot bound it"  # how `Gap.why` ends where more seeds would give an interval


@dataclass(frozen=True)
class Gap:
    """The share of the gap between the bounds that a method covers.

    Attributes:
        value: 0 as good as source_only, 1 as good as target_only; None where it has no meaning.
        low, high: ends of its confidence interval; None with the value, for a single seed, and where target_only lacks
            seeds that the other two have.
        n: seeds that all three have.
        why: why there is no value; empty where there is one.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    why: str = ""


# By hand: scipy has no interval for a ratio of paired means, and none says why it is unbounded.
def gap_covered(method: Sample, source_only: Sample, target_only: Sample, level: float = 0.95) -> Gap:
    """(method - source_only) / (target_only - source_only), each a mean over the seeds that all three have.

    The interval is Fieller's (Fieller 1954, J. R. Stat. Soc. B 16, 175-185) for the ratio of two paired means A and B:
    all r with (A - r B)^2 <= t^2 (v_aa - 2 r v_ab + r^2 v_bb), v the covariances of the means. It includes 0 exactly
    where the interval of the gain A does. It is bounded only where the gap B itself differs from 0. Where it does not,
    the answer is "two seeds cannot bound it" if B is larger than its standard deviation over seeds, so that more seeds
    would do, and "gap too small" if noise dominates. A gap that is not positive is too small as well.

    Args:
        method: accuracies.
        source_only: those of the lower bound.
        target_only: those of the upper bound.
        level: of the interval.
    """
    own, lower, upper = method.by_seed, source_only.by_seed, target_only.by_seed
    if not lower or not upper:
        return Gap(None, None, None, 0, "no bounds")
    seeds = sorted(own.keys() & lower.keys() & upper.keys())
    n = len(seeds)
    if not seeds:
        return Gap(None, None, None, 0, "no common seeds")
    gains = [own[seed] - lower[seed] for seed in seeds]
    gaps = [upper[seed] - lower[seed] for seed in seeds]
    gain, gap = mean_of(gains), mean_of(gaps)
    if gap <= ROUNDING:
        return Gap(None, None, None, n, "gap too small")
    value = gain / gap
    if n == 1:
        return Gap(value, None, None, n)
    of_gain = max(covariance(gains, gains), least_noise(method, source_only) ** 2)
    of_gap = max(covariance(gaps, gaps), least_noise(target_only, source_only) ** 2)
    factor = quantile(level, n) ** 2 / n
    a = gap**2 - factor * of_gap
    if a <= 0:  # the interval of the gap includes 0: the ratio could be anything
        few = gap > sqrt(of_gap)
        return Gap(None, None, None, n, f"{in_words(n)} seeds {UNBOUNDED}" if few else "gap too small")
    if n < len(own.keys() & lower.keys()):  # the gain has other seeds, and its interval would say something else
        return Gap(value, None, None, n)
    if of_gain <= ROUNDING**2 and of_gap <= ROUNDING**2:
        return Gap(value, value, value, n)
    b = gain * gap - factor * covariance(gains, gaps)
    c = gain**2 - factor * of_gain
    root = sqrt(max(b * b - a * c, 0.0))  # never negative but for rounding: the ratio of the means is always a solution
    return Gap(value, (b - root) / a, (b + root) / a, n)


def in_words(n: int) -> str:
    """`two`, `three`, ... up to `six`; digits for other numbers."""
    return {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}.get(n, str(n))

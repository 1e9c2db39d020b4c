"""Ranks of methods over pairs: Friedman's test, and Nemenyi's critical difference (Demšar 2006, JMLR 7, 1-30).

Each pair is a block in which the methods are ranked by their mean accuracy. The tests take blocks as independent; pairs
that share a domain are not, so their p-values are too small, and a table of such pairs says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import factorial, prod, sqrt

import numpy as np
from scipy.special import fdtrc

# With fewer blocks the critical difference of a handful of methods exceeds the largest difference there can be.
LEAST_PAIRS = 6
DIGITS = 12  # of accuracies that are ranked: what differs by less is equal but for floating-point rounding


@dataclass(frozen=True)
class Ranking:
    """Mean ranks with their tests.

    Attributes:
        ranks: method -> mean rank over pairs, best (1) first.
        pairs: how many.
        p_value: of Friedman's test in the form of Iman & Davenport (1980), an F-test: are all methods the same?
        difference: Nemenyi's critical difference at alpha .05, two-sided, corrected for all pairs of methods: mean
            ranks closer than this are not told apart.
        groups: the longest runs of neighbours that are not told apart, as (first, last) position in `ranks`.
    """

    ranks: Mapping[str, float]
    pairs: int
    p_value: float
    difference: float
    groups: tuple[tuple[int, int], ...]


# By hand: scipy.stats.friedmanchisquare refuses two methods, is NaN where all tie, and is not the F-test.
def ranking(means: Mapping[str, Sequence[float]]) -> Ranking | None:
    """Rank methods over pairs.

    Args:
        means: method -> mean accuracy on each pair, all of the same length. Equal ones share the mean of their ranks.

    Returns:
        None for fewer than two methods or `LEAST_PAIRS` pairs.
    """
    names = list(means)
    pairs = len(means[names[0]]) if names else 0
    if len(names) < 2 or pairs < LEAST_PAIRS:
        return None
    from scipy.stats import rankdata, studentized_range  # half a second, for the few tables that have so many pairs

    values = np.array([means[name] for name in names]).round(DIGITS)
    within = rankdata(-values, axis=0)  # methods x pairs
    mean = within.mean(axis=1)
    order = sorted(range(len(names)), key=lambda place: (mean[place], names[place]))
    quantile = float(studentized_range.ppf(0.95, len(names), np.inf)) / sqrt(2)
    difference = quantile * sqrt(len(names) * (len(names) + 1) / (6 * pairs))
    ranks = {names[place]: float(mean[place]) for place in order}
    return Ranking(ranks, pairs, _friedman(within), difference, _groups(list(ranks.values()), difference))


def _friedman(within: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """The p-value of the Iman-Davenport F-test; the share of variance between methods, with ties as they are.

    Where every pair has the same order: the chance of that, if all orders are equally likely.
    """
    methods, pairs = within.shape
    between = pairs * float(((within.mean(axis=1) - within.mean()) ** 2).sum())
    total = float(((within - within.mean()) ** 2).sum())
    if total == 0:  # every pair ranks all methods the same: all accuracies are equal
        return 1.0
    left = total - between
    if left <= 1e-12 * total:  # every pair has the same order: F is infinite, and the exact test is the one to ask
        orders = factorial(methods) / prod(factorial(int((within[:, 0] == rank).sum())) for rank in set(within[:, 0]))
        return float(orders ** (1 - pairs))
    return float(fdtrc(methods - 1, (methods - 1) * (pairs - 1), (pairs - 1) * between / left))


def _groups(ranks: Sequence[float], difference: float) -> tuple[tuple[int, int], ...]:
    groups: list[tuple[int, int]] = []
    for first, rank in enumerate(ranks):
        last = max(place for place, other in enumerate(ranks) if other - rank < difference)
        if last > first and (not groups or last > groups[-1][1]):
            groups.append((first, last))
    return tuple(groups)

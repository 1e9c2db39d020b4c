"""Power of the paired t-test, against simulation and published tables."""

from __future__ import annotations

from math import ceil, inf, sqrt

import numpy as np
import pytest
import scipy.stats

from dabench.stats.power import MOST, difference_seen, power_of, seeds_needed, upper_std


@pytest.mark.parametrize(("effect", "n"), [(0.2, 199), (0.5, 34), (0.8, 15), (1.0, 10)])
def test_seeds_needed_are_those_of_published_tables(effect: float, n: int) -> None:
    """Paired t-test, two-sided, alpha .05, power .8: the figures of Cohen's effect sizes in G*Power."""
    assert seeds_needed(0.02 * effect, 0.02) == n
    assert power_of(0.02 * effect, 0.02, n) >= 0.8 > power_of(0.02 * effect, 0.02, n - 1)


def test_power_is_how_often_the_test_finds_the_difference() -> None:
    generator = np.random.default_rng(0)
    draws = generator.normal(0.03, 0.02, (4000, 5))
    found = (scipy.stats.ttest_1samp(draws, 0, axis=1).pvalue < 0.05).mean()
    assert power_of(0.03, 0.02, 5) == pytest.approx(found, abs=0.03)


def test_the_difference_seen_is_the_one_with_that_power() -> None:
    seen = difference_seen(0.02, 5)
    assert power_of(seen, 0.02, 5) == pytest.approx(0.8, abs=1e-3)
    assert seen > difference_seen(0.02, 10) > difference_seen(0.01, 10)


def test_no_noise_and_no_seeds_have_an_answer() -> None:
    assert (seeds_needed(0.01, 0.0), difference_seen(0.0, 5)) == (2, 0.0)
    assert (power_of(0.01, 0.02, 1), difference_seen(0.02, 1), upper_std(0.02, 1)) == (0.0, inf, inf)
    assert seeds_needed(0.01, 1e-7) == 2
    assert seeds_needed(0.0001, 0.5) is None
    assert seeds_needed(0.01, inf) is None
    most = seeds_needed(0.01, 0.3)
    assert most is not None
    assert most <= MOST


def test_the_upper_limit_of_a_spread_holds_as_often_as_it_says() -> None:
    spreads = np.random.default_rng(1).normal(0, 0.02, (4000, 5)).std(axis=1, ddof=1)
    assert np.mean([upper_std(float(std), 5) >= 0.02 for std in spreads]) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize("n", [2, 5, 30])
@pytest.mark.parametrize("effect", [0.1, 0.8, 3.0])
def test_power_agrees_with_statsmodels(effect: float, n: int) -> None:
    from statsmodels.stats.power import TTestPower

    assert power_of(0.02 * effect, 0.02, n) == pytest.approx(TTestPower().power(effect, n, 0.05))


@pytest.mark.parametrize("effect", [0.3, 0.9, 2.0])
def test_seeds_needed_agree_with_statsmodels(effect: float) -> None:
    from statsmodels.stats.power import TTestPower

    exact = TTestPower().solve_power(effect, power=0.9, alpha=0.05)
    assert seeds_needed(0.02 * effect, 0.02, power=0.9) == ceil(exact)


def test_large_differences_have_a_power() -> None:
    powers = [power_of(shift * 0.02 / sqrt(n), 0.02, n) for n in (2, 30, 1000) for shift in np.linspace(4, 60, 200)]
    assert all(0 <= power <= 1 for power in powers)
    assert seeds_needed(8 * 0.02 / sqrt(2), 0.02) == 3

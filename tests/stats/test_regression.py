"""The statistics of the verdict: against closed forms, and by simulation."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isinf, sqrt

import numpy as np
import pytest
import scipy.stats

from dabench.stats.regression import (
    FALSE_ALARMS,
    POWER,
    Drop,
    Noise,
    baseline_noise,
    detectable,
    measure_drop,
    power,
    seeds_to_see,
)


def by_seed(*values: float) -> dict[int, float]:
    return dict(enumerate(values))


def test_three_seeds_make_a_one_sided_paired_t_interval() -> None:
    before, now = [0.80, 0.83, 0.79, 0.85], [0.78, 0.79, 0.78, 0.80]
    drop = measure_drop(by_seed(*before), by_seed(*now), 1000)
    test = scipy.stats.ttest_rel(before, now, alternative="greater")
    assert (drop.rule, drop.n, drop.mean) == ("paired", 4, pytest.approx(0.03))
    assert drop.low == pytest.approx(test.confidence_interval(1 - FALSE_ALARMS).low)
    assert drop.high - drop.mean == pytest.approx(drop.mean - drop.low)
    assert (drop.low > 0) == (test.pvalue < FALSE_ALARMS)


def test_only_common_seeds_are_paired() -> None:
    drop = measure_drop({0: 0.8, 1: 0.7, 2: 0.9, 9: 0.1}, {2: 0.85, 1: 0.69, 0: 0.77, 5: 1.0}, 1000)
    assert (drop.n, drop.mean) == (3, pytest.approx(0.03))
    with pytest.raises(ValueError, match="no common seed"):
        measure_drop({0: 0.5}, {1: 0.5}, 100)


@pytest.mark.parametrize("seeds", [1, 2])
def test_fewer_seeds_are_held_against_the_prediction_interval(seeds: int) -> None:
    values = [0.80, 0.83, 0.79, 0.85, 0.84]
    drop = measure_drop(by_seed(*values), by_seed(*[0.75] * seeds), 1000)
    half = scipy.stats.t.ppf(1 - FALSE_ALARMS, 4) * np.std(values, ddof=1) * sqrt(1 / 5 + 1 / seeds)
    assert drop.rule == "prediction"
    assert drop.mean == pytest.approx(np.mean(values[:seeds]) - 0.75)
    assert drop.low == pytest.approx(np.mean(values) - 0.75 - half)
    assert drop.high == pytest.approx(np.mean(values) - 0.75 + half)


def test_one_seed_on_both_sides_has_no_interval() -> None:
    assert measure_drop({0: 0.8}, {0: 0.7}, 100) == Drop(pytest.approx(0.1), -inf, inf, 1, "none", None)


def test_differences_that_are_all_the_same_have_the_spread_of_rounding() -> None:
    drop = measure_drop(by_seed(0.8, 0.7, 0.6), by_seed(0.79, 0.69, 0.59), 100)
    assert drop.noise is not None
    assert drop.noise.spread == pytest.approx(0.01 / sqrt(6))
    assert drop.low < 0 < drop.mean  # one example of a hundred, three times, is no proof
    assert measure_drop(by_seed(0.8, 0.7, 0.6), by_seed(0.7, 0.6, 0.5), 100).low > 0
    exact = measure_drop(by_seed(0.5, 0.5, 0.5), by_seed(0.4, 0.4, 0.4), 0)
    assert (exact.low, exact.high) == (pytest.approx(0.1), pytest.approx(0.1))


def test_identical_numbers_have_no_drop() -> None:
    drop = measure_drop(by_seed(0.5, 0.6, 0.7), by_seed(0.5, 0.6, 0.7), 0)
    assert drop.mean == 0
    assert drop.low <= 0 <= drop.high


def test_power_without_tolerance_is_that_of_the_noncentral_t() -> None:
    for n, spread in ((3, 0.01), (5, 0.02), (12, 0.05)):
        expected = scipy.stats.nct.sf(scipy.stats.t.ppf(1 - FALSE_ALARMS, n - 1), n - 1, 0.03 * sqrt(n) / spread)
        assert power(0.03, Noise(spread / sqrt(n), n - 1, spread)) == pytest.approx(expected, abs=2e-3)


def simulated_drops(n: int, spread: float, drop: float, rows: int, max_drop: float, repeats: int = 20_000) -> float:
    """The share of cells that are called regressed: normal differences of runs, accuracies rounded to the test set."""
    generator = np.random.Generator(np.random.PCG64(n))
    runs = generator.normal(0.7, spread / sqrt(2), (2, repeats, n))
    runs[1] -= drop
    runs = np.round(runs * rows) / rows
    differences = runs[0] - runs[1]
    mean = differences.mean(1)
    error = np.maximum(differences.std(1, ddof=1), 1 / rows / sqrt(6)) / sqrt(n)
    found = (mean > max_drop) & (mean - scipy.stats.t.ppf(1 - FALSE_ALARMS, n - 1) * error > 0)
    for index in range(50):  # the same decision as the product makes
        product = measure_drop(by_seed(*runs[0, index]), by_seed(*runs[1, index]), rows)
        assert (product.mean > max_drop and product.low > 0) == found[index]
    return float(found.mean())


@pytest.mark.parametrize("n", [3, 5, 10])
@pytest.mark.parametrize("spread", [0.0001, 0.005, 0.03, 0.1])
def test_no_more_false_alarms_than_promised(n: int, spread: float) -> None:
    assert simulated_drops(n, spread, 0.0, 300, 0.0) < FALSE_ALARMS + 3 * sqrt(FALSE_ALARMS / 20_000)


@pytest.mark.parametrize(("n", "spread"), [(5, 0.01), (5, 0.03), (10, 0.02), (3, 0.005)])
def test_the_detectable_drop_is_detected_as_often_as_promised(n: int, spread: float) -> None:
    found = detectable(Noise(spread / sqrt(n), n - 1, spread), 0.01)
    assert found is not None
    assert simulated_drops(n, spread, found, 100_000, 0.01) == pytest.approx(POWER, abs=0.012)


def test_what_no_drop_could_show_is_unknown() -> None:
    assert detectable(Noise(0.3, 1, 0.3), 0.01) is None


@pytest.mark.parametrize("spread", [0.003, 0.01, 0.05])
def test_the_seeds_needed_are_the_fewest_that_suffice(spread: float) -> None:
    n = seeds_to_see(spread)
    assert n is not None

    def reached(seeds: int) -> float:
        return power(0.01, Noise(spread / sqrt(seeds), seeds - 1, spread))

    assert reached(n) >= POWER
    assert n == 3 or reached(n - 1) < POWER


def test_seeds_needed_at_the_ends() -> None:
    assert seeds_to_see(0.0) == 3
    assert seeds_to_see(1.0) is None


@pytest.mark.parametrize(("n", "freedom"), [(1, 4), (2, 4), (5, 4), (3, 2)])
def test_the_baseline_alone_says_what_to_expect(n: int, freedom: int) -> None:
    values: Mapping[int, float] = by_seed(0.80, 0.83, 0.79, 0.85, 0.84)
    std = np.std(list(values.values()), ddof=1)
    noise = baseline_noise(values, n, 1000)
    assert noise is not None
    assert (noise.freedom, noise.spread) == (freedom, pytest.approx(std * sqrt(2)))
    assert noise.error == pytest.approx(std * (sqrt(2 / n) if n >= 3 else sqrt(1 / 5 + 1 / n)))
    assert baseline_noise({0: 0.8}, n, 1000) is None


@pytest.mark.slow
def test_the_prediction_interval_holds_for_paired_and_unpaired_runs() -> None:
    generator = np.random.Generator(np.random.PCG64(1))
    for shared in (0.0, 0.8):
        alarms = 0
        for _ in range(4000):
            own = generator.normal(0, 1, (2, 5))
            common = generator.normal(0, 1, 5)
            before, now = 0.7 + 0.02 * (sqrt(shared) * common + sqrt(1 - shared) * own)
            drop = measure_drop(by_seed(*before), {0: now[0]}, 10_000)
            alarms += drop.low > 0
        assert alarms / 4000 < FALSE_ALARMS + 3 * sqrt(FALSE_ALARMS / 4000)


def test_infinite_ends_are_where_no_spread_is_known() -> None:
    drop = measure_drop({0: 0.8}, {0: 0.8, 1: 0.9}, 10)
    assert isinf(drop.low)
    assert isinf(drop.high)


@pytest.mark.slow
def test_the_prediction_interval_agrees_with_statsmodels() -> None:
    from statsmodels.api import OLS

    values = [0.80, 0.83, 0.79, 0.85, 0.84]
    predicted = OLS(values, np.ones(5)).fit().get_prediction([1.0])
    low, high = predicted.conf_int(obs=True, alpha=2 * FALSE_ALARMS)[0]
    drop = measure_drop(by_seed(*values), by_seed(0.75), 1000)
    assert (drop.low, drop.high) == (pytest.approx(low - 0.75), pytest.approx(high - 0.75))

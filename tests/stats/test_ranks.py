"""Ranks over pairs, against scipy and printed tables."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from dabench.stats.ranks import LEAST_PAIRS, ranking

THREE = {
    "good": [0.9, 0.8, 0.7, 0.9, 0.8, 0.75, 0.9],
    "fair": [0.8, 0.7, 0.71, 0.8, 0.7, 0.7, 0.8],
    "poor": [0.3, 0.4, 0.5, 0.3, 0.4, 0.5, 0.3],
}


def test_friedman_is_the_f_test_of_iman_and_davenport() -> None:
    found = ranking(THREE)
    assert found is not None
    chi, _ = scipy.stats.friedmanchisquare(*THREE.values())
    pairs, methods = 7, 3
    f = (pairs - 1) * chi / (pairs * (methods - 1) - chi)  # Demšar 2006, section 3.2.2
    assert found.p_value == pytest.approx(scipy.stats.f.sf(f, methods - 1, (methods - 1) * (pairs - 1)))
    assert found.ranks == {"good": pytest.approx(8 / 7), "fair": pytest.approx(13 / 7), "poor": 3.0}
    assert list(found.ranks) == ["good", "fair", "poor"]


@pytest.mark.parametrize(("methods", "q"), [(2, 1.960), (3, 2.343), (5, 2.728), (10, 3.164)])
def test_the_critical_difference_has_the_printed_quantiles(methods: int, q: float) -> None:
    """Demšar 2006, Table 5(a): q at alpha .05."""
    means = {f"m{number}": list(np.random.default_rng(number).random(14)) for number in range(methods)}
    found = ranking(means)
    assert found is not None
    assert found.difference == pytest.approx(q * np.sqrt(methods * (methods + 1) / (6 * 14)), abs=2e-3)


def test_neighbours_within_the_critical_difference_stand_together() -> None:
    found = ranking(THREE)
    assert found is not None
    assert found.difference == pytest.approx(1.2525, abs=1e-3)  # 2.343 * sqrt(12 / 42)
    assert found.groups == ((0, 1), (1, 2))
    apart = ranking({"a": [0.9] * 12, "b": [0.8] * 12, "c": [0.7] * 12})
    assert apart is not None
    assert apart.difference == pytest.approx(0.957, abs=1e-3)
    assert apart.groups == (), "ranks 1, 2 and 3 are further apart than that"


def test_methods_that_are_all_the_same_and_all_in_one_order_have_an_answer() -> None:
    same = ranking({"a": [0.5] * 6, "b": [0.5] * 6})
    assert same is not None
    assert (same.p_value, same.ranks, same.groups) == (1.0, {"a": 1.5, "b": 1.5}, ((0, 1),))
    order = ranking({"a": [0.6] * 6, "b": [0.5] * 6})
    assert order is not None
    assert (order.p_value, order.groups) == (2 / 2**6, ((0, 1),) if order.difference > 1 else ())


def test_too_few_pairs_or_methods_give_no_ranking() -> None:
    assert ranking({}) is None
    assert ranking({"a": [0.5] * 12}) is None
    assert ranking({"a": [0.5] * (LEAST_PAIRS - 1), "b": [0.6] * (LEAST_PAIRS - 1)}) is None
    assert ranking({"a": [0.5] * LEAST_PAIRS, "b": [0.6] * LEAST_PAIRS}) is not None


@pytest.mark.parametrize("methods", [2, 5, 10])
def test_the_critical_difference_agrees_with_statsmodels(methods: int) -> None:
    from statsmodels.stats.libqsturng import qsturng

    found = ranking({f"m{number}": list(np.random.default_rng(number).random(14)) for number in range(methods)})
    assert found is not None
    quantile = qsturng(0.95, methods, np.inf) / np.sqrt(2)
    assert found.difference == pytest.approx(quantile * np.sqrt(methods * (methods + 1) / (6 * 14)), rel=1e-3)

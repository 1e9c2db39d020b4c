"""Statistics against known values and by simulation."""

from __future__ import annotations

import warnings
from math import fsum, sqrt

import numpy as np
import pytest
import scipy.stats

from dabench.stats import seeds as stats
from dabench.stats.gap import gap_covered
from dabench.stats.seeds import Sample, against_best, grain, holm, holm_levels, mean_interval, paired_gain, paired_p


def by_seed(*values: float, rows: int = 0) -> Sample:
    """Accuracies of seed 0, 1, ... on a test set of so many rows; 0 for a method whose predictions no seed changes."""
    return some(dict(enumerate(values)), rows)


def some(values: dict[int, float], rows: int = 0) -> Sample:
    return Sample(values, grain(rows) if rows else 0.0)


def not_rejected(methods: dict[str, Sample]) -> set[str]:
    """The methods that the corrected test cannot tell from the best."""
    return {name for name, against in against_best(methods).items() if against is not None and against.p >= 0.05}


def test_mean_interval_agrees_with_scipy() -> None:
    values = [0.81, 0.84, 0.79, 0.88, 0.83]
    found = mean_interval(values)
    low, high = scipy.stats.t.interval(0.95, 4, loc=np.mean(values), scale=scipy.stats.sem(values))
    assert (found.mean, found.std, found.n) == (pytest.approx(0.83), pytest.approx(np.std(values, ddof=1)), 5)
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_mean_of_one_value_has_no_interval() -> None:
    found = mean_interval([0.7])
    assert (found.mean, found.std, found.low, found.high, found.n) == (0.7, None, None, None, 1)


def test_mean_of_equal_values_is_exact() -> None:
    found = mean_interval([0.1] * 7)
    assert (found.mean, found.std, found.low, found.high) == (0.1, 0.0, 0.1, 0.1)


def test_mean_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        mean_interval([])


@pytest.mark.parametrize(
    ("source", "method", "target", "percent"),
    [
        # ICML version (PROTOCOLS.md section 1.4): SA and DANN, four pairs each, as printed but for rounding.
        (0.5749, 0.6078, 0.9891, 7.94),
        (0.5749, 0.8149, 0.9891, 57.94),
        (0.8665, 0.9048, 0.9244, 66.15),
        (0.5919, 0.7107, 0.9951, 29.46),
        (0.7400, 0.8866, 0.9987, 56.67),
        # JMLR version.
        (0.8674, 0.8644, 0.9220, -5.49),
        (0.8674, 0.9109, 0.9220, 79.67),
        (0.5490, 0.7385, 0.9942, 42.57),
        (0.7900, 0.8865, 0.9980, 46.39),
    ],
)
def test_gap_covered_of_the_ganin_lempitsky_table(source: float, method: float, target: float, percent: float) -> None:
    gap = gap_covered(by_seed(method), by_seed(source), by_seed(target))
    assert gap.value == pytest.approx(percent / 100, abs=5e-5)
    assert (gap.low, gap.high, gap.n, gap.why) == (None, None, 1, "")


def test_printed_percentage_of_the_jmlr_table_does_not_follow_from_its_accuracies() -> None:
    gap = gap_covered(by_seed(0.7666), by_seed(0.5225), by_seed(0.9596))
    assert gap.value == pytest.approx(0.5585, abs=5e-5)
    assert gap.value != pytest.approx(0.529, abs=0.02), "52.9 % is printed"


def test_fieller_interval_solves_its_equation() -> None:
    source, method, target = (
        by_seed(0.5, 0.52, 0.47, 0.55),
        by_seed(0.7, 0.69, 0.72, 0.71),
        by_seed(0.9, 0.94, 0.9, 0.92),
    )
    gap = gap_covered(method, source, target)
    own, lower, upper = (np.array([*sample.by_seed.values()]) for sample in (method, source, target))
    gains, gaps = own - lower, upper - lower
    assert gap.value == pytest.approx(gains.mean() / gaps.mean())
    assert gap.low is not None
    assert gap.high is not None
    assert gap.low < gap.value < gap.high
    for end in (gap.low, gap.high):  # there the mean of gain - end * gap is just at the edge of a t-test
        assert scipy.stats.ttest_1samp(gains - end * gaps, 0).pvalue == pytest.approx(0.05)


def test_fieller_interval_covers_the_truth_as_often_as_it_says() -> None:
    generator = np.random.default_rng(0)
    hits, trials = 0, 1500
    for _ in range(trials):
        source = generator.normal(0.5, 0.02, 5)
        method = 0.5 * source + generator.normal(0.45, 0.02, 5)  # mean .70
        target = generator.normal(0.9, 0.02, 5)
        gap = gap_covered(by_seed(*method), by_seed(*source), by_seed(*target))
        assert gap.low is not None
        assert gap.high is not None
        hits += gap.low <= 0.5 <= gap.high
    assert abs(hits / trials - 0.95) < 0.02  # three and a half standard errors


def test_gap_pairs_by_seed() -> None:
    gap = gap_covered(some({1: 0.7, 2: 0.8, 9: 0.0}), some({2: 0.6, 1: 0.5, 8: 0.0}), some({1: 0.9, 2: 1.0, 7: 0.0}))
    assert (gap.value, gap.low, gap.high, gap.n) == (pytest.approx(0.5), gap.value, gap.value, 2)


@pytest.mark.parametrize(
    ("method", "source", "target", "why"),
    [
        (by_seed(0.7, 0.8), by_seed(), by_seed(0.9, 0.9), "no bounds"),
        (by_seed(0.7, 0.8), by_seed(0.5, 0.5), by_seed(), "no bounds"),
        (some({5: 0.7}), by_seed(0.5, 0.5), by_seed(0.9, 0.9), "no common seeds"),
        (by_seed(0.7), by_seed(0.5), by_seed(0.5), "gap too small"),
        (by_seed(0.7), by_seed(0.5), by_seed(0.4), "gap too small"),
        (by_seed(0.7, 0.8), by_seed(0.5, 0.6), by_seed(0.5, 0.6), "gap too small"),
        # The gaps are .02 and .12, then .02 and .10: mean .07 with standard deviation .071, and .06 with .057.
        (by_seed(0.7, 0.8), by_seed(0.5, 0.6), by_seed(0.52, 0.72), "gap too small"),
        (by_seed(0.7, 0.8), by_seed(0.5, 0.6), by_seed(0.52, 0.70), "two seeds cannot bound it"),
        (by_seed(0.7, 0.8, 0.6), by_seed(0.5, 0.6, 0.4), by_seed(0.6, 0.9, 0.5), "three seeds cannot bound it"),
        (by_seed(0.7, 0.8), by_seed(0.6, 0.7), by_seed(0.5, 0.6), "gap too small"),
    ],
)
def test_gap_without_meaning_says_why(method: Sample, source: Sample, target: Sample, why: str) -> None:
    gap = gap_covered(method, source, target)
    assert (gap.value, gap.low, gap.high, gap.why) == (None, None, None, why)


def test_gap_without_noise_has_an_interval_without_width() -> None:
    gap = gap_covered(by_seed(*[0.7] * 5), by_seed(*[0.6] * 5), by_seed(*[0.9] * 5))
    assert gap.value == pytest.approx(1 / 3)
    assert gap.low == gap.value == gap.high


def test_paired_gain_is_the_interval_of_the_differences() -> None:
    gain = paired_gain(some({0: 0.8, 1: 0.9, 5: 0.1}), some({1: 0.7, 0: 0.7, 6: 0.9}))
    assert gain == mean_interval([0.8 - 0.7, 0.9 - 0.7], within=(-1, 1))
    assert paired_gain(some({0: 0.8}), some({1: 0.7})) is None


def test_paired_p_agrees_with_scipy() -> None:
    a, b = [0.8, 0.82, 0.79, 0.85], [0.78, 0.83, 0.75, 0.8]
    assert paired_p(by_seed(*a), by_seed(*b)) == pytest.approx(scipy.stats.ttest_rel(a, b).pvalue)
    assert paired_p(by_seed(*b), by_seed(*a)) == paired_p(by_seed(*a), by_seed(*b))


def test_paired_p_of_degenerate_pairs() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert paired_p(by_seed(0.8), by_seed(0.7)) is None
        assert paired_p(some({0: 0.8, 1: 0.7}), some({2: 0.8, 3: 0.7})) is None
        assert paired_p(by_seed(0.8, 0.7), by_seed(0.8, 0.7)) == 1.0
        assert paired_p(by_seed(0.8, 0.7), by_seed(0.8, 0.7)) == 1.0
        assert paired_p(by_seed(*[0.1 + 0.2] * 3), by_seed(*[0.3] * 3)) == 1.0, "no difference but rounding"
        assert paired_p(by_seed(*[0.8] * 3), by_seed(*[0.5] * 3)) == 0.0, "no noise at all"
        assert paired_p(by_seed(*[0.8] * 3, rows=100), by_seed(*[0.8] * 3, rows=100)) == 1.0


@pytest.mark.parametrize("values", [(0.8, 0.8, 0.8), (0.8, 0.7, 0.9)])  # accuracies constant, or differences alone
def test_equal_differences_have_the_noise_of_rounding(values: tuple[float, ...]) -> None:
    a, b = by_seed(*values, rows=100), by_seed(*(value - 0.02 for value in values), rows=100)
    # A rounded accuracy is uniform within 1 / 100: standard deviation .01 / sqrt(12), sqrt(2) times that for two.
    error = sqrt(2) * 0.01 / sqrt(12) / sqrt(3)
    assert paired_p(a, b) == pytest.approx(2 * scipy.stats.t.sf(0.02 / error, 2))
    gain = paired_gain(a, b)
    assert gain is not None
    half = scipy.stats.t.ppf(0.975, 2) * error
    assert (gain.low, gain.high) == (pytest.approx(0.02 - half), pytest.approx(0.02 + half))
    assert (gain.std, gain.spread) == (pytest.approx(0, abs=1e-12), pytest.approx(sqrt(2) * 0.01 / sqrt(12)))


def test_nearly_equal_differences_have_it_too() -> None:
    a, b = by_seed(0.80, 0.81, 0.79, rows=100), by_seed(0.78, 0.79 - 1e-6, 0.77, rows=100)
    assert paired_p(a, b) == pytest.approx(
        paired_p(by_seed(*[0.8] * 3, rows=100), by_seed(*[0.78] * 3, rows=100)), rel=1e-3
    )


def test_one_side_without_noise_leaves_that_of_the_other() -> None:
    gain = paired_gain(by_seed(0.8, 0.8, rows=100), by_seed(0.7, 0.7))
    assert gain is not None
    assert gain.spread == pytest.approx(0.01 / sqrt(12))


def test_two_seeds_and_one_test_example_say_nothing() -> None:
    right, wrong = by_seed(1.0, 1.0, rows=1), by_seed(0.0, 0.0, rows=1)
    p, gain, gap = paired_p(right, wrong), paired_gain(right, wrong), gap_covered(right, wrong, right)
    assert p is not None
    assert p > 0.1
    assert gain is not None
    assert gain.includes_zero
    assert gap.value is None
    assert gap.why == "two seeds cannot bound it"
    assert not_rejected({"right": right, "wrong": wrong}) == {"right", "wrong"}


def test_intervals_stay_where_the_mean_can_be() -> None:
    found = mean_interval([0.9, 1.0], within=(0.0, 1.0))
    assert (found.low, found.high) == (pytest.approx(0.95 - 12.706 * 0.05, abs=1e-4), 1.0)
    gain = paired_gain(by_seed(1.0, 0.2), by_seed(0.0, 0.0))
    assert gain is not None
    assert (gain.low, gain.high) == (-1.0, 1.0)


@pytest.mark.parametrize("rows", [0, 100])
def test_fieller_and_the_gain_agree_on_0(rows: int) -> None:
    generator = np.random.default_rng(1)
    seen = set()
    for _ in range(500):
        source, method, target = (
            by_seed(*np.round(generator.normal(mean, 0.02, 3), 2), rows=rows) for mean in (0.5, 0.53, 0.9)
        )
        gain, gap = paired_gain(method, source), gap_covered(method, source, target)
        assert gain is not None
        assert gap.low is not None
        assert gap.high is not None
        if min(abs(end) for end in (gap.low, gap.high)) > 1e-9:
            assert (gap.low <= 0 <= gap.high) == gain.includes_zero
            seen.add(gain.includes_zero)
    assert seen == {True, False}


def test_a_share_has_no_interval_where_the_gain_has_other_seeds() -> None:
    source, method = by_seed(0.5, 0.51, 0.5), by_seed(0.7, 0.71, 0.72)
    gap = gap_covered(method, source, some({0: 0.9, 1: 0.91}))
    assert (gap.value, gap.low, gap.high, gap.n) == (pytest.approx(0.5), None, None, 2)


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 3, 6])
def test_intervals_of_holms_levels_exclude_0_where_holm_rejects(size: int) -> None:
    generator = np.random.default_rng(size)
    base = by_seed(*generator.normal(0.5, 0.02, 4))
    seen = set()
    for _ in range(200):
        methods = {name: by_seed(*generator.normal(0.5 + 0.02 * name, 0.02, 4)) for name in range(size)}
        tests = {name: paired_p(method, base) or 0.0 for name, method in methods.items()}
        levels = holm_levels(tests)
        for name, p in holm(tests).items():
            interval = paired_gain(methods[name], base, levels[name])
            assert interval is not None
            assert interval.includes_zero == (p >= 0.05)
            seen.add(interval.includes_zero)
    assert seen == {True, False}


def test_holm_agrees_with_its_definition() -> None:
    # Holm 1979: with p sorted, reject while p_i < alpha / (m - i + 1); worked by hand.
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}) == pytest.approx(
        {"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06}
    )
    assert holm({"a": 0.9, "b": 0.8}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_ties_are_those_whose_difference_from_the_best_includes_0() -> None:
    methods = {
        "best": by_seed(0.80, 0.84, 0.82, 0.86),
        "close": by_seed(0.81, 0.82, 0.83, 0.84),
        "behind by the same each time": by_seed(0.79, 0.831, 0.81, 0.85),
        "far": by_seed(0.5, 0.5, 0.5, 0.5),
    }
    found = against_best(methods)
    assert {name for name, against in found.items() if against and against.tied} == {"best", "close"}
    for against in found.values():
        assert against is not None
        assert against.behind is not None
        assert against.behind.includes_zero == against.tied


def test_the_more_methods_the_harder_is_a_difference_to_call() -> None:
    best, other = by_seed(0.80, 0.84, 0.82, 0.86), by_seed(0.78, 0.83, 0.79, 0.85)
    p = paired_p(best, other)
    assert p is not None
    assert 0.02 < p < 0.05
    assert not_rejected({"best": best, "other": other}) == {"best"}
    noisy = {f"noisy {number}": by_seed(0.1, 0.9, 0.1, 0.8) for number in range(3)}
    found = against_best({"best": best, "other": other} | noisy)["other"]
    assert found is not None
    assert found.p == pytest.approx(10 * p), "the smallest of the ten pairs of five methods"
    assert not found.tied, "what its interval says does not depend on other methods"


def test_missing_seeds_are_left_out_pair_by_pair() -> None:
    a, b, c = by_seed(0.8, 0.82, 0.79, 0.85), some({0: 0.7, 2: 0.71, 3: 0.72}), some({9: 0.5})
    found = against_best({"a": a, "b": b, "c": c})
    assert found["a"] is not None
    assert found["b"] is not None
    p = scipy.stats.ttest_rel([0.8, 0.79, 0.85], [0.7, 0.71, 0.72]).pvalue
    assert (found["a"].p, found["b"].p, found["c"]) == (1.0, pytest.approx(p), None)


@pytest.mark.slow
def test_equal_methods_are_called_different_less_often_than_one_time_in_twenty() -> None:
    """Ten equal methods, five seeds. The figures stand in the docstring of `against_best` and in
    docs/explanation/statistics.md.
    """
    generator = np.random.default_rng(0)
    uncorrected = naive = corrected = 0
    trials = 4000
    for _ in range(trials):
        methods = {str(name): by_seed(*generator.normal(0.7, 0.02, 5)) for name in range(10)}
        best = max(methods, key=lambda name: fsum(methods[name].by_seed.values()))
        p_values = {name: paired_p(methods[best], methods[name]) for name in methods if name != best}
        against = {name: p for name, p in p_values.items() if p is not None}
        uncorrected += min(against.values()) < 0.05
        naive += min(holm(against).values()) < 0.05
        corrected += len(not_rejected(methods)) < len(methods)
    assert uncorrected / trials == pytest.approx(0.56, abs=0.005)
    assert naive / trials == pytest.approx(0.10, abs=0.005)
    assert corrected / trials == pytest.approx(0.02, abs=0.005)


def test_a_single_seed_ties_nothing_but_equal_numbers() -> None:
    assert not_rejected({"a": by_seed(0.8), "b": by_seed(0.79), "c": by_seed(0.8)}) == {"a", "c"}
    assert not_rejected({"a": by_seed(0.8, 0.9), "b": some({7: 0.8})}) == {"a"}
    assert against_best({}) == {}


def test_test_set_error_is_binomial() -> None:
    assert stats.test_set_error(0.8, 100) == pytest.approx(sqrt(0.8 * 0.2 / 100))
    assert stats.test_set_error(1.0, 10) == 0.0
    with pytest.raises(ValueError, match="0 rows"):
        stats.test_set_error(0.8, 0)


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 2, 12])
def test_holm_agrees_with_statsmodels(size: int) -> None:
    from statsmodels.stats.multitest import multipletests

    p_values = np.random.default_rng(size).random(size) ** 3
    p_values[-1] = p_values[0]  # a tie
    adjusted = multipletests(p_values, method="holm")[1]
    assert list(holm(dict(enumerate(p_values))).values()) == pytest.approx(adjusted)


def test_intervals_agree_with_statsmodels() -> None:
    from statsmodels.stats.weightstats import DescrStatsW

    values = np.random.default_rng(0).random(7)
    found = mean_interval(values.tolist(), 0.9)
    assert (found.low, found.high) == pytest.approx(DescrStatsW(values).tconfint_mean(0.1))

"""Comparing selectors: numbers worked out by hand."""

from __future__ import annotations

import pytest

from dabench.errors import ResultsError
from dabench.plugin.registry import load_registry
from dabench.runs.record import Accuracy, Checkpoint, RunRecord, Selection
from dabench.selection.comparison import Comparison, Quality, compare_selectors
from dabench.specs.spec import SelectorSpec
from tests.support.factories import make_record

SPECS = load_registry().specs(SelectorSpec)


def record(accuracies: list[float], entropy: list[float], picked: int, **overrides: object) -> RunRecord:
    """A run whose selector `entropy` gave these scores and picked that checkpoint."""
    points = [
        Checkpoint(step=10 * (i + 1), losses={}, scores={"entropy": entropy[i]}, target_accuracy=accuracies[i])
        for i in range(len(accuracies))
    ]
    selections = {
        name: Selection(step=points[i].step, accuracy=accuracies[i])
        for name, i in (("entropy", picked), ("last_step", -1), ("oracle", accuracies.index(max(accuracies))))
    }
    accuracy = Accuracy(selected=accuracies[-1], last=accuracies[-1], oracle=max(accuracies))
    made = make_record(0.5, checkpoints=points, selections=selections, **overrides)
    return made.model_copy(update={"accuracy": accuracy})


def compared(*records: RunRecord) -> tuple[Comparison, dict[str, Quality]]:
    comparison = compare_selectors("mini", records, SPECS)
    return comparison, {quality.selector: quality for quality in comparison.qualities}


def test_losses_and_ranks_by_hand() -> None:
    comparison, found = compared(
        record([0.2, 0.6, 0.5], [1, 2, 3], 2, seed=0),
        record([0.9, 0.5, 0.4], [1, 2, 3], 2, seed=1),
        record([0.7], [5], 0, method="coral"),
    )
    assert (comparison.runs, comparison.single, comparison.left_out) == (2, 1, 0)
    entropy = found["entropy"]
    assert entropy.mean_loss == pytest.approx((0.1 + 0.5) / 2)
    assert (entropy.worst_loss, entropy.worst) == (pytest.approx(0.5), "digits:digits_m dann seed 1")
    assert entropy.by_method == {"dann": pytest.approx(0.3)}
    assert entropy.within_runs.spearman == pytest.approx((0.5 - 1) / 2)  # ranks 1 3 2, and 3 2 1
    assert entropy.within_runs.kendall == pytest.approx((1 / 3 - 1) / 2)
    assert entropy.within_runs.n == 2
    assert entropy.across_runs.n == 1
    assert found["last_step"].mean_loss == pytest.approx(0.3)
    assert found["last_step"].within_runs.spearman is None
    assert found["oracle"].mean_loss == 0
    assert [quality.selector for quality in comparison.qualities][-1] == "oracle"


def test_across_runs_sees_what_a_choice_of_options_needs() -> None:
    """Within each run the score is right, between the two it is wrong."""
    _, found = compared(
        record([0.1, 0.2, 0.3], [7, 8, 9], 2, seed=0),
        record([0.7, 0.8, 0.9], [1, 2, 3], 2, seed=1),
    )
    assert found["entropy"].within_runs.spearman == pytest.approx(1)
    assert found["entropy"].across_runs.spearman == pytest.approx(-0.543, abs=1e-3)  # 1 - 6 * 54 / 210


def test_only_runs_that_all_selectors_have_picked_from_count() -> None:
    whole = record([0.2, 0.6], [1, 2], 0, seed=0)
    lacking = record([0.2, 0.6], [1, 2], 0, seed=1)
    lacking = lacking.model_copy(update={"selections": {"last_step": lacking.selections["last_step"]}})
    comparison, found = compared(whole, lacking)
    assert (comparison.runs, comparison.left_out) == (1, 1)
    assert found["entropy"].mean_loss == pytest.approx(0.4)


def test_runs_that_see_target_labels_failed_or_are_outdated_do_not_count() -> None:
    comparison, _ = compared(
        record([0.2, 0.6], [1, 2], 1, minute=5),
        record([0.9, 0.1], [1, 2], 1, minute=1, plugin="b" * 64),
        record([0.9, 0.1], [1, 2], 1, method="target_only", sees_target_labels=True),
        make_record(None, method="deep_coral"),
    )
    assert (comparison.runs, comparison.left_out) == (1, 0)
    assert comparison.qualities[0].mean_loss == 0


def test_constant_scores_and_missing_ones_rank_nothing() -> None:
    _, found = compared(record([0.2, 0.6, 0.7], [1, 1, 1], 2, seed=0))
    assert found["entropy"].within_runs.spearman is None
    assert found["entropy"].within_runs.n == 0


def test_nothing_to_compare_is_an_error() -> None:
    with pytest.raises(ResultsError, match=r"no records of finished runs of 'mini'.*--outputs 5000"):
        compare_selectors("mini", [], SPECS)
    with pytest.raises(ResultsError, match=r"several checkpoints.*dabench rescore mini"):
        compare_selectors("mini", [record([0.7], [5], 0)], SPECS)

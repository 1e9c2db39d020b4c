"""Verdicts on cells: every one of them, and what they rest on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

from dabench.baseline.compare import CellVerdict, Report, compare
from dabench.baseline.formats import console
from dabench.baseline.formats.text import footnotes, heading, message
from dabench.baseline.update import updated
from dabench.results.csv_file import csv_text
from dabench.runs.record import CodeInfo, RunRecord
from tests.support.factories import digest, make_frame, make_record

STEADY = [0.80, 0.82, 0.79, 0.81, 0.80]


def runs(accuracies: Sequence[float | None], method: str = "dann", **overrides: Any) -> list[RunRecord]:
    """A run per seed; the predictions' hash follows the accuracy."""
    return [
        make_record(value, seed=seed, method=method, predictions_sha256=f"{value}", **overrides)
        for seed, value in enumerate(accuracies)
    ]


def judged(before: list[RunRecord], now: list[RunRecord], max_drop: float = 0.01) -> CellVerdict:
    (cell,) = compare(make_frame(*before), make_frame(*now), max_drop=max_drop).cells
    return cell


def shifted(by: float, wobble: float = 0.002) -> list[float]:
    return [value - by + wobble * (-1) ** seed for seed, value in enumerate(STEADY)]


def test_the_same_bits_are_the_same() -> None:
    cell = judged(runs(STEADY), runs(STEADY, minute=9, plugin="b" * 64))
    assert (cell.verdict, cell.why, cell.seeds) == ("same", "", (0, 1, 2, 3, 4))
    assert [change.what for change in cell.changes] == ["plugin sources"]
    assert cell.detectable is not None  # from the baseline's spread: the differences have none
    assert cell.detectable > 0.02


def test_equal_accuracies_from_other_predictions_are_not_the_same() -> None:
    now = [record.model_copy(update={"predictions_sha256": "other"}) for record in runs(STEADY)]
    assert judged(runs(STEADY), now).verdict == "within noise"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("by", "verdict"), [(0.05, "regressed"), (-0.05, "better"), (0.0, "within noise"), (0.005, "tolerated")]
)
def test_a_steady_cell(by: float, verdict: str) -> None:
    cell = judged(runs(STEADY), runs(shifted(by)))
    assert cell.verdict == verdict
    assert cell.before == pytest.approx(0.804)
    assert cell.now == pytest.approx(0.804 - by + 0.0004)


@pytest.mark.slow
def test_a_significant_drop_below_the_tolerance_has_a_name_of_its_own() -> None:
    report = compare(make_frame(*runs(STEADY)), make_frame(*runs(shifted(0.009, wobble=0.0001))), max_drop=0.01)
    assert [cell.verdict for cell in report.cells] == ["tolerated"]
    assert not report.failed
    assert report.false_alarm == 0.01
    assert heading(report) == "mini · 1 cells: 1 tolerated"
    assert "tolerated: a drop beyond noise, and not above the 1 points of --max-drop" in list(footnotes(report))
    assert judged(runs(STEADY), runs(shifted(0.009, wobble=0.0001)), max_drop=0.005).verdict == "regressed"


@pytest.mark.slow
def test_a_drop_of_exactly_the_tolerance_is_tolerated() -> None:
    assert judged(runs([0.72] * 3), runs([0.71] * 3)).verdict == "tolerated"
    assert judged(runs([0.72] * 3), runs([0.70] * 3)).verdict == "regressed"  # no spread beyond that of rounding


def test_a_large_drop_in_a_noisy_cell_is_noise() -> None:
    cell = judged(runs([0.9, 0.5, 0.7]), runs([0.6, 0.6, 0.6]))
    assert (cell.verdict, cell.drop and cell.drop.mean) == ("within noise", pytest.approx(0.1))
    assert cell.detectable is None or cell.detectable > 0.3


@pytest.mark.slow
@pytest.mark.parametrize(("accuracy", "verdict"), [(0.77, "within noise"), (0.7, "regressed"), (0.9, "better")])
def test_one_seed_is_held_against_the_prediction_interval_of_all(accuracy: float, verdict: str) -> None:
    before, now = make_frame(*runs(STEADY)), make_frame(*runs([accuracy, 0.1]))
    (cell,) = compare(before, now, max_drop=0.01, seeds=[0]).cells
    assert cell.drop is not None
    assert (cell.drop.rule, cell.verdict, cell.seeds) == ("prediction", verdict, (0,))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("accuracy", "verdict", "why"),
    [
        (0.80, "same", ""),
        (0.795, "within noise", "one seed"),
        (0.7, "regressed", "one seed"),
        (0.9, "within noise", ""),
    ],
)
def test_a_baseline_of_one_seed_fails_safe(accuracy: float, verdict: str, why: str) -> None:
    cell = judged(runs([0.8]), runs([accuracy]))
    assert cell.verdict == verdict
    assert why in cell.why
    assert (cell.detectable, cell.seeds_needed) == (None, None)


@pytest.mark.slow
def test_a_collapse_is_a_regression_that_no_mean_hides() -> None:
    now = runs([*STEADY[:4], 0.1])
    now[4] = now[4].model_copy(update={"status": "collapsed"})
    cell = judged(runs(STEADY), now)
    assert cell.drop is not None
    assert cell.drop.low < 0  # the t-test alone takes it for noise
    assert (cell.verdict, cell.why) == ("regressed", "collapsed: seed 4; no run of the baseline did")
    before = runs(STEADY)
    before[2] = before[2].model_copy(update={"status": "collapsed"})
    assert judged(before, now).verdict == "within noise"


def test_a_failed_run_is_missing_with_its_error() -> None:
    cell = judged(runs(STEADY), runs([*STEADY[:3], None, None]))
    assert (cell.verdict, cell.why) == ("missing", "failed: seed 3, 4 (ValueError: wrong)")
    assert cell.seeds == (0, 1, 2)


@pytest.mark.slow
def test_seeds_and_cells_that_are_not_there_are_missing() -> None:
    assert judged(runs(STEADY), runs(STEADY[:3])).why == "not there: seed 3, 4"
    gone = judged(runs(STEADY), runs(STEADY, method="coral"))
    assert (gone.verdict, gone.why, gone.now) == ("missing", "", None)
    assert gone.before == pytest.approx(0.804)
    assert message(gone) == "no run of it is there; the baseline has .804"
    regressed = judged(runs(STEADY), runs(shifted(0.1)[:3]))
    assert (regressed.verdict, regressed.why) == ("regressed", "not there: seed 3, 4")
    other = judged(runs(STEADY[:1]), [make_record(0.7, seed=7)])
    assert (other.verdict, other.before, other.now) == ("missing", pytest.approx(0.8), None)


def test_a_missing_cell_is_said_once() -> None:
    report = compare(make_frame(*runs(STEADY), *runs(STEADY, "gone")), make_frame(*runs(STEADY)), max_drop=0.01)
    text = console.render(report, 100, colour=False)
    assert text.count("gone") == 1
    assert re.search(r"gone +MISSING +\.804 +- ", text)


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["weight=0.5", "budget.steps=9,weight=0.5"])
def test_runs_with_other_settings_are_not_comparable(variant: str) -> None:
    now = runs(STEADY, variant=variant, settings_sha256=digest("other"))
    report = compare(
        make_frame(*runs(STEADY), *runs(STEADY, "coral")), make_frame(*now, *runs(STEADY, "coral")), max_drop=0.01
    )
    assert {str(cell.cell): (cell.verdict, cell.why) for cell in report.cells} == {
        "digits:digits_m dann": ("not comparable", "other settings"),
        "digits:digits_m coral": ("same", ""),
    }
    assert (report.new, report.failed) == ((), False)
    alone = compare(make_frame(*runs(STEADY)), make_frame(*now), max_drop=0.01)
    assert alone.failed, "nothing is comparable"


@pytest.mark.slow
def test_another_row_of_a_method_is_no_other_setting_of_it() -> None:
    now = runs(STEADY, variant="long", settings_sha256=digest("other"))
    report = compare(make_frame(*runs(STEADY)), make_frame(*now), max_drop=0.01)
    assert [cell.verdict for cell in report.cells] == ["missing"]
    assert [str(name) for name in report.new] == ["digits:digits_m dann (long)"]
    both = compare(
        make_frame(*runs(STEADY)), make_frame(*runs(STEADY), *runs(STEADY, variant="weight=0.5")), max_drop=0.01
    )
    assert [cell.verdict for cell in both.cells] == ["same"], "its own runs are there as well"


def test_further_seeds_and_cells_are_not_judged() -> None:
    report = compare(make_frame(*runs(STEADY[:3])), make_frame(*runs(STEADY), *runs([0.1], "coral")), max_drop=0.01)
    assert [cell.verdict for cell in report.cells] == ["same"]
    assert [str(name) for name in report.new] == ["digits:digits_m coral"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"settings_sha256": "6" * 64}, "settings"),
        ({"data_sha256": "e" * 64}, "data"),
        ({"suite_version": 2}, "suite version"),
        ({"metric": "balanced_accuracy"}, "metric"),
        ({"selector": "source_val"}, "selector"),
    ],
)
def test_other_conditions_are_not_comparable(change: dict[str, Any], what: str) -> None:
    report = compare(make_frame(*runs(STEADY)), make_frame(*runs(shifted(0.3), **change)), max_drop=0.01)
    (cell,) = report.cells
    assert (cell.verdict, cell.why, cell.drop) == ("not comparable", f"other {what}", None)
    assert report.failed  # nothing is comparable


def test_one_cell_that_cannot_be_compared_fails_nothing_while_another_can() -> None:
    before = make_frame(*runs(STEADY), *runs(STEADY, "coral"))
    now = make_frame(*runs(STEADY), *runs(STEADY, "coral", settings_sha256="6" * 64))
    report = compare(before, now, max_drop=0.01)
    assert ([cell.verdict for cell in report.cells], report.failed) == (["same", "not comparable"], False)


def test_a_baseline_without_an_accuracy_is_not_comparable() -> None:
    cell = judged(runs([None, None]), runs([0.5, 0.5]))
    assert (cell.verdict, cell.why) == ("not comparable", "no run of the baseline has an accuracy")


def test_what_changed_is_said() -> None:
    env = make_record().env.model_copy(update={"torch": "2.10.0", "device": "NVIDIA H200"})
    now = runs(shifted(0), env=env, code=CodeInfo(commit="0123456789abcdef", dirty=True), plugin="b" * 64)
    assert {str(change) for change in judged(runs(STEADY), now).changes} == {
        "plugin sources aaaaaaaaaaaa → bbbbbbbbbbbb",
        "code commit ffffffffffff → 0123456789ab (changed)",
        "torch 2.9.0 → 2.10.0",
        "device cpu → NVIDIA H200",
    }


@pytest.mark.slow
def test_settings_are_compared_key_by_key_where_they_are_known() -> None:
    before, now = make_frame(*runs(STEADY)), make_frame(*runs(STEADY, settings_sha256="6" * 64, steps=100))
    known = {"5" * 64: {"options": {"weight": 1.0}}, "6" * 64: {"options": {"weight": 2.0}}}
    (change,) = compare(before, now, max_drop=0.01, settings=known).cells[0].changes
    assert str(change) == "settings weight=1.0 → weight=2.0"
    (change,) = compare(before, now, max_drop=0.01).cells[0].changes
    assert str(change) == "settings 555555555555 → 666666666666 (options of the method; steps 200 → 100)"
    new = {"6" * 64: {"options": {"weight": 1.0}, "views": {"randaugment": 2}}}  # of a published row nothing is known
    (change,) = compare(before, now, max_drop=0.01, settings=new).cells[0].changes
    assert "(options of the method, or versions of its views; steps 200 → 100)" in str(change)


@pytest.mark.slow
def test_only_the_newest_code_counts_on_both_sides() -> None:
    old = runs(shifted(0.3), plugin="old")
    now = runs(STEADY, plugin="new", minute=5)
    assert judged(runs(STEADY), old + now).verdict == "same"
    assert judged(runs(STEADY), runs(STEADY, plugin="old") + runs(shifted(0.3), plugin="new", minute=5)).verdict == (
        "regressed"
    )


@pytest.mark.slow
def test_the_kind_of_processor_is_the_first_reason_and_a_failed_run_is_none() -> None:
    env = make_record().env
    here, there = (env.model_copy(update={"cpu_capability": name}) for name in ("AVX2", "AVX512"))
    code = CodeInfo(commit="a" * 40, dirty=False)
    moved = judged(runs(STEADY, env=there), runs(shifted(0.1), env=here, code=code)).changes
    assert [change.what for change in moved] == ["instructions of torch", "code commit"]
    same = judged(runs(STEADY), runs(STEADY, env=here, code=code))
    assert (same.verdict, [change.what for change in same.changes]) == ("same", ["code commit"])
    failed = make_record(None, seed=9, env=env.model_copy(update={"torch": "2.9.0+cu128"}))
    assert judged([*runs(STEADY), failed], runs(STEADY)).changes == ()


@pytest.mark.slow
def test_a_comparison_with_itself_is_noticed() -> None:
    frame = make_frame(*runs(STEADY))
    (note,) = compare(frame, frame, max_drop=0.01).notes
    assert note.startswith("5 of 5 runs are the baseline's own")
    assert compare(frame, make_frame(*runs(STEADY, minute=1)), max_drop=0.01).notes == ()


def test_false_alarms_are_counted_over_cells_that_were_tested() -> None:
    before = make_frame(*runs(STEADY), *runs(STEADY, "coral"), *runs(STEADY, "jdot"))
    now = make_frame(*runs(STEADY), *runs(shifted(0), "coral"), *runs(shifted(0.1), "jdot"))
    assert compare(before, now, max_drop=0.01).false_alarm == pytest.approx(0.02)


def report_of(before: pd.DataFrame, now: pd.DataFrame) -> Report:
    return compare(before, now, max_drop=0.01)


@pytest.mark.slow
def test_an_update_touches_only_lines_that_changed() -> None:
    before = make_frame(*runs(STEADY), *runs(STEADY, "coral"), *runs(STEADY, "jdot"), *runs([0.5], "gone"))
    now = make_frame(
        *runs([*STEADY, 0.83], minute=1),
        *runs(shifted(0.1), "coral", minute=1),
        *runs([*STEADY[:4], None], "jdot", minute=1),
        *runs([0.4], "fresh", minute=1),
    )
    new = updated(before, now, report_of(before, now))
    old_lines, new_lines = csv_text(before).splitlines(), csv_text(new).splitlines()
    changed = new.iloc[[line not in old_lines for line in new_lines[1:]]]
    assert [tuple(row) for row in changed[["method", "seed"]].itertuples(index=False)] == [
        *(("coral", seed) for seed in range(5)),
        ("dann", 5),
        ("fresh", 0),
    ]
    assert new["method"].tolist() == ["coral"] * 5 + ["dann"] * 6 + ["fresh"] + ["gone"] + ["jdot"] * 5
    again = report_of(new, now)
    assert {str(cell.cell): cell.verdict for cell in again.cells} == {
        "digits:digits_m coral": "same",
        "digits:digits_m dann": "same",
        "digits:digits_m fresh": "same",
        "digits:digits_m gone": "missing",
        "digits:digits_m jdot": "missing",
    }


@pytest.mark.slow
def test_an_update_leaves_no_seed_of_older_code_in_a_changed_cell() -> None:
    before, now = make_frame(*runs(STEADY)), make_frame(*runs(shifted(0.1), plugin="b", minute=1))
    assert set(updated(before, now, report_of(before, now))["plugin_source_sha256"]) == {digest("b")}

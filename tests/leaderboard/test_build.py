"""From runs to rows and cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_rel

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats.footnotes import footnotes
from dabench.leaderboard.table import Row, Table
from dabench.stats.gap import gap_covered
from dabench.stats.seeds import Sample, grain
from tests.support.factories import make_frame, make_record, make_records

FIVE = {
    "target_only": [0.90, 0.91, 0.92],
    "dann": [0.70, 0.75, 0.80],
    "coral": [0.69, 0.74, 0.81],
    "source_only": [0.50, 0.52, 0.51],
    "mmd": [0.55, 0.56, 0.57],
}


def one(frame: pd.DataFrame, **options: object) -> Table:
    (table,) = build_tables(frame, **options)  # type: ignore[arg-type]
    return table


def rows(table: Table) -> dict[str, Row]:
    return {row.label: row for row in table.rows}


def test_bounds_frame_the_methods() -> None:
    table = one(make_frame(*make_records(FIVE)), labels={"dann": "DANN"})
    assert [row.label for row in table.rows] == ["source only", "coral", "DANN", "mmd", "train on target"]
    assert [row.bound for row in table.rows] == [True, False, False, False, True]
    assert [row.sees_target_labels for row in table.rows] == [False, False, False, False, True]


def test_rows_and_columns_stand_in_the_order_asked_for() -> None:
    frame = make_frame(*make_records(FIVE), *make_records(FIVE, "glyphs:digits"))
    table = one(frame, methods=["mmd", "dann"], pairs=["glyphs:digits"])
    assert [row.method for row in table.rows] == ["source_only", "mmd", "dann", "coral", "target_only"]
    assert table.pairs == ("glyphs:digits", "digits:digits_m")


def test_a_cell_holds_mean_spread_interval_and_gap() -> None:
    cell = rows(one(make_frame(*make_records(FIVE))))["dann"].cells["digits:digits_m"]
    assert (cell.mean, cell.std, cell.n, cell.expected) == (pytest.approx(0.75), pytest.approx(0.05), 3, 3)
    assert cell.ci95 == (pytest.approx(0.75 - 0.1242, abs=1e-4), pytest.approx(0.75 + 0.1242, abs=1e-4))
    samples = [Sample(dict(enumerate(FIVE[name])), grain(898)) for name in ("dann", "source_only", "target_only")]
    assert cell.gap == gap_covered(*samples)
    assert (cell.oracle, cell.last) == (pytest.approx(0.76), pytest.approx(0.75))
    assert (cell.status, cell.failed, cell.collapsed, cell.timeout) == ("ok", 0, 0, 0)


def test_bounds_have_no_gap_and_do_not_compete() -> None:
    found = rows(one(make_frame(*make_records(FIVE))))
    for name in ("source only", "train on target"):
        cell = found[name].cells["digits:digits_m"]
        assert (cell.gap.value, cell.gap.why, cell.best, cell.tied) == (None, "bound", False, False)
        assert found[name].rank is None


def test_best_and_tied_methods_are_marked() -> None:
    found = rows(one(make_frame(*make_records(FIVE))))
    marks = {
        name: (row.cells["digits:digits_m"].best, row.cells["digits:digits_m"].tied) for name, row in found.items()
    }
    assert marks["dann"] == (True, True)
    assert marks["coral"] == (False, True)
    assert marks["mmd"] == (False, False)


def test_averages_and_ranks_go_over_all_pairs() -> None:
    other = FIVE | {"dann": [0.6, 0.6, 0.6], "coral": [0.6, 0.6, 0.6]}
    found = rows(one(make_frame(*make_records(FIVE), *make_records(other, "glyphs:digits"))))
    assert found["dann"].average == pytest.approx((0.75 + 0.6) / 2)
    assert (found["dann"].rank, found["coral"].rank, found["mmd"].rank) == (1.25, 1.75, 3.0)  # equal means share a rank


def test_a_failed_run_costs_the_average_and_shows_what_is_left() -> None:
    failing = FIVE | {"dann": [0.7, None, 0.8], "mmd": [None, None, None]}
    found = rows(one(make_frame(*make_records(failing), *make_records(FIVE, "glyphs:digits"))))
    cell = found["dann"].cells["digits:digits_m"]
    assert (cell.status, cell.n, cell.failed, cell.mean) == ("failed", 2, 1, pytest.approx(0.75))
    assert (cell.gap.n, found["dann"].average, found["dann"].rank) == (2, None, None)
    nothing = found["mmd"].cells["digits:digits_m"]
    assert (nothing.status, nothing.n, nothing.failed, nothing.mean, nothing.gap.why) == (
        "failed",
        0,
        3,
        None,
        "no runs",
    )
    assert found["coral"].average is not None
    assert found["coral"].rank == 1.0, "methods that lack a pair do not take part"


def test_a_method_that_failed_once_is_not_called_best() -> None:
    found = rows(one(make_frame(*make_records(FIVE | {"dann": [0.9, None, 0.9]}))))
    cells = {name: row.cells["digits:digits_m"] for name, row in found.items()}
    assert (cells["dann"].best, cells["dann"].tied, cells["dann"].p_best) == (False, False, None)
    assert cells["dann"].gain is not None, "what is left of it is still shown against source only"
    assert cells["coral"].best


def test_a_method_of_fewer_seeds_is_not_called_best() -> None:
    table = one(make_frame(*make_records(FIVE | {"dann": [0.9, 0.9]})))
    cells = {row.method: row.cells["digits:digits_m"] for row in table.rows}
    assert (cells["dann"].best, cells["dann"].tied, cells["dann"].p_best) == (False, False, None)
    assert cells["dann"].gap.n == 2
    assert cells["coral"].best
    fewer = "fewer seeds than others of the same settings: never called best"
    assert fewer in footnotes(table)
    assert fewer not in footnotes(one(make_frame(*make_records(FIVE))))


def test_timeouts_collapses_and_missing_seeds_are_told_apart() -> None:
    frame = make_frame(
        make_record(None, method="slow", status="timeout"),
        make_record(0.1, method="flat", status="collapsed"),
        make_record(0.5, method="flat", seed=1),
        make_record(0.5, method="fine", seed=1),
    )
    table = one(frame, pairs=["digits:digits_m", "glyphs:digits"])
    cells = {row.method: row.cells["digits:digits_m"] for row in table.rows}
    assert {name: cell.status for name, cell in cells.items()} == {
        "slow": "timeout",
        "flat": "collapsed",
        "fine": "incomplete",
    }
    assert (cells["flat"].mean, cells["flat"].collapsed, cells["fine"].n) == (pytest.approx(0.3), 1, 1)
    assert (table.runs, table.failed, table.collapsed, table.timeout) == (4, 0, 1, 1)
    assert table.rows[0].cells["glyphs:digits"].status == "missing"
    assert [row.average for row in table.rows] == [None, None, None]


def test_expected_seeds_can_be_named() -> None:
    cell = one(make_frame(make_record()), seeds=[0, 1, 2]).rows[0].cells["digits:digits_m"]
    assert (cell.n, cell.expected, cell.status) == (1, 3, "incomplete")


def test_gap_uses_only_bounds_with_the_same_settings_and_data() -> None:
    bounds = {"source_only": [0.5, 0.5], "target_only": [0.9, 0.9]}
    for field in ("comparison_sha256", "data_sha256"):
        frame = make_frame(*make_records(bounds), *make_records({"dann": [0.7, 0.7]}, **{field: "other"}))
        gap = rows(one(frame))["dann"].cells["digits:digits_m"].gap
        assert (gap.value, gap.why) == (None, "no bounds")


def test_variants_keep_their_own_bounds_and_are_named() -> None:
    runs = {"source_only": [0.5], "dann": [0.7], "target_only": [0.9]}
    short = {"source_only": [0.2], "dann": [0.3], "target_only": [0.6]}
    frame = make_frame(
        *make_records(runs),
        *make_records(short, variant="budget.steps=20", comparison_sha256="short"),
        *make_records({"dann": [0.6]}, variant="weight=0.5"),
    )
    found = rows(one(frame))
    gaps = {label: row.cells["digits:digits_m"].gap.value for label, row in found.items() if not row.bound}
    assert gaps == {
        "dann": pytest.approx(0.5),
        "dann (budget.steps=20)": pytest.approx(0.25),
        "dann (weight=0.5)": pytest.approx(0.25),
    }
    best = [label for label, row in found.items() if row.cells["digits:digits_m"].best]
    assert best == ["dann", "dann (budget.steps=20)"], "methods compete only under the same settings"


def test_a_variant_that_all_rows_share_goes_to_the_header() -> None:
    table = one(make_frame(*make_records(FIVE, variant="budget.steps=20")))
    assert table.variant == "budget.steps=20"
    assert [row.label for row in table.rows] == ["source only", "coral", "dann", "mmd", "train on target"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "other",
    [
        {"track": "few_shot", "shots": 5},
        {"shots": 10},
        {"backbone": "big"},
        {"metric": "macro_f1"},
        {"selector": "dev"},
        {"suite": "digits"},
        {"transductive": True},
    ],
)
def test_what_cannot_be_compared_stands_in_tables_of_its_own(other: dict[str, object]) -> None:
    first = make_records({"source_only": [0.5], "target_only": [0.9]})
    second = make_records({"dann": [0.7], "coral": [0.6]}, **other)
    tables = build_tables(make_frame(*first, *second), pairs=["glyphs:digits"])
    assert [[row.method for row in table.rows] for table in tables] == [
        ["source_only", "target_only"],
        ["coral", "dann"],
    ]
    assert tables[1].rows[1].cells["digits:digits_m"].gap.why == "no bounds"
    assert [table.pairs for table in tables] == [("glyphs:digits", "digits:digits_m"), ("digits:digits_m",)]


def test_a_suite_with_a_backbone_for_each_pair_makes_one_table() -> None:
    first = make_records(FIVE, "mnist:mnist_m", backbone="small", comparison_sha256="a" * 64)
    second = make_records(FIVE, "svhn:mnist", backbone="large", comparison_sha256="b" * 64)
    table = one(make_frame(*first, *second))
    assert (table.backbone, table.backbones) == ("per pair", {"mnist:mnist_m": "small", "svhn:mnist": "large"})
    found = rows(table)
    assert [cell.backbone for cell in found["dann"].cells.values()] == ["small", "large"]
    assert found["dann"].average == pytest.approx(0.75)
    assert [cell.gap.why for cell in found["dann"].cells.values()] == ["", ""]


def test_rows_with_other_backbones_on_a_pair_stand_in_a_table_of_their_own() -> None:
    first = make_records(FIVE, "mnist:mnist_m", backbone="small")
    second = make_records(FIVE, "svhn:mnist", backbone="large", comparison_sha256="b" * 64)
    other = {"variant": "backbone.name=small", "backbone": "small", "comparison_sha256": "e" * 64}
    third = make_records({"dann": [0.4] * 3}, "svhn:mnist", **other)
    fits = make_records({"mcd": [0.4] * 3}, "svhn:mnist", backbone="large", comparison_sha256="b" * 64)
    tables = build_tables(make_frame(*third, *first, *second, *fits))
    assert [(table.backbone, len(table.rows)) for table in tables] == [("per pair", 6), ("small", 1)]
    assert rows(tables[0])["mcd"].average is None, "it lacks a pair"
    assert tables[1].rows[0].variant == "backbone.name=small"


def test_gains_and_tests_are_paired_by_seed_and_corrected() -> None:
    found = rows(one(make_frame(*make_records(FIVE))))
    cells = {name: row.cells["digits:digits_m"] for name, row in found.items()}
    dann = cells["dann"]
    assert dann.gain is not None
    assert (dann.gain.mean, dann.gain.n) == (pytest.approx(0.24), 3)
    tests = {name: ttest_rel(FIVE[name], FIVE["source_only"]).pvalue for name in ("dann", "coral", "mmd")}
    least, middle, most = sorted(tests, key=tests.__getitem__)
    assert cells[least].p_source_only == pytest.approx(3 * tests[least])
    assert cells[middle].p_source_only == pytest.approx(max(3 * tests[least], 2 * tests[middle]))
    assert cells[most].p_source_only == pytest.approx(max(3 * tests[least], 2 * tests[middle], tests[most]))
    assert [cells[name].no_gain for name in ("dann", "mmd")] == [False, False]
    for bound in ("source only", "train on target"):
        assert (cells[bound].gain, cells[bound].p_source_only, cells[bound].p_best) == (None, None, None)


def test_a_method_that_is_no_better_than_source_only_is_marked() -> None:
    runs = {"source_only": [0.50, 0.52, 0.51], "dann": [0.51, 0.50, 0.53]}
    assert rows(one(make_frame(*make_records(runs))))["dann"].cells["digits:digits_m"].no_gain


@pytest.mark.slow
def test_ranks_are_tested_from_six_pairs_on() -> None:
    pairs = [f"d{number}:e{number}" for number in range(6)]
    records = [record for pair in pairs for record in make_records(FIVE, pair)]
    ranking = one(make_frame(*records)).ranking
    assert ranking is not None
    assert (ranking.pairs, ranking.ranks) == (6, {"dann": 1.0, "coral": 2.0, "mmd": 3.0})
    assert one(make_frame(*records[:-15])).ranking is None, "five pairs"
    failing = [*records[:-1], make_record(None, source="d5", target="e5", method="mmd", seed=2)]
    ranking = one(make_frame(*failing)).ranking
    assert ranking is not None
    assert "mmd" not in ranking.ranks, "a failed run takes its row out"


def test_the_test_sets_error_is_binomial_and_of_accuracies_alone() -> None:
    for metric, known in (("accuracy", True), ("balanced_accuracy", False)):
        table = one(make_frame(make_record(0.5, test_rows=100, metric=metric)))
        assert bool(table.test_error) == known
        assert (table.rows[0].cells["digits:digits_m"].test_error is not None) == known


def test_older_runs_of_a_cell_are_left_out_and_counted() -> None:
    frame = make_frame(
        make_record(0.9, plugin="old"), make_record(0.9, seed=1, plugin="old"), make_record(0.5, plugin="new", minute=1)
    )
    table = one(frame)
    assert (table.left_out, table.runs, table.rows[0].cells["digits:digits_m"].mean) == (2, 1, 0.5)


def test_notes_name_mixed_code_and_machines() -> None:
    env = make_record().env.model_copy(update={"torch": "2.8.0"})
    frame = make_frame(make_record(), make_record(source="glyphs", plugin="other", env=env))
    assert one(frame).notes == (
        "runs of more than one torch: 2.8.0, 2.9.0",
        "dann: not all pairs were run with the same code of the plugin",
    )


def test_a_note_names_the_domains_that_are_made_here() -> None:
    (table,) = build_tables(make_frame(make_record()), regenerated={"digits_m", "glyphs"})
    assert table.notes == ("made here by a recipe, not original data: digits_m",)


def test_test_set_error_is_the_largest_of_the_column() -> None:
    table = one(make_frame(make_record(0.5, test_rows=100), make_record(0.9, method="coral", test_rows=100)))
    assert table.test_error == {"digits:digits_m": pytest.approx(0.05)}
    assert one(make_frame(make_record(test_rows=0))).test_error == {}


def test_no_runs_make_no_table() -> None:
    assert build_tables(make_frame(), pairs=["a:b"]) == []


def test_options_chosen_with_target_labels_are_marked() -> None:
    """The mark belongs to a cell: the options of another pair may come from a paper."""
    chosen = {"digits:digits_m": "target_labels", "glyphs:digits": "paper"}
    records = [record for pair, by in chosen.items() for record in make_records({"dann": [0.7]}, pair, chosen_by=by)]
    (row,) = one(make_frame(*records)).rows
    assert {pair: cell.tuned_on_target for pair, cell in row.cells.items()} == {
        "digits:digits_m": True,
        "glyphs:digits": False,
    }


def test_the_ganin_lempitsky_table_comes_out_as_printed() -> None:
    table_of = {  # ICML version, PROTOCOLS.md section 1.4
        "mnist:mnist_m": {"source_only": [0.5749], "dann": [0.8149], "target_only": [0.9891]},
        "svhn:mnist": {"source_only": [0.5919], "dann": [0.7107], "target_only": [0.9951]},
    }
    frame = make_frame(*(record for pair, runs in table_of.items() for record in make_records(runs, pair)))
    cells = rows(one(frame))["dann"].cells
    assert [round(100 * (cell.gap.value or np.nan), 1) for cell in cells.values()] == [
        57.9,
        29.5,
    ]  # printed: 57.9, 29.3

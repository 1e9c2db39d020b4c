"""Footnotes of a table."""

from __future__ import annotations

import pytest

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats.footnotes import footnotes, marks
from tests.support.factories import make_frame, make_record, make_records

BOUNDS = {"source_only": [0.5, 0.52, 0.51], "target_only": [0.9, 0.91, 0.92]}
LONG = {"variant": "long", "comparison_sha256": "long"}


@pytest.mark.slow
def test_rows_without_bounds_and_groups_with_a_best_of_their_own_are_explained() -> None:
    runs = make_records({**BOUNDS, "dann": [0.6, 0.6, 0.6]})
    (plain,) = build_tables(make_frame(*runs))
    longer = [make_record(value, method="dann", seed=seed, **LONG) for seed, value in enumerate((0.7, 0.7, 0.7))]
    (both,) = build_tables(make_frame(*runs, *longer))
    said = "no bounds: source only and train on target were not run with the settings of these rows"
    assert said in footnotes(both)
    assert said not in footnotes(plain)
    assert marks(both)[0].startswith("* best method of the pair among rows of the same settings")
    assert "among rows" not in marks(plain)[0]


@pytest.mark.parametrize(("seeds", "warned"), [(3, True), (5, False)])
def test_few_seeds_are_named_where_a_test_saw_no_difference(seeds: int, warned: bool) -> None:
    noise = [0.5, 0.6, 0.4, 0.55, 0.45][:seeds]
    (table,) = build_tables(
        make_frame(*make_records({"source_only": noise, "dann": [value + 0.01 for value in noise[::-1]]}))
    )
    (text,) = marks(table)
    assert "~ not distinguishable from source only" in text
    assert (f"with {seeds} seeds only large and steady differences are" in text) == warned

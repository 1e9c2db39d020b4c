"""Relative gains of one method over another, beside published ones."""

from __future__ import annotations

import pytest

from dabench.leaderboard.beside import beside
from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import console
from dabench.leaderboard.gains import relative_gain
from dabench.leaderboard.published import Published
from dabench.leaderboard.table import Table
from tests.support.factories import make_frame, make_records

RUNS: dict[str, list[float | None]] = {"fine_tune": [0.5, 0.8, None], "feature_matching": [0.55, 0.84, 0.9]}
GAIN = {
    "citation": "First 2022",
    "where": "abstract",
    "method": "feature_matching",
    "over": "fine_tune",
    "percent": [0.4, 4.7],
    "note": "other data",
}


def tables(**overrides: object) -> list[Table]:
    fields = {"track": "paired", "shots": 2} | overrides
    return build_tables(make_frame(*make_records(RUNS, **fields)))


def published(**changed: object) -> Published:
    return Published.model_validate({"suite": "mini", "track": "paired", "tables": [], "gains": [GAIN]} | changed)


def test_a_gain_is_relative_and_paired_by_seed() -> None:
    (table,) = tables()
    cells = {row.method: row.cells["digits:digits_m"] for row in table.rows}
    found = relative_gain(cells["feature_matching"], cells["fine_tune"])
    assert found is not None
    assert found.mean == pytest.approx((0.05 / 0.5 + 0.04 / 0.8) / 2)  # the failed seed has no partner
    assert found.n == 2


def test_it_stands_below_the_table_with_what_is_published() -> None:
    (table,) = beside(tables(), published())
    assert table.notes[-1].startswith(
        "gain of feature matching over fine tune, relative, paired by seed [95 % interval]: "
        "digits → digits_m +7.5 % [-24.3, +39.3]; published: +0.4 % to +4.7 % (First 2022, abstract; other data)"
    )
    assert "published: +0.4 % to" in console.render([table], width=400)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("table", "changed"),
    [
        ({"track": "few_shot"}, {}),
        ({"metric": "balanced_accuracy"}, {}),
        ({}, {"shots": 3}),
        ({}, {"gains": [GAIN | {"over": "dann"}]}),
    ],
)
def test_it_stands_below_no_other_table(table: dict[str, object], changed: dict[str, object]) -> None:
    (found,) = beside(tables(**table), published(**changed))
    assert not any("published:" in note for note in found.notes)


def test_a_table_says_what_its_methods_saw() -> None:
    text = console.render(tables(), width=400)
    assert "mini · paired, 2 labelled · " in text
    assert "target train without labels, and labelled simultaneous samples: 2 groups of each class" in text

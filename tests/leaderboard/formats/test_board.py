"""The grid that all formats render."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats.board import columns, over_pairs, rows
from dabench.leaderboard.table import Printed, Table
from tests.support.factories import make_frame, make_records

PAIRS = ("a:b", "b:c", "c:a")


@pytest.fixture
def table() -> Table:
    """Three pairs with both bounds and two methods."""
    accuracies = {"source_only": [0.5, 0.52], "dann": [0.7, 0.75], "coral": [0.6, 0.62], "target_only": [0.9, 0.91]}
    records = []
    for pair in PAIRS:
        source, target = pair.split(":")
        records += [
            record.model_copy(update={"source": source, "target": target, "run_id": f"{pair}{record.run_id}"})
            for record in make_records(accuracies)
        ]
    (made,) = build_tables(make_frame(*records))
    return made


def test_pairs_then_average_and_rank(table: Table) -> None:
    assert [column.title for column in columns(table)] == ["method", "a → b", "b → c", "c → a", "average", "rank"]
    assert [column.over_pairs for column in columns(table)] == [False] * 4 + [True] * 2


def test_a_block_has_its_pairs_and_the_last_one_the_rest(table: Table) -> None:
    assert [column.pair for column in columns(table, ["b:c"], last=False)] == ["", "b:c"]
    assert [column.kind for column in columns(table, [])] == ["method", "average", "rank"]


def test_published_numbers_stand_behind_their_pair(table: Table) -> None:
    row = table.rows[1]
    number = Printed(accuracy=0.8, source=1, name="Ours")
    cells = {**row.cells, "b:c": replace(row.cells["b:c"], published=(number,))}
    changed = replace(table, rows=(table.rows[0], replace(row, cells=cells), *table.rows[2:]))
    found = [(column.kind, column.pair) for column in columns(changed)][1:5]
    assert found == [("pair", "a:b"), ("pair", "b:c"), ("published", "b:c"), ("pair", "c:a")]


def test_a_group_is_named_where_it_begins(table: Table) -> None:
    letters = ["A", "A", "B", "B"]
    grouped = replace(
        table, rows=tuple(replace(row, group=group) for row, group in zip(table.rows, letters, strict=True))
    )
    assert [title for title, _ in rows(grouped)] == ["settings A", "", "settings B", ""]
    assert [title for title, _ in rows(table)] == [""] * 4
    assert [row for _, row in rows(table)] == list(table.rows)


def test_bounds_have_an_average_and_no_rank(table: Table) -> None:
    average, rank = columns(table)[-2:]
    by_method = {row.method: row for row in table.rows}
    assert over_pairs(by_method["source_only"], average, "-") == ".510"
    assert over_pairs(by_method["source_only"], rank, "-") == ""
    assert over_pairs(by_method["dann"], rank, "-") == "1.0"
    assert over_pairs(replace(by_method["dann"], average=None, rank=None), average, "--") == "--"
    assert over_pairs(replace(by_method["dann"], average=None, rank=None), rank, "--") == "--"

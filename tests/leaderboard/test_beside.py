"""Published numbers beside measured ones."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest

from dabench.leaderboard.beside import beside
from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import console, latex, markdown
from dabench.leaderboard.formats import csv as csv_
from dabench.leaderboard.formats import json as json_
from dabench.leaderboard.formats.footnotes import cited
from dabench.leaderboard.published import Published
from dabench.leaderboard.table import Table
from tests.support.factories import make_frame, make_record, make_records

RUNS: dict[str, list[float | None]] = {"source_only": [0.5, 0.52], "dann": [0.7, 0.75], "target_only": [0.9, 0.91]}
FIRST: dict[str, Any] = {
    "citation": "First 2019",
    "unit": "percent",
    "pairs": ["digits:digits_m", "glyphs:digits"],
    "rows": [{"method": "gfk", "printed": "GFK", "accuracy": [61.5, 62.5]}],
}
SECOND = {
    "citation": "Second 2020",
    "where": "Table 3",
    "quoted_from": "a survey",
    "note": "another network",
    "unit": "fraction",
    "pairs": ["digits:digits_m", "mnist:usps"],
    "rows": [
        {"method": "dann", "printed": "Ours", "accuracy": [0.815, 0.9], "note": "best of three"},
        {"method": "dann", "variant": "weight=9", "printed": "Ours, heavy", "accuracy": [0.777, None]},
    ],
}


def published(**changed: object) -> Published:
    return Published.model_validate({"suite": "mini", "tables": [FIRST, SECOND]} | changed)


def tables(**overrides: object) -> list[Table]:
    records = make_records(RUNS, **overrides) + make_records(RUNS, "glyphs:digits", **overrides)
    return build_tables(make_frame(*records))


@pytest.mark.slow
def test_a_footnote_has_the_mean_of_what_is_published_for_all_pairs() -> None:
    ours = {"method": "dann", "printed": "Ours", "accuracy": [70.0, 80.0]}
    with_ours = published(tables=[SECOND, FIRST | {"rows": [*FIRST["rows"], ours]}])
    (table,) = beside(tables(), with_ours)
    assert table.notes[-1] == "averages over the 2 pairs of what [2] prints: GFK .620, Ours .750"
    assert any(source.startswith("[2] First 2019") for source in cited(table))
    one_pair = build_tables(make_frame(*make_records(RUNS)))
    assert beside(one_pair, with_ours)[0].notes == ()


def test_no_footnote_speaks_of_a_source_that_is_not_cited() -> None:
    (table,) = beside(tables(), published())  # the first has all pairs, but no method that is measured
    assert not any("averages" in note for note in table.notes)
    assert not any("First 2019" in source for source in cited(table))


def test_a_number_stands_beside_the_row_of_its_method_and_variant_alone() -> None:
    (table,) = beside(tables(), published())
    found = {(row.method, pair): cell.published for row in table.rows for pair, cell in row.cells.items()}
    ((one,),) = [numbers for numbers in found.values() if numbers]
    assert found["dann", "digits:digits_m"] == (one,)
    assert (one.accuracy, one.name, one.note) == (0.815, "Ours", "best of three")
    # The source that stands beside a measured number comes first.
    assert one.source == 1
    assert table.sources == ("Second 2020, Table 3, as quoted in a survey (another network)", "First 2019")
    unmeasured = {(row.method, row.variant): list(row.cells) for row in table.unmeasured}
    assert unmeasured == {("dann", "weight=9"): ["digits:digits_m"], ("gfk", ""): ["digits:digits_m", "glyphs:digits"]}


def test_what_is_measured_in_another_table_of_the_suite_is_not_called_unmeasured() -> None:
    other = make_records({"dann": [0.6]}, settings_sha256="0" * 64, variant="weight=9", backbone="other")
    first, second = beside(build_tables(make_frame(*make_records(RUNS), *other)), published())
    assert [(row.method, row.variant) for row in second.rows] == [("dann", "weight=9")]
    assert [cell.accuracy for cell in second.rows[0].cells["digits:digits_m"].published] == [0.777]
    for table in (first, second):
        assert [row.method for row in table.unmeasured] == ["gfk"]


@pytest.mark.slow
def test_measured_numbers_are_as_they_were() -> None:
    (with_published,), (without,) = beside(tables(), published()), tables()
    for ours, theirs in zip(with_published.rows, without.rows, strict=True):
        assert (ours.average, ours.rank) == (theirs.average, theirs.rank)
        assert [cell.mean for cell in ours.cells.values()] == [cell.mean for cell in theirs.cells.values()]


@pytest.mark.slow
@pytest.mark.parametrize(
    "other", [{"track": "few_shot", "shots": 5}, {"metric": "balanced_accuracy"}, {"suite": "digits"}]
)
def test_a_table_of_something_else_gets_none(other: dict[str, object]) -> None:
    (table,) = beside(tables(), published(**other))
    (made,) = tables()
    assert replace(table, rows=()) == replace(made, rows=())
    assert [row.method for row in table.rows] == [row.method for row in made.rows]
    assert not any(cell.published for row in table.rows for cell in row.cells.values())


def test_runs_with_other_settings_have_nothing_published() -> None:
    (table,) = beside(tables(variant="budget.steps=10"), published())
    assert not any(cell.published for row in table.rows for cell in row.cells.values())


def test_every_format_shows_them_with_their_source() -> None:
    made = beside(tables(), published())
    text = console.render(made, width=120, colour=False)
    assert text.count("published  ") == 1, "only the pair that has some gets a column"
    assert ".815 [1]" in text
    assert "published [1] Second 2020, Table 3" in text
    assert "First 2019" not in text, "nothing of it is shown"
    lines = markdown.render(made).splitlines()
    assert lines[2] == "| method | digits → digits_m | published | glyphs → digits | average |"
    assert "| .815 [1] |" in lines[5]
    assert "- published [1] Second 2020, Table 3, as quoted in a survey (another network)" in lines
    assert r".815 {[}1]" in latex.render(made)
    (row,) = [row for row in json.loads(json_.render(made)) if row["method"] == "dann"]
    source = "Second 2020, Table 3, as quoted in a survey (another network)"
    expected = [{"accuracy": 0.815, "name": "Ours", "source": source, "note": "best of three"}]
    assert row["pairs"]["digits:digits_m"]["published"] == expected
    assert row["pairs"]["glyphs:digits"]["published"] is None
    fields = [line["published"] for line in csv.DictReader(StringIO(csv_.render(made)))]
    assert max(fields) == f"0.815 {source}"


@pytest.mark.slow
def test_nothing_published_means_no_column() -> None:
    for render in (markdown.render, latex.render, lambda made: console.render(made, width=100, colour=False)):
        assert "published" not in render(tables())


def test_a_record_alone_is_enough() -> None:
    (table,) = beside(build_tables(make_frame(make_record())), published())
    assert table.rows[0].cells["digits:digits_m"].published[0].accuracy == 0.815


def test_a_row_of_another_precision_has_the_same_numbers_beside_it() -> None:
    fast = make_records(RUNS, precision="bf16")
    exact = make_records(RUNS, variant="precision=fp32", settings_sha256="exact", comparison_sha256="exact")
    (table,) = beside(build_tables(make_frame(*fast, *exact)), published())
    shown = {
        row.variant: [number.name for number in row.cells["digits:digits_m"].published]
        for row in table.rows
        if row.method == "dann"
    }
    assert shown == {"": ["Ours"], "precision=fp32": ["Ours"]}
    assert ("dann", "") not in {(row.method, row.variant) for row in table.unmeasured}

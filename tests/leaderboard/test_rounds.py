"""Curves of the track active: areas by hand, labels needed, and bounds that stand in every table."""

from __future__ import annotations

import pytest

from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import console, markdown
from dabench.leaderboard.rounds import last_rounds
from dabench.results.csv_file import frame_of
from dabench.runs.record import flatten
from tests.support.active import active_tables
from tests.support.factories import make_record


@pytest.mark.slow
def test_there_is_a_table_for_each_number_of_labels_with_both_bounds() -> None:
    tables = active_tables()
    assert [table.shots for table in tables] == [10, 20]
    for table in tables:
        assert [row.method for row in table.rows] == ["source_only", *["weighted"] * 3, "target_only"]
    assert last_rounds(tables) == tables[1:]


@pytest.mark.slow
def test_areas_are_means_over_the_way_and_gains_are_paired_by_seed() -> None:
    rows = {row.variant: row.curve for row in active_tables()[-1].rows if not row.bound}
    random = [(0.4 / 2 + 0.5 + 0.6 / 2) / 2, (0.6 / 2 + 0.6 + 0.8 / 2) / 2]
    margin = [(0.4 / 2 + 0.7 + 0.8 / 2) / 2, (0.6 / 2 + 0.8 + 0.8 / 2) / 2]
    assert rows["random"].area == pytest.approx(sum(random) / 2)
    assert rows["margin"].area == pytest.approx(sum(margin) / 2)
    assert rows["random"].gain is None
    assert rows["margin"].gain.mean == pytest.approx((margin[0] - random[0] + margin[1] - random[1]) / 2)
    assert rows["margin"].gain.n == 2


@pytest.mark.slow
def test_labels_needed_are_those_of_the_first_round_that_is_where_random_ends() -> None:
    needed = {row.variant: row.curve.needed for row in active_tables()[-1].rows if row.curve}
    assert needed == {"random": 20, "margin": 10, "clue": None}  # random ends at .7


@pytest.mark.slow
def test_without_a_round_there_is_no_area() -> None:
    rows = {row.variant: row.curve for row in active_tables(leave_out=("random", 1))[-1].rows if row.curve}
    assert rows["random"].area == pytest.approx((0.4 + 0.6) / 4 + (0.6 + 0.8) / 4)  # from none to all at once
    rows = {row.variant: row.curve for row in active_tables(leave_out=("random", 2))[-1].rows if row.curve}
    assert "random" not in rows or rows["random"].area is None or rows["margin"].gain is None


@pytest.mark.slow
def test_the_table_says_area_and_labels() -> None:
    (table,) = last_rounds(active_tables())
    text = markdown.render([table])
    assert "| area | labels |" in text
    (line,) = (line for line in text.splitlines() if line.startswith("| weighted (margin)"))
    assert [cell.strip() for cell in line.split("|")][-3:-1] == [".700", "10"]
    assert [cell.strip() for cell in text.split("weighted (clue)")[1].split("|")][3] == "never"
    assert "active: methods may see the labelled source, target train, and the labels that the rule of the row" in text
    assert "weighted (margin) +.1" in text
    assert "20 labels asked for" in console.render([table], width=100)


@pytest.mark.slow
def test_trained_and_stored_numbers_stand_where_a_part_is_trained() -> None:
    sizes = {"network_parameters": 1000, "trained_parameters": 52, "stored_parameters": 60}
    records = [make_record(0.5, method="source_only", network_parameters=1000), make_record(method="lora", **sizes)]
    (table,) = build_tables(frame_of(map(flatten, records)))
    text = markdown.render([table])
    (line,) = (line for line in text.splitlines() if line.startswith("| lora"))
    assert [cell.strip() for cell in line.split("|")][-3:-1] == ["5.2 %", "60"]
    assert "stored: numbers to keep for one more target" in text
    whole = make_record(method="fine_tune", **{**sizes, "trained_parameters": 1000})
    assert "trained |" not in markdown.render(build_tables(frame_of([flatten(whole)])))

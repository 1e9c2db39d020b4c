"""The list of verified runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from dabench.errors import ResultsError
from dabench.results.cells import rows_of
from dabench.results.verified import mark, read_marks, verified_runs, write_marks
from tests.support.factories import make_frame, make_record


def test_marks_are_written_in_order_and_read_again(tmp_path: Path) -> None:
    frame = make_frame(make_record(seed=1), make_record(seed=0), make_record(suite="amazon"))
    rows = rows_of(frame)
    marks = [mark(row, row, "identical") for row in rows]
    write_marks(tmp_path, marks)
    found = read_marks(tmp_path)
    assert sorted(found, key=lambda one: one.run_id) == sorted(marks, key=lambda one: one.run_id)
    assert [one.suite for one in found] == ["amazon", "mini", "mini"]
    text = (tmp_path / "verified.json").read_text()
    write_marks(tmp_path, reversed([*found, *found]))
    assert (tmp_path / "verified.json").read_text() == text, "whatever the order, and each once"


def test_a_mark_is_void_where_the_numbers_are_others(tmp_path: Path) -> None:
    before, other = make_record(0.8), make_record(0.7)
    assert before.run_id == other.run_id
    (row,) = rows_of(make_frame(before))
    write_marks(tmp_path, [mark(row, row, "within noise")])
    assert verified_runs(tmp_path, make_frame(before)) == {before.run_id}
    assert verified_runs(tmp_path, make_frame(other)) == frozenset()
    assert verified_runs(tmp_path / "elsewhere", make_frame(before)) == frozenset()


@pytest.mark.parametrize("text", ["{", "[]", '{"runs": [{"run_id": "x"}]}', '{"runs": 3}'])
def test_a_damaged_list_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "verified.json").write_text(text)
    with pytest.raises(ResultsError, match=r"verified.json is no list of verified runs: restore it"):
        read_marks(tmp_path)

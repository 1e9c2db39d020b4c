"""Text in columns."""

from __future__ import annotations

from dabench.leaderboard.formats.columns import aligned


def test_columns_stand_below_each_other_without_blanks_at_the_end() -> None:
    assert aligned([["method", "n"], ["dann", "10"], ["", "3"]], right=(1,)) == "method   n\ndann    10\n         3"
    assert aligned([["a", "bb"], ["ccc", ""]]) == "a    bb\nccc"


def test_no_rows_are_no_text() -> None:
    assert aligned(iter([])) == ""

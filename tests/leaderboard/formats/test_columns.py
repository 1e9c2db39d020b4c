"""Text in columns, and how it folds."""

from __future__ import annotations

import io
import sys

import pytest

from dabench.leaderboard.formats.columns import aligned, folded, page_width

LIST = [("dann", "dabench 0.1.0", "features that a domain classifier cannot tell apart, by gradient reversal")]
HASH = "0123456789abcdef" * 4


def test_a_pipe_gets_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert page_width() is None
    assert aligned(LIST).splitlines() == ["  ".join(LIST[0])]
    assert folded("word " * 99) == "word " * 99
    monkeypatch.setenv("COLUMNS", "60")
    assert page_width() == 60
    assert max(map(len, aligned(LIST).splitlines())) <= 60


@pytest.mark.parametrize("width", [80, 60, 45])
def test_words_are_folded_within_their_column(width: int) -> None:
    lines = aligned(LIST, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert lines[0].startswith("dann  dabench 0.1.0  features that")
    assert all(line.startswith(" " * 21) for line in lines[1:])
    assert " ".join(" ".join(lines).split()) == " ".join(LIST[0])


def test_what_fits_stays_as_it_is() -> None:
    rows = [("a", "bb"), ("ccc", "d")]
    assert aligned(rows, width=8) == aligned(rows) == "a    bb\nccc  d"
    assert aligned([("1", "x"), ("10", "y")], right=[0], width=80) == " 1  x\n10  y"
    assert aligned([]) == ""


def test_many_columns_stand_in_blocks_with_the_first_in_each() -> None:
    rows = [("seed", *(f"column_{place}" for place in range(6))), ("5", *"abcdef")]
    assert aligned(rows, width=30).splitlines() == [
        "seed  column_0  column_1",
        "5     a         b",
        "",
        "seed  column_2  column_3",
        "5     c         d",
        "",
        "seed  column_4  column_5",
        "5     e         f",
    ]


def test_rows_without_anything_in_a_further_block_are_left_out() -> None:
    rows = [("step", "x" * 20, "picked_by"), ("1", "y", ""), ("2", "z", "oracle")]
    assert aligned(rows, width=30).splitlines()[4:] == ["step  picked_by", "2     oracle"]


def test_a_word_that_is_too_long_stands_in_a_line_of_its_own() -> None:
    rows = [("settings_sha256", HASH, ""), ("env_torch", "2.9.0", "")]
    assert aligned(rows, width=80).splitlines() == ["settings_sha256", f"    {HASH}", "env_torch        2.9.0"]
    assert HASH in aligned(rows, width=40), "never cut"


def test_prose_is_folded_between_words_with_what_follows_further_in() -> None:
    text = f"accuracy  .532 (standard deviation)\n  indented words that go on\nshort\n{HASH}"
    assert folded(text, 26).splitlines() == [
        "accuracy  .532 (standard",
        "  deviation)",
        "  indented words that go",
        "    on",
        "short",
        HASH,
    ]


def test_columns_stand_below_each_other_without_blanks_at_the_end() -> None:
    assert aligned([["method", "n"], ["dann", "10"], ["", "3"]], right=(1,)) == "method   n\ndann    10\n         3"
    assert aligned([["a", "bb"], ["ccc", ""]]) == "a    bb\nccc"


def test_no_rows_are_no_text() -> None:
    assert aligned(iter([])) == ""

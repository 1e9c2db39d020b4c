"""Notes on the data, as a record holds them and a table shows them."""

from __future__ import annotations

from dabench.runs.data_notes import MOST_SHOWN, MOST_STORED, apart, joined


def test_notes_come_apart_as_they_were_joined() -> None:
    assert apart(joined(["a: one", "b: two"])) == ["a: one", "b: two"]
    assert joined([]) is None
    assert apart(None) == []


def test_notes_without_an_end_are_cut_with_a_word_on_it() -> None:
    text = joined(["x" * 1_000_000, "the end"])
    assert text is not None
    assert len(text) < MOST_STORED + 100
    assert text.endswith("the end")
    note, _ = apart(text)
    assert len(note) < MOST_SHOWN + 100
    assert "characters are left out" in note
    assert "\n" not in note

"""Cells of tables."""

from __future__ import annotations

import numpy as np
import pytest

from dabench.domains.own.cells import Notation, as_level, filled, is_date, is_quantity, number, numbers

COMMA, GROUPED = Notation(decimal=","), Notation(thousands=",")


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("-3.5", -3.5), ("+.5", 0.5), ("5.", 5), ("1e-3", 0.001), (" 7 ", 7), ("007", 7), ("inf", np.inf)],
)
def test_what_is_a_number(text: str, value: float) -> None:
    assert number(text, Notation()) == value
    assert numbers(["1", text], Notation()) is not None


@pytest.mark.parametrize(
    "text", ["", "1,5", "1_000", "NA", "nan", "None", "?", "0x1F", "1 2", "12%", "1.2.3", "e5", "-", "٣", "1e5e5"]
)
def test_what_is_none(text: str) -> None:
    assert number(text, Notation()) is None
    assert numbers(["1", text], Notation()) is None


@pytest.mark.parametrize(
    ("text", "notation", "value"),
    [
        ("1,5", COMMA, 1.5),
        ("1.5", COMMA, None),
        ("1,234,567.5", GROUPED, 1234567.5),
        ("1,23", GROUPED, None),
        ("1234", GROUPED, 1234),
        ("1.234,5", Notation(decimal=",", thousands="."), 1234.5),
        ("-1\u202f234", Notation(thousands="\u202f"), -1234),
    ],
)
def test_other_notations(text: str, notation: Notation, value: float | None) -> None:
    assert number(text, notation) == value


def test_only_an_empty_cell_is_empty() -> None:
    words = ["", "NA", "None", "null", "nan", "n/a", "-", " "]
    assert filled(words, ()) == [None, *words[1:]]
    assert filled(["NA", " NA ", "N", ""], ["NA"]) == [None, None, "N", None]


def test_letters_are_composed() -> None:
    assert filled(["cafe\u0301", "a"], ()) == ["caf\u00e9", "a"]


@pytest.mark.parametrize(
    ("value", "level"), [(3.0, "3"), (3, "3"), ("3.0", "3"), ("3", "3"), ("03", "03"), ("3.5", "3.5"), (2.5, "2.5")]
)
def test_whole_numbers_are_one_level(value: object, level: str) -> None:
    assert as_level(value) == level


def test_quantities_and_dates() -> None:
    assert all(is_quantity(text, Notation()) for text in ("12%", "$5", "3.5 kg", "-1 €"))
    assert not any(is_quantity(text, Notation()) for text in ("18-25", "Q1", "c3", "kg", "12"))
    assert all(map(is_date, ("2020-01-31", "31.1.2020 08:00", "8:30", "1/2/2020")))
    assert not any(map(is_date, ("18-25", "1.5", "a:b")))

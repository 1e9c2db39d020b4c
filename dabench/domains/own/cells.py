"""Cells of tables: which are empty, which are numbers, and how else numbers may have been written.

A cell is empty if nothing is written in it, or if the suite says so (`na_values`). A number has an optional sign,
digits with an optional decimal mark and an optional exponent, as in `-3`, `0.5` and `1e-6`; spaces around it do not
count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

_PLAIN = b"0123456789+-.eE"
_INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)
_WHOLE = re.compile(r"([+-]?[0-9]+)\.0*")
_MARKS = "%‰$€£¥₹"
_QUANTITY = re.compile(rf"[{_MARKS}]\s*(?P<first>[+-]?[0-9].*)|(?P<second>[+-]?[0-9].*?)(\s*[{_MARKS}]|\s+[^\W\d_]+)")
_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([ T]\d.*)?|\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?", re.ASCII)


@dataclass(frozen=True)
class Notation:
    """The notation of cells; see `config.own_data.OwnTables`."""

    decimal: str = "."
    thousands: str | None = None
    na_values: tuple[str, ...] = ()

    @property
    def na_numbers(self) -> list[float]:
        """The numbers among `na_values`: -999 stands for -999.0 as well."""
        found = (number(text, self) for text in self.na_values)
        return [value for value in found if value is not None]

    def others(self) -> Iterator[Notation]:
        """Other notations that are in use, each with the options that differ from this one."""
        for decimal, thousands in ((".", None), (",", None), (".", ","), (",", "."), *_grouped(" \xa0\u202f'\u2019_")):
            if (decimal, thousands) != (self.decimal, self.thousands):
                yield replace(self, decimal=decimal, thousands=thousands)


def _grouped(marks: str) -> Iterator[tuple[str, str]]:
    for thousands in marks:
        yield from ((".", thousands), (",", thousands))


def filled(cells: Sequence[str], na_values: Collection[str]) -> list[str | None]:
    """Cells as text in Unicode's composed form (NFC), None where they are empty."""
    if not "".join(cells).isascii():
        cells = [unicodedata.normalize("NFC", cell) for cell in cells]
    if not na_values:
        return [cell or None for cell in cells]
    return [None if not cell or cell.strip() in na_values else cell for cell in cells]


def number(text: str, notation: Notation) -> float | None:
    """A cell as a number; None if it is none."""
    text = text.strip()
    if _INFINITE.fullmatch(text):
        return float(text)
    if notation.thousands is not None:
        text = _ungrouped(text, notation)
    if notation.decimal != ".":
        text = text.replace(".", "x").replace(notation.decimal, ".")
    if not _is_plain(text):
        return None
    try:
        return float(text)
    except ValueError:
        return None


def numbers(cells: Sequence[str], notation: Notation) -> NDArray[np.float64] | None:
    """Cells (N,) as numbers; None if one of them is none."""
    if notation.decimal == "." and notation.thousands is None and _is_plain("".join(cells)):  # the quick way
        try:
            return np.array([float(cell) for cell in cells], dtype=np.float64)
        except ValueError:
            return None
    found = np.empty(len(cells))
    for place, cell in enumerate(cells):
        value = number(cell, notation)
        if value is None:
            return None
        found[place] = value
    return found


def _is_plain(text: str) -> bool:
    return not text.encode(errors="replace").translate(None, _PLAIN)


def as_level(value: object) -> str:
    """A class or a category as text: 3 and 3.0 are the same, as an empty cell in the column makes one of the other."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    whole = _WHOLE.fullmatch(str(value))
    return whole[1] if whole else str(value)


def is_quantity(text: str, notation: Notation) -> bool:
    """Whether a cell is a number with a unit, a currency or a percent sign, as in `12 %`, `$5` and `3 kg`."""
    found = _QUANTITY.fullmatch(text.strip())
    return found is not None and number(found["first"] or found["second"], notation) is not None


def is_date(text: str) -> bool:
    """Whether a cell is a date or a time, as in `2020-01-31`, `31.1.2020 08:00` and `8:30`."""
    return _DATE.fullmatch(text.strip()) is not None


def _ungrouped(text: str, notation: Notation) -> str:
    """A number without its marks of thousands; as it is where these do not stand before every three digits."""
    mark = re.escape(notation.thousands or "")
    grouped = rf"[+-]?[0-9]{{1,3}}({mark}[0-9]{{3}})+({re.escape(notation.decimal)}[0-9]*)?([eE][+-]?[0-9]+)?"
    return text.replace(notation.thousands or "", "") if re.fullmatch(grouped, text) else text

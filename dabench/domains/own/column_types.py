"""Types of the columns of tables: decided once, over all rows of all domains.

A column is one of numbers if every cell is a number, and one of categories if none is. Anything between the two, and
numbers in another notation, is refused, because no guess is right for all data: `categorical`, `na_values`, `decimal`
and `thousands` say what is meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dabench.domains.own.cells import Notation, as_level, is_date, is_quantity, number, numbers
from dabench.domains.own.table_files import Places, where
from dabench.errors import DataError, shortened

NUMBERS = "numbers"
_PADDED = re.compile(r"(?<!\S)0[0-9]")
_ENOUGH = 1000  # different values of a column that are looked at for other notations; more are no categories anyway


@dataclass(frozen=True)
class Decided:
    """The types of all columns.

    Attributes:
        types: `numbers`, or `categories, 3 levels`, by column.
        padded: columns of numbers that begin with 0, as in `01234`: they may be codes.
    """

    types: Mapping[str, str]
    padded: tuple[str, ...] = ()

    @property
    def categories(self) -> list[str]:
        """The columns that hold categories."""
        return [name for name, kind in self.types.items() if kind != NUMBERS]


@dataclass(frozen=True)
class _Column:
    """The cells of a column in all domains.

    Attributes:
        texts: where each value stands that is written as text.
        typed: numbers of a file that stores numbers.
    """

    name: str
    texts: Mapping[str, list[tuple[str, int | None, int]]]
    typed: Sequence[float]


def decide(
    frames: Mapping[str, pd.DataFrame],
    places: Mapping[str, Places],
    categorical: Collection[str],
    notation: Notation,
) -> Decided:
    """Decide the types of the columns.

    Args:
        frames: features by domain; their index is a position in `places`.
        places: where the rows stand, by domain.
        categorical: columns of categories, whatever they hold.
        notation: of the cells.

    Raises:
        DataError: domains differ in their columns; a named column does not exist; or it cannot be said what a column
            holds: names the column, its odd values, their lines, and what to do.
    """
    columns = _same_columns(frames)
    unknown = sorted(set(categorical) - set(columns))
    if unknown:
        raise DataError(f"`categorical` names {', '.join(unknown)}; the columns are {shortened(columns, 20)}")
    types = dict.fromkeys(columns, NUMBERS)
    padded, problems = [], []
    for name in columns:
        if name in categorical:
            parts = [converted(frame[[name]], [name], notation)[name].dropna() for frame in frames.values()]
            types[name] = _levels({value for part in parts for value in part})
        elif _all_numbers({domain: frame[name] for domain, frame in frames.items()}, notation):
            cells = (cell for frame in frames.values() for cell in frame[name].tolist() if isinstance(cell, str))
            padded += [name] if _PADDED.search(" ".join(cells)) else []
        else:
            column = _column(name, frames, places)
            problem = _problem(column, notation)
            problems += [problem] if problem else []
            types[name] = _levels(map(as_level, column.texts))
    if problems:
        more = [f"and {len(problems) - 5:,} more columns of these kinds"] if len(problems) > 5 else []
        raise DataError("\n".join([*problems[:5], *more]))
    return Decided(types, tuple(padded))


def converted(frame: pd.DataFrame, categories: Collection[str], notation: Notation) -> pd.DataFrame:
    """Columns of numbers as float64, empty cells as NaN; those of categories as text, empty cells as None.

    Raises:
        DataError: a column of numbers holds something else.
    """
    columns = {}
    for name in frame.columns:
        values = frame[name]
        typed = pd.api.types.is_numeric_dtype(values)
        if typed:
            values = values.astype("float64" if values.hasnans or name not in categories else values.dtype)
            values = values.mask(values.isin(notation.na_numbers)) if notation.na_numbers else values
        if name in categories:
            texts = [None if value is None or value != value else as_level(value) for value in values.tolist()]
            columns[name] = pd.Series(texts, frame.index, dtype=object)
        elif typed:
            columns[name] = values
        else:
            full = values.notna()
            parsed = numbers(values[full].tolist(), notation)
            if parsed is None:
                raise DataError(f"the column {name} holds something other than numbers")
            parsed[np.isin(parsed, notation.na_numbers)] = np.nan
            columns[name] = pd.Series(np.nan, frame.index, dtype=np.float64)
            columns[name][full] = parsed
    return pd.DataFrame(columns, index=frame.index)


def check_finite(frame: pd.DataFrame, places: Places) -> None:
    """Make sure that the numbers of a converted table are finite.

    Raises:
        DataError: some are not; names the column and the lines.
    """
    for name in frame.columns:
        if frame[name].dtype != object:
            infinite = frame.index[np.isinf(frame[name].to_numpy(dtype=np.float64))]
            if len(infinite):
                shown = where([places.of(position) for position in infinite])
                raise DataError(
                    f"the column {name} has infinite values ({shown}): correct them, or say `na_values: [inf]` in "
                    "`domains` if they stand for empty cells"
                )


def as_class_names(values: pd.Series) -> pd.Series:
    """Labels as names of classes; empty cells stay empty.

    Raises:
        DataError: they are fractions.
    """
    given = values.dropna()
    typed = pd.api.types.is_numeric_dtype(given)
    found = given.to_numpy(dtype=np.float64) if typed else numbers(given.tolist(), Notation())
    if found is not None and (found % 1 != 0).any():
        raise DataError(f"the label {values.name} holds fractions: dabench classifies, it does not regress")
    return pd.Series([as_level(value) for value in given.tolist()], given.index, dtype=object).reindex(values.index)


def _same_columns(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    first, *others = frames
    columns = list(frames[first].columns)
    if not columns:
        raise DataError(f"{first} has no column besides the label and those that are dropped")
    for other in others:
        here, there = set(columns), set(frames[other].columns)
        if here != there:
            texts = [
                f"{', '.join(sorted(extra))} only in {name}"
                for name, extra in ((first, here - there), (other, there - here))
                if extra
            ]
            raise DataError(f"the columns differ: {'; '.join(texts)}. Leave some out with `drop`.")
    unnamed = [name for name in columns if name.startswith("Unnamed: ")]
    if unnamed:
        raise DataError(
            f"the column {unnamed[0]} has no name in the file: it is often an index that was saved with the data. "
            f"Leave it out with `drop: ['{unnamed[0]}']`, or give it a name in the file if it is a feature."
        )
    return columns


def _levels(values: Iterable[str]) -> str:
    count = len(set(values))
    return f"categories, {count:,} level{'s' if count > 1 else ''}"


def _all_numbers(parts: Mapping[str, pd.Series], notation: Notation) -> bool:
    texts = [part.dropna().tolist() for part in parts.values() if not pd.api.types.is_numeric_dtype(part)]
    return all(numbers(cells, notation) is not None for cells in texts)


def _column(name: str, frames: Mapping[str, pd.DataFrame], places: Mapping[str, Places]) -> _Column:
    texts: dict[str, list[tuple[str, int | None, int]]] = {}
    typed: list[float] = []
    for domain, frame in frames.items():
        values = frame[name].dropna()
        if pd.api.types.is_numeric_dtype(values):
            typed += values.tolist()
            continue
        for position, value in values.items():
            texts.setdefault(value, []).append(places[domain].of(int(str(position))))
    return _Column(name, texts, typed)


def _problem(column: _Column, notation: Notation) -> str | None:
    """The reason why a column that holds some text is no column of categories; None if it is one."""
    good = [value for value in column.texts if number(value, notation) is not None]
    odd = [value for value in column.texts if number(value, notation) is None]
    some = odd[:_ENOUGH]
    declared = f"`categorical: [{column.name}]` if these are codes"
    if good or column.typed:
        example = good[0] if good else f"{column.typed[0]:g}"
        also = _other_notations([*good, *odd][:_ENOUGH], notation)
        if also is None:
            empty = ", ".join(f"'{value}'" for value in odd)
            also = f"`na_values: [{empty}]` if that stands for an empty cell" if len(odd) <= 5 else ""
        count = sum(len(column.texts[value]) for value in odd)
        return (
            f"the column {column.name} holds numbers, such as {example}, and in {count:,} cells something else: "
            f"{_shown(column, odd)}. Say in `domains` {', '.join(filter(None, [also, declared]))}, or correct the file."
        )
    other = [value for value in some if any(number(value, alike) is not None for alike in notation.others())]
    if other:
        also = _other_notations(other, notation) or "how they are to be read"
        return (
            f"the column {column.name} holds numbers in another notation: {_shown(column, other)}. Say in `domains` "
            f"{also}, {declared}, or correct the file."
        )
    for what, matches in (
        ("numbers with units", [value for value in some if is_quantity(value, notation)]),
        ("dates or times", [value for value in some if is_date(value)]),
    ):
        if 2 * len(matches) >= len(some) > 0:
            return (
                f"the column {column.name} holds {what}: {_shown(column, matches)}. Turn them into plain numbers in "
                f"the file, leave the column out with `drop: [{column.name}]`, or say {declared}."
            )
    return None


def _other_notations(values: Sequence[str], notation: Notation) -> str | None:
    """The options under which all of some values are numbers."""
    texts = []
    for alike in notation.others():
        needed = alike.thousands is None or any(alike.thousands in value for value in values)
        if needed and all(number(value, alike) is not None for value in values):
            options = []
            if alike.decimal != notation.decimal:
                options.append(f"`decimal: '{alike.decimal}'`")
            if alike.thousands != notation.thousands:
                options.append(f"`thousands: '{alike.thousands}'`" if alike.thousands else "no `thousands`")
            texts.append(" and ".join(options))
    return " or ".join(texts[:2]) or None


def _shown(column: _Column, values: Sequence[str]) -> str:
    return shortened([f"{value!r} ({where(column.texts[value])})" for value in values], 3)

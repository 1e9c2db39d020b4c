"""Columns of tables as numbers: fitted on the sources' train rows, applied to every domain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dabench.errors import DataError, shortened

MOST_CATEGORIES = 100
"""Of one column. Text with more values than that is an identifier or a sentence."""


def column_kinds(frames: Mapping[str, pd.DataFrame], categorical: Collection[str]) -> dict[str, bool]:
    """Whether each column is one of categories.

    Args:
        frames: features by domain.
        categorical: columns that are, whatever they hold.

    Raises:
        DataError: domains differ in their columns, or in what these hold; or a named column does not exist.
    """
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
    unknown = sorted(set(categorical) - set(columns))
    if unknown:
        raise DataError(f"`categorical` names {', '.join(unknown)}; the columns are {shortened(columns, 20)}")
    kinds = {}
    for column in columns:
        text = [name for name, frame in frames.items() if not pd.api.types.is_numeric_dtype(frame[column])]
        kinds[column] = column in categorical or len(text) == len(frames)
        if text and not kinds[column]:
            example = next(value for value in frames[text[0]][column].dropna() if not _is_number(value))
            numbers = next(name for name in frames if name not in text)
            raise DataError(
                f"the column {column} holds numbers in {numbers} and text in {text[0]}, such as {example!r}. "
                "Mend it, or name it in `categorical`."
            )
    return kinds


@dataclass(frozen=True)
class Encoding:
    """What is known of the columns.

    Attributes:
        categories: those of each column of categories, sorted, as text.
        fill: what goes into an empty cell, by column; columns without empty cells need none.
    """

    kinds: Mapping[str, bool]
    categories: Mapping[str, Sequence[str]]
    fill: Mapping[str, float | str]

    @classmethod
    def fit(cls, rows: pd.DataFrame, kinds: Mapping[str, bool], missing: str) -> Encoding:
        """Fit on train rows of the sources.

        Raises:
            DataError: a column has too many categories, or no value at all.
        """
        categories, fill = {}, {}
        for column, is_category in kinds.items():
            values = rows[column].dropna()
            if not len(values):
                raise DataError(f"the column {column} is empty in the sources' train rows: leave it out with `drop`")
            if is_category:
                counts = _as_text(values).value_counts()
                if len(counts) > MOST_CATEGORIES:
                    raise DataError(
                        f"the column {column} has {len(counts):,} categories, and {MOST_CATEGORIES} are the most: "
                        "leave it out with `drop`"
                    )
                categories[column] = sorted(counts.index)
                fill[column] = min(counts.index[counts == counts.max()])
            else:
                wide = values.astype("float64")
                fill[column] = float(wide.median() if missing == "median" else wide.mean())
        return cls(kinds, categories, fill)

    def apply(self, rows: pd.DataFrame) -> tuple[NDArray[np.float64], list[str]]:
        """Rows as float64 (N, D), a column of 0 and 1 for each category, and notes on categories that are unknown.

        Raises:
            DataError: a value is infinite, or will be once it is normalised and becomes float32.
        """
        parts, notes = [], []
        for column, is_category in self.kinds.items():
            if is_category:
                values = _as_text(rows[column].astype("object").where(rows[column].notna(), self.fill[column]))
                known = np.array(self.categories[column], dtype=object)
                parts.append((values.to_numpy(dtype=object)[:, None] == known[None]).astype(np.float64))
                others = values[~values.isin(list(known))].value_counts()
                if len(others):
                    names = shortened([f"{name!r} ({count:,})" for name, count in others.sort_index().items()])
                    notes.append(f"the column {column} has categories that no source's train rows have: {names}")
            else:
                numbers = rows[column].astype("float64").fillna(self.fill[column]).to_numpy(dtype=np.float64)
                if not (np.abs(numbers) <= np.finfo(np.float32).max).all():
                    raise DataError(f"the column {column} has infinite values, or some beyond what float32 can hold")
                parts.append(numbers[:, None])
        return np.concatenate(parts, axis=1), notes


def _as_text(values: pd.Series) -> pd.Series:
    """Categories as text: 3 and 3.0 are the same, as an empty cell makes one of the other."""
    return values.map(lambda value: str(int(value)) if isinstance(value, float) and value.is_integer() else str(value))


def as_class_names(values: pd.Series) -> pd.Series:
    """Labels as names of classes.

    Raises:
        DataError: they are fractions.
    """
    if pd.api.types.is_float_dtype(values) and not (values.dropna() % 1 == 0).all():
        raise DataError(f"the label {values.name} holds fractions: dabench classifies, it does not regress")
    return _as_text(values)


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True

"""Columns of tables as numbers: fitted on the sources' train rows, applied to every domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dabench.errors import DataError, shortened

MOST_CATEGORIES = 100
"""Of one column. Text with more values than that is an identifier or a sentence."""


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
                counts = values.value_counts()
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
                values = rows[column].astype("object").where(rows[column].notna(), self.fill[column])
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

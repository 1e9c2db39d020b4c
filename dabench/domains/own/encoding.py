"""Columns of tables as numbers: fitted on the sources' train rows, applied to every domain.

scikit-learn fills empty cells (`SimpleImputer`) and makes a column of each category (`OneHotEncoder`), one table column
at a time: so the columns keep their order, and every message names the column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import OneHotEncoder

from dabench.errors import DataError, shortened

MOST_CATEGORIES = 100
"""Of one column. Text with more values than that is an identifier or a sentence."""


@dataclass(frozen=True)
class Encoding:
    """The way from the columns of a table to numbers.

    Attributes:
        fill: what goes into an empty cell, by column: mean or median, or the most frequent category.
        encode: by column of categories: a column of 0 and 1 for each, sorted; a category that is unknown is all 0.
    """

    fill: Mapping[str, SimpleImputer]
    encode: Mapping[str, OneHotEncoder]

    @classmethod
    def fit(cls, rows: pd.DataFrame, kinds: Mapping[str, bool], missing: str) -> Encoding:
        """Fit on train rows of the sources.

        Args:
            rows: with columns of numbers, and of categories as text.
            kinds: by column, whether it holds categories.
            missing: `median` fills columns of numbers with it, anything else with the mean.

        Raises:
            DataError: a column has too many categories, no value at all, or a value beyond float32.
        """
        fill, encode = {}, {}
        for column, is_category in kinds.items():
            full = rows[column].dropna()
            if not len(full):
                raise DataError(f"the column {column} is empty in the sources' train rows: leave it out with `drop`")
            if is_category:
                count = full.nunique()
                if count > MOST_CATEGORIES:
                    raise DataError(
                        f"the column {column} has {count:,} categories, and {MOST_CATEGORIES} are the most: "
                        "leave it out with `drop`"
                    )
                fill[column] = SimpleImputer(strategy="most_frequent", missing_values=None)
                encode[column] = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(_texts(full))
                fill[column].fit(_texts(full))
            else:
                fill[column] = SimpleImputer(strategy="median" if missing == "median" else "mean")
                fill[column].fit(_numbers(full))
        return cls(fill, encode)

    def apply(self, rows: pd.DataFrame) -> tuple[NDArray[np.float64], list[str]]:
        """Rows as float64 (N, D), a column of 0 and 1 for each category, and notes on categories that are unknown.

        Raises:
            DataError: a value is infinite, or will be once it is normalised and becomes float32.
        """
        parts, notes = [], []
        for column, fill in self.fill.items():
            if column in self.encode:
                values = fill.transform(_texts(rows[column]))
                encoder = self.encode[column]
                parts.append(encoder.transform(values))
                given = pd.Series(values[:, 0], dtype=object)
                others = given[~given.isin(encoder.categories_[0].tolist())].value_counts()
                if len(others):
                    names = shortened([f"{name!r} ({count:,})" for name, count in others.sort_index().items()])
                    notes.append(f"the column {column} has categories that no source's train rows have: {names}")
            else:
                parts.append(fill.transform(_numbers(rows[column])))
        return np.concatenate(parts, axis=1), notes


def _texts(values: pd.Series) -> NDArray[Any]:
    """Categories (N, 1), empty cells as None."""
    return values.astype("object").where(values.notna(), None).to_numpy(dtype=object)[:, None]


def _numbers(values: pd.Series) -> NDArray[np.float64]:
    """Numbers (N, 1), empty cells as NaN.

    Raises:
        DataError: a value is beyond what float32 can hold.
    """
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if (np.abs(numbers) > np.finfo(np.float32).max).any():
        raise DataError(f"the column {values.name} has infinite values, or some beyond what float32 can hold")
    return numbers[:, None]

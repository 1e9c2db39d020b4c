"""Columns of numbers and of categories as features: the columns by hand, in the order of the table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dabench.domains.own.encoding import Encoding
from dabench.errors import DataError

SEEN = pd.DataFrame(
    {
        "ward": ["north", "south", None, "south", "north"],
        "age": [10.0, np.nan, 20.0, 60.0, 10.0],
        "code": ["10", "9", "10", "None", "9"],
    }
)
KINDS = {"ward": True, "age": False, "code": True}
ROWS = pd.DataFrame({"ward": [None, "east"], "age": [np.nan, 5.0], "code": ["None", "9"]})


@pytest.mark.parametrize(("missing", "filled"), [("mean", 25.0), ("median", 15.0), ("refuse", 25.0)])
def test_columns_keep_their_order_and_categories_are_sorted(missing: str, filled: float) -> None:
    x, notes = Encoding.fit(SEEN, KINDS, missing).apply(ROWS)
    # north (as frequent as south, and before it), south; age; 10, 9, None
    assert x.tolist() == [[1, 0, filled, 0, 0, 1], [0, 0, 5, 0, 1, 0]]
    assert x.dtype == np.float64
    assert notes == ["the column ward has categories that no source's train rows have: 'east' (1)"]


def test_a_mean_has_the_bits_of_the_column_without_its_empty_cells() -> None:
    values = pd.Series(np.random.default_rng(0).lognormal(size=1000, sigma=3))
    values[::7] = np.nan
    encoding = Encoding.fit(pd.DataFrame({"age": values}), {"age": False}, "mean")
    x, _ = encoding.apply(pd.DataFrame({"age": [np.nan]}))
    assert x.tolist() == [[values.dropna().mean()]]


def test_an_empty_column_of_one_domain_is_filled() -> None:
    rows = pd.DataFrame({"ward": [None], "age": [np.nan], "code": [None]})
    x, notes = Encoding.fit(SEEN, KINDS, "mean").apply(rows)
    assert x.tolist() == [[1, 0, 25, 1, 0, 0]]
    assert notes == []


def test_numbers_beyond_float32_are_refused_before_they_are_added() -> None:
    seen = SEEN.assign(age=[1e308, 1e308, 1.0, 1.0, 1.0])
    with pytest.raises(DataError, match="the column age has infinite values, or some beyond what float32 can hold"):
        Encoding.fit(seen, KINDS, "mean")

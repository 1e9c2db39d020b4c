"""Columns of text as counts of words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from dabench.domains.own.hashed_text import hashed
from dabench.errors import DataError


def test_equal_words_are_equal_columns_in_every_frame() -> None:
    first = hashed(pd.DataFrame({"age": [1, 2], "text": ["Good film", None]}), ["text"], 16, "x")
    other = hashed(pd.DataFrame({"text": ["film, good!"]}, index=[7]), ["text"], 16, "x")
    assert list(first.columns) == ["age", *(f"text_{place}" for place in range(16))]
    np.testing.assert_array_equal(first.iloc[0, 1:], other.iloc[0])
    assert np.linalg.norm(other.iloc[0]) == pytest.approx(1)
    assert not first.iloc[1, 1:].any()
    assert list(other.index) == [7]


def test_numbers_are_no_text() -> None:
    with pytest.raises(DataError, match="x: `text` names the column age, which holds numbers"):
        hashed(pd.DataFrame({"age": [1]}), ["age"], 16, "x")

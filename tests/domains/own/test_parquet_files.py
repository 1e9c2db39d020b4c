"""Parquet files and folders of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dabench.domains.own.parquet_files import parts_of, read_parquet
from dabench.domains.own.table_files import files_of, is_table, read_table
from dabench.errors import DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A table in parts, below the values of a column."""
    for place, value in enumerate(("01", "2%2F3")):
        part = tmp_path / "table" / f"hospital={value}"
        part.mkdir(parents=True)
        pd.DataFrame({"age": [place, place + 10]}).to_parquet(part / "part-0.parquet")
    (tmp_path / "table" / "_SUCCESS").touch()
    (tmp_path / "table" / ".part.parquet.crc").touch()
    return tmp_path / "table"


def test_parts_are_one_table_and_names_of_folders_are_text(folder: Path) -> None:
    frame = read_parquet(folder)
    assert frame.to_dict("list") == {"hospital": ["01", "01", "2/3", "2/3"], "age": [0, 10, 1, 11]}
    assert is_table(folder)
    assert files_of(folder) == parts_of(folder)
    assert len(parts_of(folder)) == 2
    assert not is_table(folder.parent)


def test_parts_with_other_columns_are_refused(folder: Path) -> None:
    pd.DataFrame({"size": [1]}).to_parquet(folder / "hospital=2%2F3" / "part-1.parquet")
    with pytest.raises(DataError, match=r"part-1.parquet has the columns hospital, size; those before have .*, age"):
        read_parquet(folder)


def test_lists_of_numbers_are_columns(tmp_path: Path) -> None:
    frame = pd.DataFrame({"y": ["a", "b"], "v": [np.array([1.0, 2.0]), np.array([3.0, 4.0])]})
    frame.to_parquet(tmp_path / "x.parquet")
    assert read_table(tmp_path / "x.parquet").frame.to_dict("list") == {"y": ["a", "b"], "v_0": [1, 3], "v_1": [2, 4]}
    frame["v"] = [np.array([1.0]), None]
    frame.to_parquet(tmp_path / "y.parquet")
    with pytest.raises(DataError, match=r"the lists of the column v have several lengths: 1, no list"):
        read_table(tmp_path / "y.parquet")

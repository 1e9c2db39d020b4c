"""Parquet files, and folders of them as other programs write them: `part-0.parquet`, `hospital=north/part-0.parquet`.

The parts are read one by one, and the values in the names of folders are text: readers of whole folders guess their
type, and make 1 of `01`.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pandas as pd

from dabench.data.limits import TooMuchError, most_of
from dabench.errors import DataError
from dabench.plain_files import oddity

SUFFIX = ".parquet"


def is_parquet_folder(path: Path) -> bool:
    """Whether a folder holds parts of one table, directly or in folders called `name=value`."""
    return path.is_dir() and bool(parts_of(path))


def parts_of(folder: Path) -> list[Path]:
    """The parts of a table, in the order of their names; names that begin with `_` or `.` are no data."""
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(("_", ".")):
            continue
        if path.is_dir():
            found += parts_of(path) if "=" in path.name and not path.is_symlink() else []
        elif path.suffix.lower() == SUFFIX:
            found.append(path)
    return found


def read_parquet(path: Path) -> pd.DataFrame:
    """A file, or the parts of a folder one after the other; a list of numbers in each cell becomes as many columns.

    Raises:
        DataError: parts have other columns than the first, or lists have several lengths.
        ImportError: pyarrow is not installed.
        OSError, ValueError: a file is damaged.
    """
    if not path.is_dir():
        return _file(path)
    frames: list[pd.DataFrame] = []
    for part in parts_of(path):
        frame = _file(part)
        for above in reversed(part.relative_to(path).parent.parts):
            name, _, value = above.partition("=")
            frame.insert(0, unquote(name), unquote(value))
        if frames and list(frame.columns) != list(frames[0].columns):
            raise DataError(f"{part} has the columns {', '.join(frame.columns)}; those before have "
                            f"{', '.join(frames[0].columns)}")  # fmt: skip
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _file(path: Path) -> pd.DataFrame:
    parquet = import_module("pyarrow.parquet")  # an extra: not everybody has it
    odd = oddity(path)
    if odd:
        raise DataError(f"{path} cannot be read: it is {odd}")
    _refuse_too_much(path, parquet)
    types = import_module("pyarrow").types
    schema = parquet.read_schema(path)
    lists = [
        field.name
        for field in schema
        if (types.is_list(field.type) or types.is_large_list(field.type) or types.is_fixed_size_list(field.type))
        and (types.is_integer(field.type.value_type) or types.is_floating(field.type.value_type))
    ]
    if not lists:
        return pd.read_parquet(path, engine="pyarrow")
    table = parquet.ParquetFile(path).read()
    columns: dict[str, Any] = {}
    for name in table.column_names:
        if name in lists:
            columns |= _items(table.column(name), name, path)
        else:
            columns[name] = table.column(name).to_pandas()
    return pd.DataFrame(columns)


def _items(column: Any, name: str, path: Path) -> dict[str, Any]:
    """The items of lists as columns `name_0`, `name_1`, …."""
    rows = column.to_pylist()
    lengths = {None if row is None else len(row) for row in rows}
    if len(lengths) > 1 or None in lengths:
        shown = sorted("no list" if length is None else str(length) for length in lengths)
        raise DataError(f"{path}: the lists of the column {name} have several lengths: {', '.join(shown[:5])}")
    values = np.array(rows, dtype=np.float64).reshape(len(rows), -1)
    return {f"{name}_{place}": values[:, place] for place in range(values.shape[1])}


def _refuse_too_much(path: Path, parquet: Any) -> None:
    """Raise a TooMuchError for a file that promises more than its size does."""
    promised = parquet.read_metadata(path)
    size = max(
        promised.num_rows * promised.num_columns,
        sum(promised.row_group(number).total_byte_size for number in range(promised.num_row_groups)),
    )
    if size > most_of(path):
        raise TooMuchError(f"{path} holds {size:,} bytes, far more than its size promises: it is refused")

"""Tables of one's own: .csv, .parquet and .npz files as data frames."""

from __future__ import annotations

import zipfile
import zlib
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd

from dabench.data.limits import TooMuchError, most_of
from dabench.errors import DataError
from dabench.plain_files import oddity

# What readers raise on damaged files; the errors of pandas are ValueErrors.
DAMAGED = (OSError, ValueError, EOFError, KeyError, MemoryError, zlib.error, zipfile.BadZipFile)
SUFFIXES = (".csv", ".parquet", ".npz")


def read_table(path: Path, separator: str = ",") -> pd.DataFrame:
    """Read a table; in an .npz every array is a column, and one of two dimensions several, called `x_0`, `x_1`, ….

    Raises:
        DataError: it cannot be read, or has no rows.
    """
    suffix = path.suffix.lower()
    try:
        odd = oddity(path)
        if odd:
            raise DataError(f"{path} cannot be read: it is {odd}")
        if suffix == ".csv":
            frame = pd.read_csv(path, sep=separator, low_memory=False)
        elif suffix == ".npz":
            frame = _npz(path)
        elif suffix == ".parquet":
            _refuse_too_much(path)
            frame = pd.read_parquet(path, engine="pyarrow")
        else:
            raise DataError(f"{path} is none of {', '.join(SUFFIXES)}")
    except ImportError as error:
        raise DataError(
            f"{path}: reading .parquet needs pyarrow, which is not installed: pip install 'dabench[parquet]'"
        ) from error
    except (
        OSError,
        ValueError,
        EOFError,
        KeyError,
        MemoryError,
        zlib.error,
        zipfile.BadZipFile,
    ) as error:  # those of pandas are ValueErrors
        raise DataError(f"{path} cannot be read: {error}") from error
    if not len(frame):
        raise DataError(f"{path} has no rows")
    frame.columns = frame.columns.map(str)
    twice = sorted(set(frame.columns[frame.columns.duplicated()]))
    if twice:
        raise DataError(f"{path} has several columns called {', '.join(twice)}")
    return frame


def need(frame: pd.DataFrame, column: str, where: str) -> None:
    """Make sure that a table has a column.

    Raises:
        DataError: it does not; the message names the nearest.
    """
    if column not in frame.columns:
        near = get_close_matches(column, list(frame.columns), n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(map(repr, near))}? " if near else ""
        raise DataError(f"{where} has no column {column!r}. {hint}It has {', '.join(frame.columns[:20])}.")


def _refuse_too_much(path: Path) -> None:
    """Raise a TooMuchError for a .parquet file that promises more than its size does."""
    promised = import_module("pyarrow.parquet").read_metadata(path)  # an extra: not everybody has it
    size = max(
        promised.num_rows * promised.num_columns,
        sum(promised.row_group(number).total_byte_size for number in range(promised.num_row_groups)),
    )
    if size > most_of(path):
        raise TooMuchError(f"{path} holds {size:,} bytes, far more than its size promises: it is refused")


def _npz(path: Path) -> pd.DataFrame:
    columns: dict[str, object] = {}
    with zipfile.ZipFile(path) as archive:
        size = sum(member.file_size for member in archive.infolist())
    if size > most_of(path):
        raise TooMuchError(f"{path} holds {size:,} bytes, far more than its size promises: it is refused")
    with np.load(path, allow_pickle=False) as arrays:
        for name in arrays.files:
            array = arrays[name]
            if array.ndim not in (1, 2):
                raise DataError(f"{path}: {name} has the shape {array.shape}; a table is made of (N,) and (N, D)")
            if array.ndim == 1:
                columns[name] = array
            else:
                columns |= {f"{name}_{place}": array[:, place] for place in range(array.shape[1])}
    return pd.DataFrame(columns)

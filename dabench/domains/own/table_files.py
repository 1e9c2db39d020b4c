"""Tables of one's own as data frames, and where their rows stand: one reader for each kind of file.

A text table is read as text: nothing is guessed from a single file. What a column holds is decided over all files
(`dabench.domains.own.encoding`).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dabench.domains.own import array_files, parquet_files, svmlight_files
from dabench.domains.own.cells import filled
from dabench.domains.own.text_tables import read_text
from dabench.errors import DataError, listed, shortened
from dabench.plain_files import oddity

# What readers raise on damaged files; the errors of pandas are ValueErrors.
DAMAGED = (OSError, ValueError, EOFError, KeyError, MemoryError, zlib.error, zipfile.BadZipFile)
TEXT = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
SUFFIXES = (*TEXT, parquet_files.SUFFIX, *array_files.SUFFIXES, *svmlight_files.SUFFIXES)
_INSTEAD = {
    ".tab": "call it .tsv",
    ".txt": "call it .csv and say which `separator` it has in `domains`",
    ".data": "call it .csv and say which `separator` it has in `domains`",
    ".gz": "unpack it",
    ".zip": "unpack it",
    ".bz2": "unpack it",
    ".xz": "unpack it",
    ".zst": "unpack it",
    ".npy": "put it into a .npz together with the labels: np.savez(file, x=x, label=y)",
    ".pkl": "save it as .parquet: pickles run code and are not read",
    ".pickle": "save it as .parquet: pickles run code and are not read",
}
_UNREAD = {".xlsx", ".xls", ".ods", ".json", ".jsonl", ".arff", ".feather", ".arrow", ".orc", ".sav", ".dta", ".rds"}
_UNREAD |= {".rdata", ".dat", ".pq", ".avro", ".xml", ".sas7bdat"}
_EXTRAS = {"h5py": ".h5 and MATLAB 7.3 need h5py, which is not installed: pip install 'dabench[hdf5]'"}
_NO_PYARROW = "reading .parquet needs pyarrow, which is not installed: pip install 'dabench[parquet]'"


@dataclass(frozen=True)
class Dialect:
    """The dialect of a text table; see `config.own_data.OwnTables`."""

    separator: str = ","
    encoding: str = "utf-8"
    comment: str | None = None
    na_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableFile:
    """The content of a file.

    Attributes:
        frame: columns of numbers, or of text with None in empty cells; its index is 0, 1, ….
        lines: the line on which each row begins (N,); None where a file has no lines, and rows are counted from 0.
        sparse: columns that are 0 in all rows may be missing.
        examples: an array (N, ...) of three or more dimensions, where there is one: images or windows of signals.
    """

    frame: pd.DataFrame
    lines: NDArray[np.int64] | None = None
    sparse: bool = False
    examples: NDArray[Any] | None = field(default=None, compare=False)


class Places:
    """The places of the rows of one file, or of several one after the other."""

    def __init__(self, files: Mapping[str, TableFile]) -> None:
        """Remember the files, by the names that messages give them."""
        self._names = list(files)
        self._lines = [file.lines for file in files.values()]
        self._starts = np.cumsum([0, *(len(file.frame) for file in files.values())])

    def of(self, position: int) -> tuple[str, int | None, int]:
        """The file, the line and the row of a position."""
        number = int(np.searchsorted(self._starts, position, side="right")) - 1
        row = int(position - self._starts[number])
        lines = self._lines[number]
        return self._names[number], None if lines is None else int(lines[row]), row

    def name(self, position: int) -> str:
        """File and line of a position, as in `north.csv, line 7`; a row of a file without lines counts from 0."""
        name, line, row = self.of(position)
        return f"{name}, row {row}" if line is None else f"{name}, line {line}"

    def short(self, position: int) -> str:
        """The line alone, where there is a single file."""
        return where([self.of(position)], files=len(self._names) > 1)


def where(places: Sequence[tuple[str, int | None, int]], most: int = 5, *, files: bool = True) -> str:
    """Places in words: `north.csv, lines 5, 11 and 72; south.csv, line 3`.

    Args:
        places: as from `Places.of`.
        most: how many of a file are named.
        files: whether the files are named.
    """
    texts = []
    for name in dict.fromkeys(name for name, _, _ in places):
        found = sorted({(line, row) for file, line, row in places if file == name})
        with_lines = found[0][0] is not None
        shown = [str(line if with_lines else row) for line, row in found[:most]]
        more = [f"{len(found) - most:,} more"] if len(found) > most else []
        text = ("line" if with_lines else "row") + ("s " if len(found) > 1 else " ") + listed([*shown, *more])
        texts.append(f"{name}, {text}" if files else text)
    with_rows = any(line is None for _, line, _ in places)
    return shortened(texts) + (" (the first row is 0)" if with_rows else "")


def read_table(path: Path, dialect: Dialect | None = None) -> TableFile:
    """Read a table; of arrays each is a column, and one of two dimensions several, called `x_0`, `x_1`, ….

    Raises:
        DataError: it cannot be read, or has no rows.
    """
    try:
        table = _read(path, dialect or Dialect())
    except ImportError as error:
        raise DataError(f"{path}: {_EXTRAS.get(error.name or '', _NO_PYARROW)}") from error
    except DAMAGED as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    if not len(table.frame):
        raise DataError(f"{path} has no rows")
    twice = sorted(set(table.frame.columns[table.frame.columns.duplicated()]))
    if twice:
        raise DataError(f"{path} has several columns called {', '.join(twice)}")
    return table


def _read(path: Path, dialect: Dialect) -> TableFile:
    suffix = suffix_of(path)
    if suffix == parquet_files.SUFFIX or parquet_files.is_parquet_folder(path):
        return TableFile(_plain(parquet_files.read_parquet(path), path, dialect))
    odd = oddity(path)
    if odd:
        raise DataError(f"{path} cannot be read: it is {odd}")
    if suffix in TEXT:
        return _csv(path, dialect)
    if suffix in array_files.SUFFIXES:
        return _of_arrays(array_files.read_arrays(path), path, dialect)
    if suffix in svmlight_files.SUFFIXES:
        return TableFile(_plain(svmlight_files.read_svmlight(path), path, dialect), sparse=True)
    raise DataError(not_read(path))


def suffix_of(path: Path) -> str:
    """The end of a name that says what a table is: `.csv`, or `.csv.gz` of a packed one; in small letters."""
    packed = path.suffix.lower() == ".gz"
    return "".join(path.suffixes[-2:]).lower() if packed else path.suffix.lower()


def stem_of(path: Path) -> str:
    """The name of a table without `suffix_of`."""
    return path.name[: len(path.name) - len(suffix_of(path))]


def is_table(path: Path) -> bool:
    """Whether a file, or a folder of Parquet files, is a table by its name."""
    return (path.is_file() and suffix_of(path) in SUFFIXES) or parquet_files.is_parquet_folder(path)


def files_of(path: Path) -> list[Path]:
    """The files that a table consists of."""
    return parquet_files.parts_of(path) if path.is_dir() else [path]


def not_read(path: Path) -> str:
    """The reason why a file is no table that can be read, and the fix."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    instead = next(
        (f". To have it read, {_INSTEAD[suffix]}" for suffix in reversed(suffixes) if suffix in _INSTEAD), ""
    )
    return f"{path} is not read: tables are {listed(SUFFIXES)}{instead}"


def looks_like_a_table(path: Path) -> bool:
    """Whether a file is one that a person may take for a table, though it is none that is read."""
    suffixes = {suffix.lower() for suffix in path.suffixes}
    return suffix_of(path) not in SUFFIXES and bool(suffixes & (set(_INSTEAD) | _UNREAD | set(SUFFIXES)))


def need(frame: pd.DataFrame, column: str, where: str) -> None:
    """Make sure that a table has a column.

    Raises:
        DataError: it does not; the message names the nearest.
    """
    if column not in frame.columns:
        plain = column.strip().casefold()
        same = [name for name in frame.columns if name.strip().casefold() == plain]
        near = same or get_close_matches(column, list(frame.columns), n=3, cutoff=0.5)
        hint = f"Did you mean {' or '.join(map(repr, near))}? " if near else ""
        raise DataError(f"{where} has no column {column!r}. {hint}It has {', '.join(frame.columns[:20])}.")


def _csv(path: Path, dialect: Dialect) -> TableFile:
    tabs = dialect.separator == "," and suffix_of(path).startswith(".tsv")
    names, rows, lines = read_text(path, "\t" if tabs else dialect.separator, dialect.encoding, dialect.comment)
    cells = zip(*rows, strict=True) if rows else ((),) * len(names)
    columns = [pd.Series(filled(column, dialect.na_values), dtype=object) for column in cells]
    return TableFile(_frame(columns, names), np.array(lines, dtype=np.int64))


def _frame(columns: Sequence[pd.Series], names: Sequence[str | None]) -> pd.DataFrame:
    frame = pd.concat(columns, axis=1) if columns else pd.DataFrame()
    frame.columns = pd.Index(names)
    return frame


def _of_arrays(found: array_files.Arrays, path: Path, dialect: Dialect) -> TableFile:
    """Arrays as columns: (N,) is one, (N, D) is several, and one of more dimensions holds the examples."""
    columns: dict[str, object] = {}
    large: dict[str, NDArray[Any]] = {}
    for name, array in found.items():
        if array.dtype.kind == "c":
            raise DataError(
                f"{path}: {name} holds complex numbers. Save the parts as two arrays: "
                f"{name}_re={name}.real, {name}_im={name}.imag"
            )
        if array.dtype.names:
            raise DataError(f"{path}: {name} is a structured array. Save each of its fields as an array.")
        if array.ndim == 0:
            raise DataError(f"{path}: {name} has the shape {array.shape}; a table is made of (N,) and (N, D)")
        if array.ndim == 1:
            columns[name] = array
        elif array.ndim == 2:
            columns |= {f"{name}_{place}": array[:, place] for place in range(array.shape[1])}
        else:
            large[name] = array
    if len({len(array) for array in found.values()}) > 1:
        lengths = ", ".join(f"{name} {len(array):,}" for name, array in found.items())
        raise DataError(
            f"{path}: its arrays differ in their number of rows: {lengths}. Save only what belongs together, with a "
            "row for each example."
        )
    if len(large) > 1:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in large.items())
        raise DataError(f"{path} has several arrays of examples: {shapes}. Leave one in the file.")
    return TableFile(_plain(pd.DataFrame(columns), path, dialect), examples=next(iter(large.values()), None))


def _plain(frame: pd.DataFrame, path: Path, dialect: Dialect) -> pd.DataFrame:
    """Columns of any type as numbers, or as text with None in empty cells; the index is no column, and is dropped."""
    columns = []
    names = filled([str(name) for name in frame.columns], ())
    for place, name in enumerate(names):
        values = frame.iloc[:, place]
        if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            plain = values.to_numpy(dtype=np.float64, na_value=np.nan) if values.hasnans else values.to_numpy()
            columns.append(pd.Series(plain))
        else:
            texts = [_text(value, f"{path}: the column {name}") for value in values.tolist()]
            columns.append(pd.Series(filled(texts, dialect.na_values), dtype=object))
    return _frame(columns, names)


def _text(value: Any, column: str) -> str:
    """A cell of a typed column as text; nothing where it is null."""
    if isinstance(value, list | tuple | dict | set | np.ndarray):
        raise DataError(f"{column} holds {type(value).__name__}s: give each of their items a column, or `drop` it")
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError as error:
            raise DataError(f"{column} holds bytes that are not UTF-8, such as {value!r}: save it as text") from error
    return str(value)

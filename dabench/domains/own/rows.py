"""Rows of one's own tables as they stand in their files, by domain."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dabench.domains.own.cells import Notation
from dabench.domains.own.column_types import as_class_names
from dabench.domains.own.examples import as_examples
from dabench.domains.own.hashed_text import hashed
from dabench.domains.own.svmlight_files import with_all
from dabench.domains.own.table_files import Dialect, Places, TableFile, need, read_table
from dabench.errors import DataError

TRAIN, TEST = "train", "test"
Place = tuple[str | Sequence[str], str | None]
"""The file of a domain, or that of train and that of test; and the value of the column that names it, or None."""


@dataclass(frozen=True)
class Columns:
    """The meaning of the columns, and the notation of their cells; see `config.own_data.OwnTables`."""

    label: str
    domain: str | None
    moment: str | None
    group: str | None
    drop: Sequence[str]
    text: Sequence[str]
    text_size: int
    categorical: Sequence[str]
    missing: str
    separator: str
    encoding: str
    comment: str | None
    decimal: str
    thousands: str | None
    na_values: Sequence[str]

    @property
    def dialect(self) -> Dialect:
        """The dialect of the files."""
        return Dialect(self.separator, self.encoding, self.comment, tuple(self.na_values))

    @property
    def notation(self) -> Notation:
        """The notation of the cells."""
        return Notation(self.decimal, self.thousands, tuple(self.na_values))


@dataclass(frozen=True)
class Rows:
    """The rows of one domain as they stand in its files.

    Attributes:
        name: of its file or folder, for messages.
        features: without label and domain; their index is a position in `places`.
        labels: names of classes, with the same index; missing where the cell is empty.
        split: `train` or `test` of each row; None where it is to be drawn.
        places: where the rows stand.
        examples: arrays (N, ...) by position, for images and windows of signals.
        sparse: columns that are 0 in all rows may be missing.
        moments: which rows of several domains were recorded at once, with the same index; None where nothing says it.
        groups: the group of each row, such as a person; None where nothing says it.
    """

    name: str
    features: pd.DataFrame
    labels: pd.Series
    split: pd.Series | None
    places: Places
    examples: NDArray[Any] | None = None
    sparse: bool = False
    moments: pd.Series | None = None
    groups: pd.Series | None = None


def read_rows(
    root: Path, places: Mapping[str, Place], columns: Columns, known: Mapping[str, TableFile] | None = None
) -> dict[str, Rows]:
    """Read the rows of some domains, each file once.

    Args:
        root: the folder of the files.
        places: of the domains, by name.
        columns: which are what.
        known: files that are read already.

    Raises:
        DataError: a file cannot be read, or lacks a column.
    """
    files = dict(known or {})
    rows = {}
    for name, (place, value) in places.items():
        paths = [place] if isinstance(place, str) else list(place)
        files |= {path: read_table(root / path, columns.dialect) for path in paths if path not in files}
        rows[name] = _rows_of(root, {path: files[path] for path in paths}, value, columns)
    dropped = {column for path in files for column in files[path].frame.columns}
    for column in columns.drop:  # one file may have it and another not
        if column not in dropped:
            need(next(iter(files.values())).frame, column, str(root / next(iter(files))))
    return rows


def _rows_of(root: Path, files: Mapping[str, TableFile], value: str | None, columns: Columns) -> Rows:
    (first, *others), split = files, None
    name = str(root / (Path(first).parent if others else first))
    frame = pd.concat([file.frame for file in files.values()], ignore_index=True)
    if others:
        split = pd.Series(np.repeat([TRAIN, TEST], [len(file.frame) for file in files.values()]))
    known = [column for column in (columns.domain, columns.moment, columns.group) if column]
    for column in [columns.label, *known]:
        for path, file in files.items():
            need(file.frame, column, str(root / path))
    if columns.domain is not None:
        frame = frame[as_class_names(frame[columns.domain]) == value]
    named = {columns.label, *known, *columns.drop}
    features = frame[[column for column in frame.columns if column not in named]]
    arrays = [file.examples for file in files.values() if file.examples is not None]
    if arrays and len(features.columns):
        raise DataError(
            f"{name} has images or windows of signals {arrays[0].shape}, and beside them {', '.join(features.columns)}:"
            " leave these out with `drop`"
        )
    examples = as_examples(arrays, name) if arrays else None
    for column in columns.text:
        need(features, column, name)
    features = hashed(features, columns.text, columns.text_size, name) if columns.text else features
    sparse = all(file.sparse for file in files.values())
    moments, groups = (
        None if column is None else as_class_names(frame[column]) for column in (columns.moment, columns.group)
    )
    labels = as_class_names(frame[columns.label])
    return Rows(name, features, labels, split, Places(files), examples, sparse, moments, groups)


def with_same_columns(rows: Mapping[str, Rows], known: Collection[str] = ()) -> dict[str, Rows]:
    """The rows of domains; where all are sparse, with the columns of each other, those that one lacks as zeros.

    Args:
        rows: by domain.
        known: the columns that are already decided on, if they are.
    """
    if not all(found.sparse for found in rows.values()):
        return dict(rows)
    names = set(known) or {name for found in rows.values() for name in found.features.columns}
    return {name: replace(found, features=with_all(found.features, names)) for name, found in rows.items()}


def without_domain(frame: pd.DataFrame, places: Places, column: str) -> str | None:
    """A note on rows that belong to no domain, because the cell that names it is empty; None if all belong to one."""
    empty = np.flatnonzero(frame[column].isna())
    if not len(empty):
        return None
    name, _, _ = places.of(int(empty[0]))
    first = places.short(int(empty[0]))
    return f"{len(empty):,} rows of {name} name no domain and belong to none, the first is {first}"

"""Records of a results folder whose scalar fields are at hand: each is read whole when it is asked for.

A plan or a table may have a hundred thousand of them, and a whole record takes ten times the memory.
"""

from __future__ import annotations

import os
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from dabench.results.csv_file import columns, frame_of_columns
from dabench.runs.record import RunRecord, scalars

Stamp = tuple[int, int, int]
"""Size of a file, and when its content and its entry last changed, in nanoseconds."""
Row = Any
"""A named tuple of the columns of a frame of runs."""

_UNIQUE = ("run_id", "predictions_sha256")  # texts that runs do not share
_KINDS = {name: column.dtype for name, column in columns().items()}
_RunRow: Any = namedtuple("RunRow", list(_KINDS))  # type: ignore[misc]
_SHARED = [place for place, (name, kind) in enumerate(_KINDS.items()) if kind == "str" and name not in _UNIQUE]


class StoredRecords(Mapping[str, RunRecord]):
    """Records by their `run_id`, in the order in which they were added."""

    def __init__(self, read: Callable[[Path], RunRecord]) -> None:
        """Begin without any.

        Args:
            read: a file -> its record.
        """
        self._read = read
        self._rows: dict[str, Row] = {}
        self._files: dict[str, tuple[str, Stamp | None]] = {}
        self._texts: dict[str, str] = {}

    def __getitem__(self, run_id: str) -> RunRecord:
        return self._read(self.path(run_id))

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, run_id: object) -> bool:
        return run_id in self._rows

    @property
    def rows(self) -> Iterable[Row]:
        """The scalar fields of all, as `runs.record.flatten` gives them."""
        return self._rows.values()

    @property
    def frame(self) -> pd.DataFrame:
        """The frame of all."""
        rows = self._rows.values()
        return frame_of_columns(zip(*rows, strict=True) if rows else [()] * len(_KINDS))

    def row(self, run_id: str) -> Row:
        """The scalar fields of one."""
        return self._rows[run_id]

    def path(self, run_id: str) -> Path:
        """The file of one."""
        return Path(self._files[run_id][0])

    def files(self) -> Iterator[tuple[str, Stamp | None, Row]]:
        """The path and the stamp of every file, and its row."""
        for run_id, row in self._rows.items():
            yield *self._files[run_id], row

    def add(self, path: str | Path, row: Row, stamp: Stamp | None = None) -> None:
        """Add a record, or replace the one of the same run.

        Args:
            path: its file.
            row: from `row_of`, or from an index.
            stamp: of the file from which the row was read.
        """
        self._rows[row.run_id] = row
        self._files[row.run_id] = str(path), stamp

    def take(self, others: StoredRecords, run_id: str) -> None:
        """Add one of others."""
        self._rows[run_id], self._files[run_id] = others._rows[run_id], others._files[run_id]

    def row_of(self, record: RunRecord) -> Row:
        """The scalar fields of a record; texts that many have are there once."""
        values, share = scalars(record), self._texts.setdefault
        for place in _SHARED:
            text = values[place]
            if text is not None:
                values[place] = share(text, text)
        return _RunRow._make(values)


def row_from(values: Iterable[Any]) -> Row:
    """A row from the values of its columns."""
    return _RunRow._make(values)


def stamp_of(found: os.stat_result) -> Stamp:
    """The stamp of a file."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns

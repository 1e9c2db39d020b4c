"""The columns of a frame of runs, and the file that holds them: `results/<suite>.csv`, one row per run.

The columns are those of `records.flatten`. Numbers have as many digits as it takes to read back the same bits.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from math import isnan
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pandas as pd
from pydantic import BaseModel

from dabench.records import SCHEMA, RunRecord, Status

NOT_SCALAR = frozenset({"settings", "selections", "per_class", "checkpoints"})  # these stay in the record's file


@dataclass(frozen=True)
class Problem:
    """Something in a results folder that is not counted: where it is, why, and how to mend it."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True)
class Column:
    """What a column holds: text, a whole number, a number, a truth value; and whether a field may be empty."""

    kind: type
    optional: bool

    @property
    def dtype(self) -> str:
        """The pandas dtype. Text and numbers have a missing value of their own, the others need a nullable one."""
        if self.kind is int:
            return "Int64" if self.optional else "int64"
        if self.kind is bool:
            return "boolean" if self.optional else "bool"
        return "float64" if self.kind is float else "str"

    def parse(self, text: str) -> Any:
        """Read a field.

        Raises:
            ValueError: it is not what the column holds.
        """
        if not text and (self.optional or self.kind is float):
            return None
        if self.kind is bool:
            if text not in ("True", "False"):
                raise ValueError(text)
            return text == "True"
        return self.kind(text)


def columns() -> dict[str, Column]:
    """The columns of a frame of runs, in order."""
    found: dict[str, Column] = {}
    for name, field in RunRecord.model_fields.items():
        kind, optional = _without_none(field.annotation)
        if name in NOT_SCALAR:
            continue
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for inner, part in kind.model_fields.items():
                part_kind, part_optional = _without_none(part.annotation)
                found[f"{name}_{inner}"] = Column(part_kind, optional or part_optional)
        else:
            found[field.alias or name] = Column(kind, optional)
    return found


def _without_none(annotation: Any) -> tuple[type, bool]:
    """The type itself, and whether None is allowed beside it. A choice of words is text."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        return kinds[0], len(kinds) < len(get_args(annotation))
    return (str if get_origin(annotation) is Literal else annotation), False


def frame_of(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A frame of rows as `records.flatten` makes them; the columns are there without any row, too."""
    kinds = {name: column.dtype for name, column in columns().items()}
    return pd.DataFrame.from_records(list(rows), columns=list(kinds)).astype(kinds)


def flaw(row: Mapping[str, Any]) -> str:
    """Why a row that has all its columns is still not to be counted, or an empty string."""
    if row["schema"] != SCHEMA:
        return other_schema(row["schema"])
    if row["status"] not in get_args(Status):
        return f"unknown status {row['status']!r}: one of {', '.join(get_args(Status))} is expected"
    if row["status"] in ("ok", "collapsed") and _missing(row["accuracy_selected"]):
        return f"status {row['status']!r} without an accuracy: run it again"
    try:
        datetime.fromisoformat(row["finished"])
    except ValueError:
        return f"`finished` is not a time in ISO 8601: {row['finished']!r}"
    return ""


def other_schema(schema: int) -> str:
    """What to say of a record that an older or a newer dabench wrote."""
    mend = "run it again" if schema < SCHEMA else "update dabench"
    return f"written with record schema {schema}, this dabench reads {SCHEMA}: {mend}"


def _missing(value: float | None) -> bool:
    return value is None or isnan(value)


def read_csv(path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Read a published file. Rows that cannot be used are reported one by one; the others count."""
    try:
        text = path.read_bytes().decode("utf-8")
        header, *lines = list(csv.reader(StringIO(text, newline=""), strict=True)) or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return frame_of([]), [Problem(path, f"cannot be read ({error}): publish it again, or restore it from git")]
    missing = [name for name in columns() if name not in header]
    if missing:
        some = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        reason = f"not a file of `dabench results publish`, or one of another version (no column {some})"
        return frame_of([]), [Problem(path, f"{reason}: move it elsewhere, or publish it again")]
    places = [(header.index(name), name, column) for name, column in columns().items()]
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for number, fields in enumerate(lines, start=2):
        try:
            if number == len(lines) + 1 and not text.endswith("\n"):
                raise ValueError("cut off, it has no line end")
            rows.append(_row(fields, len(header), places))
        except ValueError as error:
            problems.append(Problem(path, f"row {number} is not counted: {error}; publish the file again"))
    return frame_of(rows), problems


def _row(fields: list[str], width: int, places: list[tuple[int, str, Column]]) -> dict[str, Any]:
    """One line of the file as `records.flatten` made it; a ValueError says why it is not to be counted."""
    if len(fields) != width:
        raise ValueError(f"{len(fields)} fields where the header has {width}")
    row: dict[str, Any] = {}
    for position, name, column in places:
        try:
            row[name] = column.parse(fields[position])
        except ValueError as error:
            raise ValueError(f"{name} cannot be {fields[position]!r}") from error
    reason = flaw(row)
    if reason:
        raise ValueError(reason)
    return row


def csv_text(frame: pd.DataFrame) -> str:
    """The text of a published file: a header and one line per run, unix line ends."""
    return str(frame.to_csv(index=False, lineterminator="\n"))

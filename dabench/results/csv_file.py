"""The columns of a frame of runs, and the file that holds them: `results/<suite>.csv`, one row per run.

The columns are those of `runs.record.flatten`, and `content_sha256`, the hash of the rest of the row as it is written.
Numbers have as many digits as it takes to read back the same bits.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from math import isnan
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel

from dabench.results.lineage import frame_of_today
from dabench.runs.record import HASH, READABLE, SCHEMA, RunRecord, Status

LATER = frozenset({"data_notes"})  # columns that older files lack, and that may be empty
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

    def parse_all(self, texts: NDArray[np.object_]) -> Any:
        """Read many fields: as `parse` does, and faster.

        Raises:
            ValueError: one is not what the column holds.
        """
        if self.kind is float:
            return np.where(texts == "", "nan", texts).astype(float)
        if self.kind is str and self.optional:
            texts = texts.copy()
            texts[texts == ""] = None
        if self.kind is str:
            return texts
        if self.kind is int and not self.optional:
            return texts.astype(int)
        return [self.parse(text) for text in texts]


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
    """The type itself, and whether None is allowed beside it. A choice of words is text, also one with numbers."""
    if get_origin(annotation) in (Union, UnionType):
        kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
        kind = kinds[0] if len(kinds) == 1 else str
        return kind, len(kinds) < len(get_args(annotation))
    return (str if get_origin(annotation) is Literal else annotation), False


def frame_of(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A frame of rows as `runs.record.flatten` makes them; the columns are there without any row, too."""
    kinds = {name: column.dtype for name, column in columns().items()}
    return pd.DataFrame.from_records(list(rows), columns=list(kinds)).astype(kinds)


def flaw(row: Mapping[str, Any]) -> str:
    """Why a row that has all its columns is still not to be counted, or an empty string."""
    if row["schema"] not in READABLE:
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
    return f"written with record schema {schema}, this dabench reads {READABLE[0]} to {SCHEMA}: {mend}"


def _missing(value: float | None) -> bool:
    return value is None or isnan(value)


def read_csv(path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Read a published file. Rows that cannot be used are reported one by one; the others count."""
    try:
        text = path.read_bytes().decode("utf-8")
        header = next(csv.reader(StringIO(text, newline=""), strict=True), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return frame_of([]), [_unreadable(path, error)]
    missing = [name for name in columns() if name not in {*header, *LATER}]
    if missing:
        some = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        reason = f"not a file of `dabench results publish`, or one of another version (no column {some})"
        return frame_of([]), [Problem(path, f"{reason}: move it elsewhere, or publish it again")]
    try:
        return _frame(text), []
    except ValueError:  # something is wrong somewhere: look at each row
        try:
            lines = list(csv.reader(StringIO(text, newline=""), strict=True))[1:]
        except csv.Error as error:
            return frame_of([]), [_unreadable(path, error)]
        good, problems = _sorted_out(path, header, lines, whole=text.endswith("\n"))
        return _frame(_text(header, good)), problems


def _unreadable(path: Path, error: Exception) -> Problem:
    return Problem(path, f"cannot be read ({error}): publish it again, or restore it from git")


def _frame(text: str) -> pd.DataFrame:
    """All rows at once; a ValueError if a single one cannot be used, without saying which."""
    if not text.endswith("\n"):
        raise ValueError("cut off")
    raw = pd.read_csv(StringIO(text, newline=""), dtype=object, na_filter=False, index_col=False)
    kinds = columns()
    texts = {name: raw[name].to_numpy(dtype=object) for name in raw.columns}
    lacking = {name: np.full(len(raw), "", dtype=object) for name in kinds if name not in texts}
    frame = pd.DataFrame({name: column.parse_all((texts | lacking)[name]) for name, column in kinds.items()})
    frame = frame.astype({name: column.dtype for name, column in kinds.items()})
    done = frame["status"].isin(["ok", "collapsed"])
    if (
        not frame["schema"].isin(READABLE).all()
        or not frame["status"].isin(get_args(Status)).all()
        or frame.loc[done, "accuracy_selected"].isna().any()
        or pd.to_datetime(frame["finished"], utc=True, format="ISO8601").isna().any()
        or frame["run_id"].duplicated().any()
    ):
        raise ValueError("a row that is not to be counted")
    if HASH in texts:
        written = texts.pop(HASH)
        found = (_row_hash(fields) for fields in zip(*texts.values(), strict=True))
        if any(one != other for one, other in zip(written, found, strict=True)):
            raise ValueError("an edited row")
    return frame_of_today(frame)


def _sorted_out(
    path: Path, header: list[str], lines: list[list[str]], whole: bool
) -> tuple[list[list[str]], list[Problem]]:
    """The rows that can be used, and what is wrong with the others."""
    places = [(header.index(name), name, column) for name, column in columns().items() if name in header]
    place = header.index("run_id")
    good: list[list[str]] = []
    problems: list[Problem] = []
    first: dict[str, int] = {}
    for number, fields in enumerate(lines, start=2):
        try:
            if number == len(lines) + 1 and not whole:
                raise ValueError("cut off, it has no line end")
            _check_row(fields, header, places)
            if fields[place] in first:
                raise ValueError(f"the same run as row {first[fields[place]]}")
        except ValueError as error:
            problems.append(Problem(path, f"row {number} is not counted: {error}; publish the file again"))
        else:
            first[fields[place]] = number
            good.append(fields)
    return good, problems


def _check_row(fields: list[str], header: list[str], places: list[tuple[int, str, Column]]) -> None:
    """Raise a ValueError that says why a line of the file is not to be counted, if so."""
    if len(fields) != len(header):
        raise ValueError(f"{len(fields)} fields where the header has {len(header)}")
    row: dict[str, Any] = {}
    for position, name, column in places:
        try:
            row[name] = column.parse(fields[position])
        except ValueError as error:
            raise ValueError(f"{name} cannot be {fields[position]!r}") from error
    reason = flaw(row)
    if reason:
        raise ValueError(reason)
    place = header.index(HASH) if HASH in header else None
    if place is not None and fields[place] != _row_hash([*fields[:place], *fields[place + 1 :]]):
        raise ValueError(f"edited since it was published, its {HASH} says")


def _row_hash(fields: Sequence[str]) -> str:
    """The hash of the other fields of a row, as they stand in the file. No field holds the separator."""
    return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()


def csv_text(frame: pd.DataFrame) -> str:
    """The text of a published file: a header and one line per run, unix line ends."""
    header, *lines = csv.reader(StringIO(str(frame.to_csv(index=False, lineterminator="\n")), newline=""))
    return _text([*header, HASH], ([*fields, _row_hash(fields)] for fields in lines))


def _text(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return out.getvalue()

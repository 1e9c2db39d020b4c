"""The columns of a frame of runs, and the file that holds them: `results/<suite>.csv`, one row per run.

The columns are those of `runs.record.flatten`, and `content_sha256`, the hash of the rest of the row as it is written.
Numbers have as many digits as it takes to read back the same bits.
"""

from __future__ import annotations

import csv
import hashlib
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from io import StringIO
from math import isnan
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from dabench.plain_files import read_text
from dabench.printable import printable, shown
from dabench.results.comparable import finish_times
from dabench.results.csv_cells import as_text, from_text
from dabench.results.lineage import frame_of_today
from dabench.runs.record import HASH, NOT_SCALAR, PRIVATE, READABLE, SCHEMA, SCORED, RunRecord, Status

# Files of older schemas may lack these; what they would hold is unknown.
LATER = frozenset({
    "data_notes", "code_numerics", "env_cpu_capability", "env_onednn_isa", "env_blas", "env_bf16_cost",
    "env_libraries", "source_free", "tries", "network_parameters", "trained_parameters", "stored_parameters", "rule",
    "round",
})  # fmt: skip


@dataclass(frozen=True)
class Flaw:
    """A file or a row of a results folder that is not counted: where it is, why, and how to fix it."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return printable(f"{self.path}: {self.reason}")


@dataclass(frozen=True)
class Column:
    """The type of a column: text, a whole number, a number, a truth value; and whether a field may be empty.

    Attributes:
        meaning: the type of the record's field, with what it demands of a value.
    """

    kind: type
    optional: bool
    meaning: Any

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
        if self.kind is str:
            text = printable(from_text(text))
        if self.kind is bool:
            if text not in ("True", "False"):
                raise ValueError(text)
            return text == "True"
        value = self.kind(text)
        if value == value:  # an accuracy that is no number stands for none: see `flaw_of`
            self.check([value])
        return value

    def check(self, values: Iterable[Any]) -> None:
        """Check values against the type of the record's field.

        Raises:
            ValueError: one is not as it should be.
        """
        _checker(self.meaning).validate_python(list(values))

    def parse_all(self, texts: NDArray[np.object_]) -> Any:
        """Read many fields: as `parse` does, and faster.

        Raises:
            ValueError: one is not what the column holds.
        """
        if self.kind is float:
            numbers = np.where(texts == "", "nan", texts).astype(float)
            self.check(numbers[~np.isnan(numbers)].tolist())
            return numbers
        if self.kind is str:
            known = {text: printable(from_text(text)) for text in set(texts.tolist())}
            texts = np.array([known[text] for text in texts.tolist()], dtype=object)
            self.check(set(known.values()) - ({""} if self.optional else set()))
            if self.optional:
                texts[texts == ""] = None
            return texts
        if self.kind is int and not self.optional:
            whole = texts.astype(int)
            self.check(set(whole.tolist()))
            return whole
        return [self.parse(text) for text in texts]


@cache
def _checker(meaning: Any) -> TypeAdapter[list[Any]]:
    return TypeAdapter(list[meaning])


def columns() -> dict[str, Column]:
    """The columns of a frame of runs, in order."""
    found: dict[str, Column] = {}
    for name, field in RunRecord.model_fields.items():
        column = _column(field)
        if name in NOT_SCALAR:
            continue
        if isinstance(column.kind, type) and issubclass(column.kind, BaseModel):
            for inner, part in column.kind.model_fields.items():
                if f"{name}_{inner}" in PRIVATE:
                    continue
                of_part = _column(part)
                found[f"{name}_{inner}"] = replace(of_part, optional=column.optional or of_part.optional)
        else:
            found[field.alias or name] = column
    return found


def _column(field: FieldInfo) -> Column:
    """The column of a record's field. A choice of words is text, also one with numbers."""
    meaning: Any = field.annotation
    optional = False
    if field.metadata:
        meaning = Annotated[meaning, *field.metadata]
    if get_origin(meaning) in (Union, UnionType):
        kinds = [kind for kind in get_args(meaning) if kind is not type(None)]
        optional = len(kinds) < len(get_args(meaning))
        meaning = kinds[0] if len(kinds) == 1 else Union[tuple(kinds)]  # noqa: UP007 - `|` takes no list
    if get_origin(meaning) is Literal:  # `flaw_of` says which words there are
        meaning = str
    kind: Any = get_args(meaning)[0] if get_origin(meaning) is Annotated else meaning
    return Column(str if get_origin(kind) in (Union, UnionType) else kind, optional, meaning)


def frame_of(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A frame of rows as `runs.record.flatten` makes them; the columns are there without any row, too."""
    rows = list(rows)
    return frame_of_columns([row.get(name) for row in rows] for name in columns())


def frame_of_columns(values: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """A frame of the values of each column, in the order of `columns`."""
    parts = zip(columns().items(), values, strict=True)
    return pd.DataFrame({name: pd.Series(list(part), dtype=column.dtype).array for (name, column), part in parts})


def flaw_of(row: Mapping[str, Any]) -> str:
    """The reason why a row that has all its columns is still not counted, or an empty string."""
    if row["schema"] not in READABLE:
        return other_schema(row["schema"])
    if row["status"] not in get_args(Status):
        return f"unknown status {row['status']!r}: one of {', '.join(get_args(Status))} is expected"
    if row["status"] in SCORED and _missing(row["accuracy_selected"]):
        return f"status {row['status']!r} without an accuracy: run it again"
    return ""


def other_schema(schema: int) -> str:
    """A message on a record that an older or a newer dabench wrote."""
    fix = "run it again" if schema < SCHEMA else "update dabench"
    return f"written with record schema {shown(schema)}, this dabench reads {READABLE[0]} to {SCHEMA}: {fix}"


def _missing(value: float | None) -> bool:
    return value is None or isnan(value)


def read_csv(path: Path) -> tuple[pd.DataFrame, list[Flaw]]:
    """Read a published file. Rows that cannot be used are reported one by one; the others count."""
    try:
        text = read_text(path)
        header = next(csv.reader(StringIO(text, newline=""), strict=True), [])
    except (OSError, csv.Error) as error:
        return frame_of([]), [_unreadable(path, error)]
    missing = [name for name in columns() if name not in {*header, *LATER}]
    if missing and len(header) == 1 and (mark := next((mark for mark in ";\t|" if mark in header[0]), "")):
        reason = f"its columns are separated by {mark!r}, as a spreadsheet writes them, and not by commas"
        return frame_of([]), [Flaw(path, f"{reason}: publish it again, or restore it from git")]
    if missing:
        some = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        reason = f"not a file of `dabench results publish`, or one of another version (no column {some})"
        return frame_of([]), [Flaw(path, f"{reason}: move it elsewhere, or publish it again")]
    try:
        if max(map(len, text.split("\n"))) > csv.field_size_limit():
            raise ValueError("a line that is too long")
        return _frame(text), []
    except ValueError:  # something is wrong somewhere: look at each row
        good, flaws = _sorted_out(path, header, _lines(text), whole=text.endswith("\n"))
        return _frame(_text(header, good)), flaws


def _lines(text: str) -> Sequence[list[str] | str]:
    """The lines below the header as their fields, or as the reason why a line has none."""
    try:
        return list(csv.reader(StringIO(text, newline=""), strict=True))[1:]
    except csv.Error:  # one of them is no CSV, or too long: look at each by itself
        return [_fields(line) for line in text.split("\n")[1:] if line]


def _fields(line: str) -> list[str] | str:
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error as error:
        return f"a line of {len(line):,} characters, {error}"


def _unreadable(path: Path, error: Exception) -> Flaw:
    why = error.strerror if isinstance(error, OSError) and error.strerror else error
    return Flaw(path, f"cannot be read ({why}): publish it again, or restore it from git")


def _frame(text: str) -> pd.DataFrame:
    """All rows at once; a ValueError if a single one cannot be used, without saying which."""
    if not text.endswith("\n"):
        raise ValueError("cut off")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # a line with more fields than the header
            raw = pd.read_csv(StringIO(text, newline=""), dtype=object, na_filter=False, index_col=False)
    except pd.errors.ParserWarning as error:
        raise ValueError("a line that is no row") from error
    kinds = columns()
    texts = {name: raw[name].to_numpy(dtype=object) for name in raw.columns}
    lacking = {name: np.full(len(raw), "", dtype=object) for name in kinds if name not in texts}
    frame = pd.DataFrame({name: column.parse_all((texts | lacking)[name]) for name, column in kinds.items()})
    frame = frame.astype({name: column.dtype for name, column in kinds.items()})
    done = frame["status"].isin(SCORED)
    if (
        not frame["schema"].isin(READABLE).all()
        or not frame["status"].isin(get_args(Status)).all()
        or frame.loc[done, "accuracy_selected"].isna().any()
        or finish_times(frame).isna().any()
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
    path: Path, header: list[str], lines: Sequence[list[str] | str], whole: bool
) -> tuple[list[list[str]], list[Flaw]]:
    """The rows that can be used, and the flaws of the others."""
    places = [(header.index(name), name, column) for name, column in columns().items() if name in header]
    place = header.index("run_id")
    good: list[list[str]] = []
    flaws: list[Flaw] = []
    first: dict[str, int] = {}
    for number, fields in enumerate(lines, start=2):
        try:
            if number == len(lines) + 1 and not whole:
                raise ValueError("cut off, it has no line end")
            if isinstance(fields, str):
                raise ValueError(fields)
            _check_row(fields, header, places)
            if fields[place] in first:
                raise ValueError(f"the same run as row {first[fields[place]]}")
        except ValueError as error:
            flaws.append(Flaw(path, f"row {number} is not counted: {error}; publish the file again"))
            continue
        first[fields[place]] = number
        good.append(fields)
    return good, flaws


def _check_row(fields: list[str], header: list[str], places: list[tuple[int, str, Column]]) -> None:
    """Raise a ValueError that says why a line of the file is not to be counted, if so."""
    length = sum(map(len, fields)) + len(fields)
    if length > csv.field_size_limit():
        raise ValueError(f"a line of {length:,} characters, and at most {csv.field_size_limit():,} are read")
    if len(fields) != len(header):
        raise ValueError(f"{len(fields)} fields where the header has {len(header)}")
    row: dict[str, Any] = {}
    for position, name, column in places:
        try:
            row[name] = column.parse(fields[position])
        except ValueError as error:
            raise ValueError(f"{name} cannot be {shown(fields[position])}") from error
    reason = flaw_of(row)
    if reason:
        raise ValueError(reason)
    place = header.index(HASH) if HASH in header else None
    if place is not None and fields[place] != _row_hash([*fields[:place], *fields[place + 1 :]]):
        raise ValueError(f"edited since it was published, as its {HASH} shows")


def _row_hash(fields: Sequence[str]) -> str:
    """The hash of the other fields of a row, as they stand in the file. No field holds the separator."""
    return hashlib.sha256("\x1f".join(fields).encode()).hexdigest()


def csv_text(frame: pd.DataFrame) -> str:
    """The text of a published file: a header and one line per run, unix line ends."""
    kinds = columns()
    header, *lines = csv.reader(StringIO(str(frame.to_csv(index=False, lineterminator="\n")), newline=""))
    words = {place for place, name in enumerate(header) if name in kinds and kinds[name].kind is str}
    lines = [[as_text(field) if place in words else field for place, field in enumerate(fields)] for fields in lines]
    return _text([*header, HASH], ([*fields, _row_hash(fields)] for fields in lines))


def _text(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return out.getvalue()

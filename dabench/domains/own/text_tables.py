"""Text tables (.csv and .tsv, also packed as .gz): cells as text, and the line on which each row begins.

The csv module of the standard library reads them: blank lines, comments and line breaks in quotes do not shift its
numbers of lines.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, TextIO, cast

from dabench.data.limits import Limited, most_of
from dabench.domains.own.cells import filled
from dabench.errors import DataError, shortened

SEPARATORS = (",", ";", "\t", "|")
Rows = tuple[list[str], list[list[str]], list[int]]


def read_text(path: Path, separator: str, encoding: str, comment: str | None) -> Rows:
    """Read a text table.

    Args:
        path: of the file.
        separator: between its columns.
        encoding: Python's name of how it encodes text.
        comment: lines that begin so are skipped.

    Returns:
        The names of the columns (D,), the cells (N, D), and the lines (N,) on which the rows begin, from 1 on. A column
        without a name is called `Unnamed: 0` by its place, as in pandas.

    Raises:
        DataError: it is not in this encoding, has quotes that do not close or rows of another length than the header,
            or this is not its separator.
    """
    try:
        # A byte-order mark is no part of the first name.
        with (
            _opened(path) as raw,
            io.TextIOWrapper(raw, "utf-8-sig" if encoding == "utf-8" else encoding, newline="") as file,
        ):
            return _parsed(file, path, separator, comment)
    except UnicodeError as error:
        raise DataError(_not_in(path, encoding)) from error


def _opened(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked if it ends in `.gz`."""
    if path.suffix.lower() != ".gz":
        return path.open("rb")
    with gzip.open(path, "rb") as packed:
        return io.BytesIO(Limited(cast("IO[bytes]", packed), most_of(path), str(path)).read())


class _Lines:
    """Lines of a file for csv.reader: counts them, and leaves out comments between rows."""

    def __init__(self, file: TextIO, comment: str | None) -> None:
        self.file, self.comment = file, comment
        self.number = 0
        self.first = 0  # line of the row that is being read
        self.between = True  # the next line begins a row

    def __iter__(self) -> Iterator[str]:
        for line in self.file:
            self.number += 1
            if self.between:
                if self.comment and line.startswith(self.comment):
                    continue
                self.first, self.between = self.number, False
            yield line


def _parsed(file: TextIO, path: Path, separator: str, comment: str | None) -> Rows:
    lines = _Lines(file, comment)
    names: list[str] = []
    rows: list[list[str]] = []
    firsts: list[int] = []
    try:
        for cells in csv.reader(lines, delimiter=separator, strict=True):
            lines.between = True
            if not cells or (len(cells) == 1 and not cells[0].strip()):
                continue  # a blank line
            if not names:
                names = _names(cells, f"{path}, line {lines.first}", separator)
            elif len(cells) != len(names):
                raise DataError(_ragged(f"{path}, line {lines.first}", cells, names, separator))
            else:
                rows.append(cells)
                firsts.append(lines.first)
    except csv.Error as error:
        unclosed = "end of data" in str(error) or "field limit" in str(error)
        why = "its quote is never closed" if unclosed else str(error)
        raise DataError(f"{path}, line {lines.first} cannot be read: {why}") from error
    if not names:
        raise DataError(f"{path} cannot be read: it is empty")
    return names, rows, firsts


def _names(cells: list[str], where: str, separator: str) -> list[str]:
    """The names of the columns."""
    other = max(SEPARATORS, key=cells[0].count)
    if len(cells) == 1 and other in cells[0]:
        raise DataError(
            f"{where}: with the separator {separator!r} the header is a single column, {_cut(cells[0])}. "
            f"Say `separator: {_yaml(other)}` in `domains`."
        )
    return [cell or f"Unnamed: {place}" for place, cell in enumerate(filled(cells, ()))]


def _ragged(where: str, cells: list[str], names: list[str], separator: str) -> str:
    columns = len(names)
    plural = "s" if columns > 1 else ""
    counts = f"{len(cells)} cell{'s' if len(cells) > 1 else ''}, and the header names {columns} column{plural}"
    shown = shortened([_cut(cell) for cell in cells], 8)
    fix = f"A cell that holds {separator!r} needs quotes around it." if len(cells) > columns else "Fill it up."
    if len(cells) > columns and separator == ",":
        fix += " Decimal commas need another separator, or quotes as well."
    if names[0].startswith("#"):
        fix += " If the first line is a comment, say `comment: '#'` in `domains`."
    return f"{where} has {counts}: {shown}. {fix}"


def _not_in(path: Path, encoding: str) -> str:
    """An error for a file in another encoding: its first such line, and the encoding that it may have."""
    with _opened(path) as file:
        raw = file.read()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") and encoding != "utf-16":
        return f"{path} is not {encoding}. It begins as UTF-16 does: say `encoding: utf-16` in `domains`."
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as error:
        start = error.start
    else:
        return f"{path} cannot be read as {encoding}"
    line = len(re.findall(rb"\r\n|\r|\n", raw[:start])) + 1
    begin = max(raw.rfind(b"\n", 0, start), raw.rfind(b"\r", 0, start), start - 20) + 1
    ends = [place for place in (raw.find(b"\n", start), raw.find(b"\r", start)) if place >= 0]
    piece = raw[begin : min([*ends, start + 20])]
    guess = "cp1252" if any(0x80 <= byte < 0xA0 for byte in raw) else "latin-1"
    return (
        f"{path}, line {line} is not {encoding}: {piece!r}. Say in `domains` which encoding the file has; as "
        f"`encoding: {guess}` this is {piece.decode(guess, errors='replace')!r}."
    )


def _cut(text: str, most: int = 40) -> str:
    return repr(text if len(text) <= most else f"{text[:most]}…")


def _yaml(mark: str) -> str:
    return '"\\t"' if mark == "\t" else f"'{mark}'"

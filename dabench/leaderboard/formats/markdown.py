"""The table as GitHub markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dabench.leaderboard.formats.board import Column, columns, over_pairs, rows
from dabench.leaderboard.formats.footnotes import cited, footnotes, marks
from dabench.leaderboard.formats.text import (
    accuracy,
    covered,
    flags,
    heading,
    label,
    mark,
    printed,
)
from dabench.leaderboard.table import Cell, Row, Table


def render(tables: Sequence[Table]) -> str:
    """The tables, each under a line that says what it holds and above its footnotes."""
    return "\n".join("\n".join(_lines(table, backbone=len(tables) > 1)) for table in tables)


def _lines(table: Table, *, backbone: bool) -> list[str]:
    suite, *parts = [_escaped(part) for part in heading(table, backbone=backbone)]
    shown = columns(table)
    lines = [" · ".join([f"**{suite}**", *parts]), "", _line([_escaped(column.title) for column in shown])]
    lines.append(_line(["---:" if column.over_pairs else "---" for column in shown]))
    for title, row in rows(table):
        if title:
            lines.append(_line([f"*{_escaped(title)}*", *[""] * (len(shown) - 1)]))
        lines.append(_line([_field(table, row, column) for column in shown]))
    notes = [*footnotes(table), *(f"published {source}" for source in cited(table))]
    return [*lines, "", *(f"- {note}" for note in [*marks(table, "**bold**:"), *map(_escaped, notes)]), ""]


def _field(table: Table, row: Row, column: Column) -> str:
    if column.kind == "method":
        return _escaped(label(row))
    if column.kind == "pair":
        return _cell(table, row.cells[column.pair])
    if column.kind == "published":
        return "<br>".join(printed(row.cells[column.pair]))
    return over_pairs(row, column, "-") or "-"


def _line(fields: Sequence[str]) -> str:
    return f"| {' | '.join(fields)} |"


def _cell(table: Table, cell: Cell) -> str:
    text = accuracy(cell)
    if cell.best:
        mean, _, spread = text.partition(" ")
        text = f"**{mean}** {spread}".rstrip()
    text += _escaped(mark(cell, best=""))
    gap = covered(table, cell)
    return " ".join([text, *([f"({gap})"] if gap else []), *([f"<br>{flags(cell)}"] if flags(cell) else [])])


def _escaped(text: str) -> str:
    """Names come from plugins and records: none may end a cell or become markup."""
    return re.sub(r"([\\`*|<>~]|(?<=\])\(|(?<!\w)_|_(?!\w))", r"\\\1", " ".join(text.split()))

"""The table as a piece of HTML, for a notebook: no script, and no style but that of single elements."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dabench.leaderboard.formats.board import Column, columns, over_pairs, rows
from dabench.leaderboard.formats.footnotes import cited, footnotes, marks
from dabench.leaderboard.formats.text import accuracy, covered, flags, heading, label, mark, printed
from dabench.leaderboard.table import Cell, Row, Table
from dabench.printable import printable

LEFT, RIGHT = "text-align:left", "text-align:right"


def render(tables: Sequence[Table]) -> str:
    """The tables, each under a line that says what it holds and above its footnotes."""
    return "\n".join(_table(table, backbone=len(tables) > 1) for table in tables)


def _table(table: Table, *, backbone: bool) -> str:
    shown = columns(table)
    head = "".join(f'<th style="{_align(column)}">{_text(column.title)}</th>' for column in shown)
    body = []
    for title, row in rows(table):
        if title:
            body.append(f'<tr><th colspan="{len(shown)}" style="{LEFT}">{_text(title)}</th></tr>')
        fields = (f'<td style="{_align(column)}">{_field(table, row, column)}</td>' for column in shown)
        body.append(f"<tr>{''.join(fields)}</tr>")
    notes = [*marks(table, "bold:"), *footnotes(table), *(f"published {source}" for source in cited(table))]
    below = "<br>".join(map(_text, notes))
    return (
        f"<div><p><b>{_text(' · '.join(heading(table, backbone=backbone)))}</b></p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
        f"<p><small>{below}</small></p></div>"
    )


def _align(column: Column) -> str:
    return RIGHT if column.over_pairs else LEFT


def _field(table: Table, row: Row, column: Column) -> str:
    if column.kind == "method":
        return _text(label(row))
    if column.kind == "pair":
        return _cell(table, row.cells[column.pair])
    if column.kind == "published":
        return "<br>".join(map(_text, printed(row.cells[column.pair])))
    return _text(over_pairs(row, column, "-"))


def _cell(table: Table, cell: Cell) -> str:
    text = _text(accuracy(cell))
    if cell.best:
        text = f"<b>{text}</b>"
    gap = covered(table, cell)
    parts = [text + _text(mark(cell, best="")), *([f"({_text(gap)})"] if gap else [])]
    return " ".join(parts) + (f"<br>{_text(flags(cell))}" if flags(cell) else "")


def _text(text: str) -> str:
    return escape(printable(text))

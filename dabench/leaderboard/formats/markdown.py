"""The table as GitHub markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dabench.leaderboard.formats.footnotes import cited, footnotes, marks
from dabench.leaderboard.formats.text import (
    accuracy,
    covered,
    flags,
    fraction,
    group_starts,
    heading,
    is_published,
    label,
    mark,
    pair_titles,
    printed,
    ranked,
)
from dabench.leaderboard.table import Cell, Table


def render(tables: Sequence[Table]) -> str:
    """The tables, each under a line that says what it holds and above its footnotes."""
    return "\n".join("\n".join(_lines(table, backbone=len(tables) > 1)) for table in tables)


def _lines(table: Table, *, backbone: bool) -> list[str]:
    suite, *parts = [_escaped(part) for part in heading(table, backbone=backbone)]
    header = ["method"]
    for pair, title in pair_titles(table).items():
        header += [_escaped(title), *(["published"] if is_published(table, pair) else [])]
    rules = ["---"] * len(header)
    if len(table.pairs) > 1:
        header.append("average")
        rules.append("---:")
    if ranked(table):
        header.append("rank")
        rules.append("---:")
    lines = [" · ".join([f"**{suite}**", *parts]), "", _line(header), _line(rules)]
    starts = group_starts(table)
    for place, row in enumerate(table.rows):
        if place in starts:
            lines.append(_line([f"*{_escaped(starts[place])}*", *[""] * (len(header) - 1)]))
        fields = [_escaped(label(row))]
        for pair in table.pairs:
            fields.append(_cell(table, row.cells[pair]))
            if is_published(table, pair):
                fields.append("<br>".join(printed(row.cells[pair])))
        if len(table.pairs) > 1:
            fields.append(fraction(row.average) or "-")
        if ranked(table):
            fields.append("-" if row.rank is None else f"{row.rank:.1f}")
        lines.append(_line(fields))
    notes = [*footnotes(table), *(f"published {source}" for source in cited(table))]
    return [*lines, "", *(f"- {note}" for note in [*marks(table, "**bold**:"), *map(_escaped, notes)]), ""]


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

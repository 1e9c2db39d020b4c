"""The table as GitHub markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dabench.leaderboard.table import Cell, Table
from dabench.leaderboard.text import (
    TIED,
    accuracy,
    flags,
    footnotes,
    fraction,
    heading,
    label,
    pair_title,
    ranked,
    share,
)

MARKS = f"**bold**: best method of the pair; {TIED} not distinguishable from it (paired t-test over seeds, p ≥ .05)"


def render(tables: Sequence[Table]) -> str:
    """The tables, each under a line that says what it holds and above its footnotes."""
    return "\n".join("\n".join(_lines(table, backbone=len(tables) > 1)) for table in tables)


def _lines(table: Table, *, backbone: bool) -> list[str]:
    suite, *parts = [_escaped(part) for part in heading(table, backbone=backbone)]
    header = ["method", *(_escaped(pair_title(pair)) for pair in table.pairs)]
    rules = ["---"] * len(header)
    if len(table.pairs) > 1:
        header.append("average")
        rules.append("---:")
    if ranked(table):
        header.append("rank")
        rules.append("---:")
    lines = [" · ".join([f"**{suite}**", *parts]), "", _line(header), _line(rules)]
    for row in table.rows:
        fields = [_escaped(label(row)), *(_cell(row.cells[pair]) for pair in table.pairs)]
        if len(table.pairs) > 1:
            fields.append(fraction(row.average) or "-")
        if ranked(table):
            fields.append("-" if row.rank is None else f"{row.rank:.1f}")
        lines.append(_line(fields))
    marks = [MARKS] if any(cell.best for row in table.rows for cell in row.cells.values()) else []
    return [*lines, "", *(f"- {note}" for note in marks + [_escaped(note) for note in footnotes(table)]), ""]


def _line(fields: Sequence[str]) -> str:
    return f"| {' | '.join(fields)} |"


def _cell(cell: Cell) -> str:
    text = accuracy(cell)
    if cell.best:
        mean, _, spread = text.partition(" ")
        text = f"**{mean}** {spread}".rstrip()
    elif cell.tied:
        text += TIED
    covered = share(cell.gap) if cell.mean is not None else ""
    return " ".join([text, *([f"({covered})"] if covered else []), *([f"<br>{flags(cell)}"] if flags(cell) else [])])


def _escaped(text: str) -> str:
    """Names come from plugins and records: none may end a cell or become markup."""
    return re.sub(r"([\\`*|<>~]|(?<=\])\(|(?<!\w)_|_(?!\w))", r"\\\1", " ".join(text.split()))

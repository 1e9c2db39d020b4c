"""A check as GitHub markdown: for a step summary or a comment."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dabench.baseline.compare import FAILING, CellVerdict, Report
from dabench.baseline.formats.text import HEADER, change_rows, fields, footnotes, heading, reasons, title


def render(report: Report) -> str:
    """The report as tables and lists."""
    lines = [f"### {'❌' if report.failed else '✅'} dabench check: {_escaped(heading(report))}", ""]
    lines += _table(("cell", *HEADER), [_cell(cell) for cell in report.cells])
    lines += [f"- {_escaped(reason)}" for reason in reasons(report)]
    rows = change_rows(report)
    if rows:
        lines += ["", "**Changed since the baseline**", ""]
        lines += _table(("", "baseline", "now", "where"), [[_escaped(field) for field in row] for row in rows])
    lines += [f"<sub>{_escaped(note)}</sub>  " for note in footnotes(report)]
    return "\n".join(lines) + "\n"


def _cell(cell: CellVerdict) -> list[str]:
    verdict, *rest = [_escaped(field) for field in fields(cell)]
    return [_escaped(title(cell)), f"**{verdict}**" if cell.verdict in FAILING else verdict, *rest]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [_line(header), _line(["---"] * len(header)), *map(_line, rows), ""]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    """Names and errors come from plugins: none may end a cell or become markup."""
    return re.sub(r"([\\`*|<>~\[\]#]|(?<!\w)_|_(?!\w))", r"\\\1", " ".join(text.split()))

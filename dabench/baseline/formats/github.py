"""Annotations of a GitHub workflow: commands on its log, which the runner shows beside the change."""

from __future__ import annotations

from collections.abc import Iterator

from dabench.baseline.compare import FAILING, Report
from dabench.baseline.formats.text import message
from dabench.printable import printable


def commands(report: Report) -> Iterator[str]:
    """An error for each cell that regressed or is missing, a warning for each that cannot be compared."""
    for cell in report.cells:
        if cell.verdict in (*FAILING, "not comparable"):
            level = "error" if cell.verdict in FAILING else "warning"
            title = f"dabench: {cell.cell} {cell.verdict}"
            yield f"::{level} title={_property(title)}::{_data(f'{cell.cell} {cell.verdict}: {message(cell)}')}"
    if report.nothing_comparable:
        yield "::error title=dabench%3A nothing comparable::no cell of the baseline can be compared"


def _data(text: str) -> str:
    """Text escaped for the runner: a line break would end the command, and the rest could be another command."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

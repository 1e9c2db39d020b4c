"""A check in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table as Grid
from rich.text import Text

from dabench.baseline.compare import FAILING, Report
from dabench.baseline.formats.text import HEADER, change_rows, fields, footnotes, heading, reasons
from dabench.leaderboard.formats.terminal import text_console
from dabench.leaderboard.formats.text import pair_title

STYLES = {"not comparable": "yellow", "tolerated": "yellow", "better": "green"}


def render(report: Report, width: int | None = None, colour: bool | None = None) -> str:
    """The report as text.

    Args:
        report: what to print.
        width: columns; see `text_console`.
        colour: whether to use ANSI colours; see `text_console`.
    """
    console = text_console(width, colour)
    with console.capture() as captured:
        console.print(Text(heading(report)), style="bold")
        console.print(_verdicts(report, gap=2 if console.width >= 95 else 1))
        for reason in reasons(report):
            console.print(Text(reason))
        rows = change_rows(report)
        if rows:
            console.print(Text("\nchanged since the baseline"), style="bold")
            console.print(_grid(("", "baseline", "now", "where"), rows, fold=(1, 2, 3)))
        for note in footnotes(report):
            console.print(Text(note), style="dim")
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _verdicts(report: Report, gap: int) -> Grid:
    """Cells below the names of their pairs."""
    grid = _grid(("", *HEADER), [], fold=(0, 1), gap=gap)
    pair = ""
    for cell in report.cells:
        if cell.cell.pair != pair:
            pair = cell.cell.pair
            grid.add_row(Text(pair_title(pair)))
        bad = cell.verdict in FAILING
        verdict, *rest = fields(cell)
        verdict = verdict.upper() if bad else verdict  # colour is not all that tells them apart
        style = "bold red" if bad else STYLES.get(cell.verdict, "")
        grid.add_row(*(Text(field) for field in (f" {cell.cell.label}", verdict, *rest)), style=style)
    return grid


def _grid(header: Sequence[str], rows: Sequence[Sequence[str]], *, fold: Sequence[int], gap: int = 2) -> Grid:
    """A table without lines; only the columns in `fold` give way where space is short."""
    grid = Grid(box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim")
    for place, name in enumerate(header):
        grid.add_column(name, overflow="fold", no_wrap=place not in fold)
    for row in rows:
        grid.add_row(*(Text(field) for field in row))
    return grid

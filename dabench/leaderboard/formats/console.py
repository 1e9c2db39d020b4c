"""The table in a terminal. It folds to the width: share beside the accuracy, then below it, then pairs in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from textwrap import wrap

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as Grid
from rich.text import Text

from dabench.leaderboard.formats.board import Column, columns, over_pairs, rows
from dabench.leaderboard.formats.footnotes import cited, footnotes, marks
from dabench.leaderboard.formats.terminal import text_console
from dabench.leaderboard.formats.text import (
    accuracy,
    covered,
    flags,
    heading,
    label,
    mark,
    printed,
    share,
)
from dabench.leaderboard.table import Cell, Row, Table

LABEL = 26  # widest column of labels where space is short; longer variants fold


def render(tables: Sequence[Table], width: int | None = None, colour: bool | None = None) -> str:
    """The tables as text.

    Args:
        tables: in the order to print.
        width: columns; see `text_console`.
        colour: whether to use ANSI colours; see `text_console`.
    """
    console = text_console(width, colour)
    with console.capture() as captured:
        for table in tables:
            console.print(_wrapped(heading(table, backbone=len(tables) > 1), " · ", console.width), style="bold")
            for number, block in enumerate(_fit(table, console)):
                console.print(*[""] * (number > 0), block, sep="\n")
            console.print(_wrapped([*marks(table), *footnotes(table)], " · ", console.width), style="dim")
            for source in cited(table):
                console.print(Text(f"published {source}"), style="dim")
            console.print()
    lines = [line.rstrip() for line in captured.get().splitlines()]
    return "\n".join(lines).strip("\n") + "\n"


def _wrapped(parts: Sequence[str], separator: str, width: int) -> Text:
    """Join parts; lines break between them, and within one only where it is longer than a line."""
    lines = [""]
    for part in parts:
        longer = lines[-1] + separator + part if lines[-1] else part
        if len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return Text("\n".join(lines).lstrip("\n"))


def _fit(table: Table, console: Console) -> list[Grid]:
    """The first layout that fits the width; where none does, a pair at a time, folded."""
    pairs = list(table.pairs)
    unbounded = console.options.update(max_width=100_000)

    def fits(grid: Grid) -> bool:
        return Measurement.get(console, unbounded, grid).maximum <= console.width

    whole = _grid(table, pairs, stacked=False, last=True)
    if fits(whole):
        return [whole]
    for blocks in range(1, len(pairs) + 1):
        size = ceil(len(pairs) / blocks)
        chunks = [pairs[start : start + size] for start in range(0, len(pairs), size)]
        grids = [_grid(table, chunk, stacked=True, last=False) for chunk in chunks]
        if all(map(fits, grids)) or size == 1:
            joined = _grid(table, chunks[-1], stacked=True, last=True)
            if fits(joined) or len(pairs) == 1:
                return [*grids[:-1], joined]
            if blocks > 1 or size == 1:  # averages and ranks in a block of their own
                return [*grids, _grid(table, [], stacked=True, last=True)]
    return []  # no pairs


def _grid(table: Table, pairs: Sequence[str], *, stacked: bool, last: bool) -> Grid:
    """A block of pairs; averages and ranks stand in the last one."""
    grid = Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    shown = columns(table, pairs, last=last)
    for column in shown:
        _add(grid, column, stacked)
    for place, (title, row) in enumerate(rows(table)):
        _begin(grid, title, place)
        grid.add_row(*(_field(table, row, column, stacked) for column in shown), style="dim" if row.bound else "")
    return grid


def _add(grid: Grid, column: Column, stacked: bool) -> None:
    if column.kind == "method":
        grid.add_column("", overflow="fold")
    elif column.kind == "pair":
        grid.add_column(Text(column.title), overflow="fold")
    elif column.kind == "published":
        grid.add_column(column.title, style="dim")
    else:
        grid.add_column(column.title, justify="right", no_wrap=True)


def _field(table: Table, row: Row, column: Column, stacked: bool) -> Text:
    if column.kind == "method":
        return Text(f" {_folded_label(row) if stacked else label(row)}")
    if column.kind == "pair":
        return _cell(row.cells[column.pair], table, column.pair, stacked)
    if column.kind == "published":
        return Text(("\n" if stacked else " ").join(printed(row.cells[column.pair])))
    return Text(over_pairs(row, column, "-"))


def _folded_label(row: Row) -> str:
    """The row's name, with its settings below it: a line ends between words, or behind the comma of a setting."""
    name, bracket, settings = label(row).partition(" (")
    lines = wrap(name, LABEL - 1, subsequent_indent="   ", break_long_words=False, break_on_hyphens=False)
    if bracket:
        lines.append("   (")
        for part in settings.replace(",", ",\n").split("\n"):
            if len(lines[-1]) + len(part) > LABEL - 1 and lines[-1].strip() != "(":
                lines.append("    ")
            lines[-1] += part
    return "\n".join(lines)


def _begin(grid: Grid, title: str, place: int) -> None:
    """The title of a group of rows, if one begins here, below an empty line."""
    if title:
        if place:
            grid.add_row("")
        grid.add_row(Text(title, style="bold"))


def _cell(cell: Cell, table: Table, pair: str, stacked: bool) -> Text:
    column = [row.cells[pair] for row in table.rows]
    style = "bold green" if cell.best else "green" if cell.tied else "red" if cell.mean is None else ""
    text = Text(accuracy(cell) + mark(cell), style=style)
    of_gap = _share(table, cell, column)
    if of_gap and stacked:
        text.append(f"\n{of_gap}", style=style)
    elif of_gap:
        wide = max(len(accuracy(other) + mark(other)) for other in column)
        text.append(" " * (wide + 1 - len(text)) + of_gap, style=style)
    if flags(cell):
        text.append(f"\n{flags(cell)}", style="red" if cell.failed or cell.timeout else "yellow")
    return text


def _share(table: Table, cell: Cell, column: Sequence[Cell]) -> str:
    """The covered share in parentheses, percentages of a column aligned."""
    text = covered(table, cell)
    if cell.gap.value is None:
        return f"({text})" if text else ""
    digits = max(len(share(other.gap).partition(" %")[0]) for other in column if other.gap.value is not None)
    number, _, rest = text.partition(" %")
    return f"({number:>{digits}} %{rest})"

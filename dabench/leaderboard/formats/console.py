"""The table in a terminal. It folds to the width: share beside the accuracy, then below it, then pairs in blocks."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from io import StringIO
from math import ceil

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table as Grid
from rich.text import Text

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
    share,
)
from dabench.leaderboard.table import Cell, Table

LABEL = 26  # widest column of labels where space is short; longer variants fold


def render(tables: Sequence[Table], width: int | None = None, colour: bool | None = None) -> str:
    """The tables as text.

    Args:
        tables: in the order to print.
        width: columns; of the terminal, or 100 where there is none, if not given.
        colour: whether to use ANSI colours; if not given, for a terminal unless `NO_COLOR` is set.
    """
    width = width or shutil.get_terminal_size((100, 24)).columns
    if colour is None:
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    console = Console(
        file=StringIO(), width=width, force_terminal=colour, color_system="standard" if colour else None,
        no_color=not colour, highlight=False, emoji=False, markup=False, legacy_windows=False,
    )  # fmt: skip
    with console.capture() as captured:
        for table in tables:
            console.print(_wrapped(heading(table, backbone=len(tables) > 1), " · ", width), style="bold")
            for number, block in enumerate(_fit(table, console)):
                console.print(*[""] * (number > 0), block, sep="\n")
            console.print(_wrapped([*marks(table), *footnotes(table)], " · ", width), style="dim")
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
    grid.add_column("", overflow="fold", max_width=LABEL if stacked else None)
    titles = pair_titles(table)
    for pair in pairs:
        grid.add_column(Text(titles[pair]), overflow="fold")
        if is_published(table, pair):
            grid.add_column("published", style="dim")
    if last and len(table.pairs) > 1:
        grid.add_column("average", justify="right", no_wrap=True)
    if last and ranked(table):
        grid.add_column("rank", justify="right", no_wrap=True)
    starts = group_starts(table)
    for place, row in enumerate(table.rows):
        _begin(grid, starts.get(place, ""), place)
        name = label(row).replace(" (", "\n   (") if stacked else label(row)
        cells = [Text(f" {name}")]
        for pair in pairs:
            cells.append(_cell(row.cells[pair], table, pair, stacked))
            if is_published(table, pair):
                cells.append(Text(("\n" if stacked else " ").join(printed(row.cells[pair]))))
        if last and len(table.pairs) > 1:
            cells.append(Text(fraction(row.average) or "-"))
        if last and ranked(table):
            cells.append(Text("" if row.bound else "-" if row.rank is None else f"{row.rank:.1f}"))
        grid.add_row(*cells, style="dim" if row.bound else "")
    return grid


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

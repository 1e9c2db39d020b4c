"""A picture of a leaderboard: a panel for each pair, a line for each method, its mean and interval over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from math import ceil
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dabench.leaderboard.formats.text import heading, label, pair_titles
from dabench.leaderboard.table import Row, Table
from dabench.specs.names import LOWER

PER_ROW = 3
LETTERS = 13  # of the title that fit an inch
COLOUR, GREY = "#0072B2", "0.35"


class Picture(Figure):
    """A figure that a notebook shows without any setting of its own."""

    def _repr_png_(self) -> bytes:
        content = BytesIO()
        self.savefig(content, format="png", dpi=110)
        return content.getvalue()


def draw_accuracies(tables: Sequence[Table]) -> Picture:
    """Draw the tables below each other.

    Means are points, and lines their 95 % intervals over seeds, training noise only. Dotted is source only, dashed the
    upper bound.

    Args:
        tables: at least one.
    """
    heights = [ceil(len(table.pairs) / PER_ROW) * (0.9 + 0.24 * len(table.rows)) + 0.5 for table in tables]
    wide = max(min(PER_ROW, len(table.pairs)) for table in tables)
    figure = Picture(figsize=(1.8 + 2.9 * wide, sum(heights)), layout="constrained")
    parts = figure.subfigures(len(tables), 1, squeeze=False, height_ratios=heights)[:, 0]
    for part, table in zip(parts, tables, strict=True):
        titles = pair_titles(table)
        across = min(PER_ROW, len(table.pairs))
        grid = part.subplots(ceil(len(table.pairs) / across), across, squeeze=False, sharey=True)
        for pair, axes in zip(table.pairs, grid.flat, strict=False):
            _panel(axes, list(table.rows), pair)
            axes.set_title(titles[pair], fontsize=10)
        for axes in list(grid.flat)[len(table.pairs) :]:
            axes.set_axis_off()
        part.supxlabel(table.metric.replace("_", " "), fontsize=9)
        text = " · ".join(heading(table, backbone=len(tables) > 1))
        part.suptitle(fill(text, int(LETTERS * figure.get_figwidth())), x=0.01, ha="left", fontsize=9)
    return figure


def _panel(axes: Axes, rows: list[Row], pair: str) -> None:
    for place, row in enumerate(rows):
        cell = row.cells[pair]
        if cell.mean is None:
            continue
        colour = GREY if row.bound else COLOUR
        if row.bound:
            axes.axvline(cell.mean, color=colour, lw=0.8, ls=":" if row.method == LOWER else "--", zorder=0)
        low, high = cell.ci95 or (cell.mean, cell.mean)
        axes.plot([low, high], [place, place], color=colour, lw=1.2)
        axes.plot([cell.mean], [place], "o", color=colour, ms=5)
    axes.set_yticks(range(len(rows)), [label(row) for row in rows], fontsize=9)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x", lw=0.4, color="0.88")
    axes.spines[["top", "right"]].set_visible(False)

"""The frame of the pictures over labels: a panel for each pair, a curve with bars for each row, bounds in black."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from math import ceil
from pathlib import Path
from textwrap import fill
from typing import NamedTuple

from matplotlib.axes import Axes

from dabench.errors import UsageError
from dabench.leaderboard.formats.text import label, origins, pair_titles, seeds_of
from dabench.leaderboard.plots.accuracies import Picture
from dabench.leaderboard.plots.stretched import stretch
from dabench.leaderboard.table import Cell, Row, Table
from dabench.results.record_file import write_atomic
from dabench.specs.names import LOWER, UPPER

# Colours that people with any colour vision tell apart (Okabe & Ito 2008); black is for the bounds.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D1F")
MARKERS = "os^DvPX*<>phd"
BOUND = {LOWER: ":", UPPER: "--"}
KINDS = (".png", ".svg", ".pdf")
PER_ROW = 2
LETTERS = 14  # of the title that fit an inch
APART = 0.012  # between two rows, so that their bars stand beside each other


class Point(NamedTuple):
    """The mean of a row at a place of the axis, and half the height of its bar."""

    place: float
    mean: float
    half: float


Points = Callable[[str, Row], Sequence[Point]]  # of a pair and a row, from left to right


class Across(NamedTuple):
    """The axis of labels: its title, its ticks with their texts, and what it is as long as where rows stand apart."""

    title: str
    ticks: Mapping[float, str]
    length: float


def draw_curves(tables: Sequence[Table], across: Across, points: Points, bars: str) -> Picture:
    """Draw the picture.

    Args:
        tables: of one suite, one for each number of labels.
        across: the axis of labels.
        points: the curve of a row in a pair; an empty one is left out.
        bars: a sentence on what the bars are.
    """
    first = tables[0]
    rows = list({(row.method, row.variant): row for table in tables for row in table.rows}.values())
    columns = min(PER_ROW, len(first.pairs))
    lines = ceil(len(first.pairs) / columns)
    figure = Picture(figsize=(1.8 + 4.4 * columns, 0.9 + 3.5 * lines), layout="constrained")
    panels = list(figure.subplots(lines, columns, squeeze=False, sharex=True).flat)
    stretched = False
    for pair, axes in zip(first.pairs, panels, strict=False):
        stretched |= _panel(axes, across, rows, [points(pair, row) for row in rows])
        axes.set_title(pair_titles(first)[pair], fontsize=10)
    for axes in panels[len(first.pairs) :]:
        axes.set_axis_off()
    figure.supxlabel(across.title, fontsize=10)
    figure.supylabel(first.metric.replace("_", " "), fontsize=10)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right center", fontsize=8, frameon=False)
    parts = [first.variant, seeds_of(tables), origins(tables), bars, "on grey the scale is stretched" * stretched]
    what = f"{first.suite}: " + ", ".join(filter(None, parts))
    figure.suptitle(fill(what, int(LETTERS * figure.get_figwidth())), x=0.01, ha="left", fontsize=10)
    return figure


def _panel(axes: Axes, across: Across, rows: Sequence[Row], curves: Sequence[Sequence[Point]]) -> bool:
    """Draw a pair; return whether a part of its scale is stretched."""
    values: list[float] = []
    ends: list[float] = []
    order = [row for row in rows if row.method not in BOUND]
    for row, curve in zip(rows, curves, strict=True):
        if not curve:
            continue
        places, means, halves = (list(column) for column in zip(*curve, strict=True))
        ends += [point.mean + side * point.half for point in curve for side in (-1, 0, 1)]
        if row.method in BOUND:
            axes.plot(places, means, BOUND[row.method], color="black", lw=1.2, label=label(row), zorder=1)
            continue
        values += means
        number = order.index(row)
        own = (number - (len(order) - 1) / 2) * APART * across.length
        axes.errorbar(
            [place + own for place in places],
            means,
            halves,
            fmt=MARKERS[number % len(MARKERS)] + ("-" if number < len(COLOURS) else "-."),
            color=COLOURS[number % len(COLOURS)],
            ms=4.5,
            lw=1.1,
            elinewidth=0.7,
            label=label(row),
        )
    axes.set_xticks(list(across.ticks), list(across.ticks.values()))
    axes.grid(axis="y", lw=0.4, color="0.85")
    axes.spines[["top", "right"]].set_visible(False)
    return stretch(axes, values, ends)


def check_kind(path: Path) -> None:
    """Refuse a file that is no picture.

    Raises:
        UsageError: it is of another kind.
    """
    if path.suffix not in KINDS:
        raise UsageError(f"{path} is no picture that can be drawn: name one of {', '.join(KINDS)}.")


def write_picture(figure: Picture, path: Path) -> None:
    """Write a picture as the kind that its file's name says.

    Raises:
        ResultsError: the file cannot be written.
    """
    picture = BytesIO()
    figure.savefig(picture, dpi=150, format=path.suffix.removeprefix("."))
    write_atomic(path, picture.getvalue())


def cell_of(table: Table, row: Row, pair: str) -> Cell | None:
    """The cell of a row in a table that may lack it, if its mean is known."""
    for other in table.rows:
        if (other.method, other.variant) == (row.method, row.variant):
            cell = other.cells.get(pair)
            return cell if cell is not None and cell.mean is not None else None
    return None

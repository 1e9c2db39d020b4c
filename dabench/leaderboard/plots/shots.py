"""A picture of accuracy over the number of labelled target examples: a panel for each pair, a line for each method."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from math import ceil, log10
from pathlib import Path
from textwrap import fill

from matplotlib.axes import Axes

from dabench.config.settings import Shots
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
AXIS = {"few_shot": "labelled target examples per class", "paired": "labelled groups of each class (people, say)"}
BOUND = {LOWER: ":", UPPER: "--"}
KINDS = (".png", ".svg", ".pdf")
PER_ROW = 2
LETTERS = 14  # of the title that fit an inch
Name = tuple[str, str]  # method and variant


def draw_shots(tables: Sequence[Table], path: Path) -> None:
    """Write the picture.

    Args:
        tables: of one suite, one for each number of shots.
        path: a .png, .svg or .pdf file.

    Raises:
        UsageError: these are no tables by shots, or the file is of another kind.
        ResultsError: the file cannot be written.
    """
    if path.suffix not in KINDS:
        raise UsageError(f"{path} is no picture that can be drawn: name one of {', '.join(KINDS)}.")
    picture = BytesIO()
    shots_figure(tables).savefig(picture, dpi=150, format=path.suffix.removeprefix("."))
    write_atomic(path, picture.getvalue())


def shots_figure(tables: Sequence[Table]) -> Picture:
    """Draw the picture; see `draw_shots`.

    Raises:
        UsageError: these are no tables by shots.
    """
    by_shots = {table.shots: table for table in tables if table.shots is not None}
    if len(by_shots) < len(tables) or not tables:
        raise UsageError(
            "these results are not of one suite with shots, one backbone and one selector: nothing to draw"
        )
    first = tables[0]
    rows = {(row.method, row.variant): row for table in tables for row in table.rows}
    columns = min(PER_ROW, len(first.pairs))
    lines = ceil(len(first.pairs) / columns)
    figure = Picture(figsize=(1.8 + 4.2 * columns, 0.9 + 3.4 * lines), layout="constrained")
    panels = figure.subplots(lines, columns, squeeze=False, sharex=True).flat
    stretched = False
    for pair, axes in zip(first.pairs, panels, strict=False):
        stretched |= _panel(axes, by_shots, pair, rows)
        axes.set_title(pair_titles(first)[pair], fontsize=10)
    for axes in list(panels)[len(first.pairs) :]:
        axes.set_axis_off()
    figure.supxlabel(AXIS[first.track], fontsize=10)
    figure.supylabel(first.metric.replace("_", " "), fontsize=10)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right center", fontsize=8, frameon=False)
    what = f"{first.suite}: " + ", ".join(
        filter(
            None,
            [
                first.variant,
                seeds_of(tables),
                origins(tables),
                "bars are standard deviations over seeds",
                "on grey the scale is stretched" * stretched,
            ],
        )
    )
    figure.suptitle(fill(what, int(LETTERS * figure.get_figwidth())), x=0.01, ha="left", fontsize=10)
    return figure


def _panel(axes: Axes, by_shots: dict[Shots, Table], pair: str, rows: dict[Name, Row]) -> bool:
    """Draw a pair; return whether a part of its scale is stretched."""
    values: list[float] = []
    ends: list[float] = []
    places = _places(list(by_shots))
    order = [name for name in rows if name[0] not in BOUND]
    for name, row in rows.items():
        cells = {shots: _cell(table, name, pair) for shots, table in by_shots.items()}
        known = [
            (places[shots], cell.mean, cell.std) for shots, cell in cells.items() if cell and cell.mean is not None
        ]
        x, means = [place for place, _, _ in known], [mean for _, mean, _ in known]
        values += [] if name[0] in BOUND else means
        ends += means
        ends += [mean + side * (std or 0.0) for _, mean, std in known for side in (-1, 1)]
        if name[0] in BOUND:
            axes.plot(x, means, BOUND[name[0]], color="black", lw=1.2, label=label(row), zorder=1)
            continue
        number = order.index(name)
        own = number - (len(order) - 1) / 2
        axes.errorbar(
            [place + 0.012 * own for place in x],  # bars beside each other, not upon
            means,
            [std or 0.0 for _, _, std in known],
            fmt=MARKERS[number % len(MARKERS)] + ("-" if number < len(COLOURS) else "-."),
            color=COLOURS[number % len(COLOURS)],
            ms=4.5,
            lw=1.1,
            elinewidth=0.7,
            label=label(row),
        )
    axes.set_xticks(list(places.values()), [str(shots) for shots in places])
    axes.grid(axis="y", lw=0.4, color="0.85")
    axes.spines[["top", "right"]].set_visible(False)
    return stretch(axes, values, ends)


def _places(shots: Sequence[Shots]) -> dict[Shots, float]:
    """The place of each number of shots on the axis: logarithmic, `all` behind the largest."""
    numbers = sorted(number for number in shots if number != "all")
    places: dict[Shots, float] = {number: log10(number) for number in numbers}
    if "all" in shots:
        places["all"] = max(places.values(), default=0.0) + 0.6
    return places


def _cell(table: Table, name: Name, pair: str) -> Cell | None:
    found = [row.cells.get(pair) for row in table.rows if (row.method, row.variant) == name]
    return found[0] if found else None

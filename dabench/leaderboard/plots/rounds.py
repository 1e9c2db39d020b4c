"""A picture of accuracy over the labels asked for: a panel for each pair, a line for each method and rule."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from math import ceil
from pathlib import Path
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dabench.errors import UsageError
from dabench.leaderboard.formats.text import label, origins, pair_titles, seeds_of
from dabench.leaderboard.plots.shots import BOUND, COLOURS, KINDS, LETTERS, MARKERS, PER_ROW
from dabench.leaderboard.plots.stretched import stretch
from dabench.leaderboard.table import Cell, Row, Table
from dabench.results.record_file import write_atomic
from dabench.specs.names import LOWER, UPPER

Name = tuple[str, str]  # method and variant


def draw_rounds(tables: Sequence[Table], path: Path) -> None:
    """Write the picture.

    Args:
        tables: of one suite of the track active, one for each number of labels.
        path: a .png, .svg or .pdf file.

    Raises:
        UsageError: these are no such tables, or the file is of another kind.
        ResultsError: the file cannot be written.
    """
    if path.suffix not in KINDS:
        raise UsageError(f"{path} is no picture that can be drawn: name one of {', '.join(KINDS)}.")
    by_labels = {int(table.shots): table for table in tables if isinstance(table.shots, int)}
    if len(by_labels) < len(tables) or not tables or any(table.track != "active" for table in tables):
        raise UsageError(
            "these results are not of one suite of the track active, one backbone and one selector: nothing to draw"
        )
    first = tables[0]
    rows = {(row.method, row.variant): row for table in tables for row in table.rows}
    columns = min(PER_ROW, len(first.pairs))
    lines = ceil(len(first.pairs) / columns)
    figure = Figure(figsize=(1.8 + 4.6 * columns, 0.9 + 3.6 * lines), layout="constrained")
    panels = figure.subplots(lines, columns, squeeze=False, sharex=True).flat
    stretched = False
    for pair, axes in zip(first.pairs, panels, strict=False):
        stretched |= _panel(axes, by_labels, pair, rows)
        axes.set_title(pair_titles(first)[pair], fontsize=10)
    for axes in list(panels)[len(first.pairs) :]:
        axes.set_axis_off()
    figure.supxlabel("labels asked for", fontsize=10)
    figure.supylabel(first.metric.replace("_", " "), fontsize=10)
    figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside right center", fontsize=8, frameon=False)
    parts = [first.variant, seeds_of(tables), origins(tables), "bars are 95 % intervals of the mean over seeds"]
    parts.append("on grey the scale is stretched" * stretched)
    what = f"{first.suite}: " + ", ".join(filter(None, parts))
    figure.suptitle(fill(what, int(LETTERS * figure.get_figwidth())), x=0.01, ha="left", fontsize=10)
    picture = BytesIO()
    figure.savefig(picture, dpi=150, format=path.suffix.removeprefix("."))
    write_atomic(path, picture.getvalue())


def _panel(axes: Axes, by_labels: dict[int, Table], pair: str, rows: dict[Name, Row]) -> bool:
    """Draw a pair; return whether a part of its scale is stretched."""
    values: list[float] = []
    ends: list[float] = []
    asked = sorted(by_labels)
    order = [name for name in rows if name[0] not in BOUND]
    start = _cell(by_labels[asked[0]], (LOWER, ""), pair)
    for name, row in rows.items():
        cells = {number: _cell(table, name, pair) for number, table in by_labels.items()}
        known = {number: cell for number, cell in cells.items() if cell is not None and cell.mean is not None}
        if name[0] == UPPER and known:
            axes.axhline(
                next(iter(known.values())).mean or 0.0,
                ls=BOUND[UPPER],
                color="black",
                lw=1.2,
                label=label(row),
                zorder=1,
            )
        if name[0] in BOUND or not known:
            continue
        if start is not None and start.mean is not None:
            known = {0: start, **known}
        place = order.index(name)
        own = (place - (len(order) - 1) / 2) * 0.012 * asked[-1]  # bars beside each other, not upon
        means = [cell.mean or 0.0 for _, cell in sorted(known.items())]
        errors = [_half(cell) for _, cell in sorted(known.items())]
        values += means
        ends += [mean + side * error for mean, error in zip(means, errors, strict=True) for side in (-1, 1)]
        axes.errorbar(
            [number + own for number in sorted(known)],
            means,
            errors,
            fmt=MARKERS[place % len(MARKERS)] + ("-" if place < len(COLOURS) else "-."),
            color=COLOURS[place % len(COLOURS)],
            ms=4,
            lw=1.1,
            elinewidth=0.7,
            label=label(row),
        )
    axes.set_xticks([0, *asked])
    axes.grid(axis="y", lw=0.4, color="0.85")
    axes.spines[["top", "right"]].set_visible(False)
    return stretch(axes, values, ends)


def _half(cell: Cell) -> float:
    """Half the width of a cell's interval; 0 where there is none."""
    return 0.0 if cell.ci95 is None or cell.mean is None else cell.ci95[1] - cell.mean


def _cell(table: Table, name: Name, pair: str) -> Cell | None:
    found = [row.cells.get(pair) for row in table.rows if (row.method, row.variant) == name]
    return found[0] if found else None

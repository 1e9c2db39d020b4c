"""A picture of accuracy over the labels asked for: a panel for each pair, a line for each method and rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dabench.errors import UsageError
from dabench.leaderboard.plots.curves import Across, Point, cell_of, check_kind, draw_curves, write_picture
from dabench.leaderboard.table import Cell, Row, Table
from dabench.specs.names import LOWER, UPPER


def draw_rounds(tables: Sequence[Table], path: Path) -> None:
    """Write the picture.

    Args:
        tables: of one suite of the track active, one for each number of labels.
        path: a .png, .svg or .pdf file.

    Raises:
        UsageError: these are no such tables, or the file is of another kind.
        ResultsError: the file cannot be written.
    """
    check_kind(path)
    by_labels = {int(table.shots): table for table in tables if isinstance(table.shots, int)}
    if len(by_labels) < len(tables) or not tables or any(table.track != "active" for table in tables):
        raise UsageError(
            "these results are not of one suite of the track active, one backbone and one selector: nothing to draw"
        )
    asked = sorted(by_labels)
    lower = next((row for row in by_labels[asked[0]].rows if row.method == LOWER and not row.variant), None)

    def points(pair: str, row: Row) -> list[Point]:
        known = [(labels, cell_of(by_labels[labels], row, pair)) for labels in asked]
        curve = [_point(labels, cell) for labels, cell in known if cell is not None]
        if row.method == LOWER or not curve:
            return []  # the lower bound is where every curve begins
        if row.method == UPPER:
            return [curve[0]._replace(place=place, half=0.0) for place in (0, asked[-1])]
        start = None if lower is None else cell_of(by_labels[asked[0]], lower, pair)
        return ([] if start is None else [_point(0, start)]) + curve

    across = Across("labels asked for", {place: str(place) for place in (0, *asked)}, asked[-1])
    write_picture(draw_curves(tables, across, points, "bars are 95 % intervals of the mean over seeds"), path)


def _point(labels: int, cell: Cell) -> Point:
    """A cell with half the width of its interval; 0 where there is none."""
    mean = cell.mean or 0.0
    return Point(labels, mean, 0.0 if cell.ci95 is None else cell.ci95[1] - mean)

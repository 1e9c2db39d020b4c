"""A picture of accuracy over the number of labelled target examples: a panel for each pair, a line for each method."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from pathlib import Path

from dabench.config.settings import Shots
from dabench.errors import UsageError
from dabench.leaderboard.plots.accuracies import Picture
from dabench.leaderboard.plots.curves import Across, Point, cell_of, check_kind, draw_curves, write_picture
from dabench.leaderboard.table import Row, Table

AXIS = {"few_shot": "labelled target examples per class", "paired": "labelled groups of each class (people, say)"}


def draw_shots(tables: Sequence[Table], path: Path) -> None:
    """Write the picture.

    Args:
        tables: of one suite, one for each number of shots.
        path: a .png, .svg or .pdf file.

    Raises:
        UsageError: these are no tables by shots, or the file is of another kind.
        ResultsError: the file cannot be written.
    """
    check_kind(path)
    write_picture(shots_figure(tables), path)


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
    places = _places(list(by_shots))

    def points(pair: str, row: Row) -> list[Point]:
        cells = ((places[shots], cell_of(table, row, pair)) for shots, table in by_shots.items())
        return sorted(Point(place, cell.mean or 0.0, cell.std or 0.0) for place, cell in cells if cell is not None)

    ticks = {place: str(shots) for shots, place in places.items()}
    across = Across(AXIS[tables[0].track], ticks, 1.0)
    return draw_curves(tables, across, points, "bars are standard deviations over seeds")


def _places(shots: Sequence[Shots]) -> dict[Shots, float]:
    """The place of each number of shots on the axis: logarithmic, `all` behind the largest."""
    numbers = sorted(number for number in shots if number != "all")
    places: dict[Shots, float] = {number: log10(number) for number in numbers}
    if "all" in shots:
        places["all"] = max(places.values(), default=0.0) + 0.6
    return places

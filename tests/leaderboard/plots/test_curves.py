"""The frame of pictures over labels: what is drawn is within the axes."""

from __future__ import annotations

import pytest

from dabench.leaderboard.plots.curves import Across, Point, draw_curves
from dabench.leaderboard.table import Row
from tests.support.active import active_tables

MEANS = {"source_only": 0.5, "weighted": 0.6, "target_only": 0.99}


def _points(pair: str, row: Row) -> list[Point]:
    return [] if row.variant == "clue" else [Point(place, MEANS[row.method], 0.01) for place in (0, 1)]


@pytest.mark.slow
def test_bounds_far_from_the_rows_are_seen_and_a_row_without_points_has_no_line() -> None:
    figure = draw_curves(active_tables(), Across("labels", {0: "0", 1: "1"}, 1), _points, "bars are made up")
    (axes,) = figure.axes
    low, high = axes.get_ylim()
    assert low < 0.5
    assert high > 0.99
    names = axes.get_legend_handles_labels()[1]
    assert names == ["source only", "train on target", "weighted (margin)", "weighted (random)"]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["0", "1"]


@pytest.mark.slow
def test_bars_of_rows_stand_beside_each_other() -> None:
    (axes,) = draw_curves(active_tables(), Across("labels", {0: "0"}, 10), _points, "bars are made up").axes
    places = [line.lines[0].get_xdata()[0] for line in axes.containers]
    assert len(set(places)) == len(places) == 2

"""The part of an axis where most values are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dabench.leaderboard.plots.stretched import HEIGHT, SQUEEZED, stretch

CLOSE = [0.88, 0.885, 0.89, 0.9, 0.905, 0.91, 0.92, 0.93, 0.94, 0.95]
SPREAD = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]


def drawn(values: Sequence[float]) -> tuple[Axes, bool]:
    """An axis with these values, and whether it is stretched."""
    axes = Figure().subplots()
    axes.plot(values)
    return axes, stretch(axes, values, [])


def place(axes: Axes, value: float) -> float:
    """The place of a value on the axis, from 0 to 1."""
    (_, at) = axes.transAxes.inverted().transform(axes.transData.transform((0.0, value)))
    return float(at)


@pytest.mark.parametrize("far", [[0.2], [0.2, 0.5], [0.05, 0.1]])
def test_values_that_a_few_would_squeeze_get_most_of_the_axis(far: list[float]) -> None:
    axes, stretched = drawn([*far, *CLOSE])
    assert stretched
    plain = (CLOSE[-1] - CLOSE[0]) / (CLOSE[-1] - min(far))
    assert plain < SQUEEZED
    assert place(axes, max(CLOSE)) - place(axes, min(CLOSE)) > max(HEIGHT / 2, 2 * plain)
    places = [place(axes, value) for value in sorted([*far, *CLOSE])]
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] < 1
    assert min(axes.get_yticks()) < 0.8
    assert sum(0.88 <= tick <= 0.95 for tick in axes.get_yticks()) >= 2
    assert len(axes.patches) == 1, "it has a ground of its own"


def test_values_far_above_squeeze_as_well() -> None:
    axes, stretched = drawn([*(1 - value for value in CLOSE), 0.8])
    assert stretched
    assert place(axes, 0.12) - place(axes, 0.05) > HEIGHT / 2


@pytest.mark.parametrize("values", [SPREAD, CLOSE, [0.5], [0.5, 0.5], [*SPREAD, 0.9, 0.91, 0.92]])
def test_other_values_keep_a_plain_scale(values: list[float]) -> None:
    axes, stretched = drawn(values)
    assert not stretched
    low, high = axes.get_ylim()
    assert place(axes, (low + high) / 2) == pytest.approx(0.5)


def test_nothing_to_draw_changes_nothing() -> None:
    assert not drawn([])[1]

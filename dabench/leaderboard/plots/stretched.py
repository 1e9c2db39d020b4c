"""A scale that gives the values that lie close together most of the axis, so that a few far away squeeze them not."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

CROWD = 0.8  # of the values, which lie close together
SQUEEZED = 0.15  # of the axis: where they would take less than this, they get most of it
HEIGHT = 0.7  # of the axis, which they get
MARGIN = 0.04
LEAST = 0.1  # of the values' range: a smaller rest of the axis is stretched with its neighbour


def stretch(axes: Axes, values: Sequence[float], ends: Sequence[float]) -> bool:
    """Set the limits of the y-axis, and stretch the part where most values are, if it is small; it has a grey ground.

    Args:
        axes: with the lines.
        values: what is to be told apart.
        ends: what is to be seen beside them, such as bounds and ends of bars.

    Returns:
        Whether a part is stretched.
    """
    if not values:
        return False
    seen = [*values, *ends]
    low, high = min(seen), max(seen)
    margin = MARGIN * (high - low) or 0.05
    low, high = low - margin, high + margin
    begin, end = _crowd(sorted(values))
    if end - begin > SQUEEZED * (high - low) or min(seen) == max(seen):
        axes.set_ylim(low, high)
        return False
    around = max((end - begin) / 4, (high - low) / 200)
    least = LEAST * (high - low)
    begin, end = begin - around, end + around
    begin, end = begin if begin - low > least else low, end if high - end > least else high
    if (begin, end) == (low, high):
        axes.set_ylim(low, high)
        return False
    rest = (1 - HEIGHT) / (begin - low + high - end)
    knots, first = np.unique([low, begin, end, high], return_index=True)
    places = np.array([0.0, (begin - low) * rest, 1 - (high - end) * rest, 1.0])[first]
    axes.set_yscale(
        "function", functions=(lambda y: np.interp(y, knots, places), lambda place: np.interp(place, places, knots))
    )
    axes.set_ylim(low, high)
    axes.set_yticks(_ticks(low, begin, 3) + _ticks(begin, end, 6) + _ticks(end, high, 2))
    axes.axhspan(begin, end, color="0.95", zorder=0)
    return True


def _crowd(values: Sequence[float]) -> tuple[float, float]:
    """The smallest interval that holds `CROWD` of some sorted values."""
    count = ceil(CROWD * len(values))
    starts = range(len(values) - count + 1)
    first = min(starts, key=lambda place: values[place + count - 1] - values[place])
    return values[first], values[first + count - 1]


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers strictly within an interval."""
    return [float(tick) for tick in MaxNLocator(most).tick_values(low, high) if low < tick < high]

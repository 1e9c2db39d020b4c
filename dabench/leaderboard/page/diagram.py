"""The critical-difference diagram (Demšar 2006) as lines and labels; the page draws them."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from dabench.stats.ranks import Ranking

WIDTH = 720
_LEFT, _RIGHT = 200, WIDTH - 200  # the ends of the axis; labels stand beside it
_AXIS = 56
_STEP = 22


@dataclass(frozen=True)
class Line:
    """A line from one point to another; `kind` is a class of the style sheet."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str


@dataclass(frozen=True)
class Label:
    """Text that starts, ends or is centred at a point."""

    x: float
    y: float
    anchor: str
    text: str


@dataclass(frozen=True)
class Diagram:
    """A drawing of `WIDTH` by `height`, with the same in words."""

    height: float
    lines: tuple[Line, ...]
    labels: tuple[Label, ...]
    description: str


def diagram(found: Ranking) -> Diagram:
    """Best to the left. A bar joins methods whose mean ranks are closer than the critical difference."""
    names, ranks = list(found.ranks), list(found.ranks.values())
    low, high = floor(min(ranks)), max(ceil(max(ranks)), ceil(min(ranks) + found.difference))

    def place(rank: float) -> float:
        return round(_LEFT + (rank - low) / (high - low) * (_RIGHT - _LEFT), 1)

    lines = [Line(_LEFT, _AXIS, _RIGHT, _AXIS, "axis")]
    labels = []
    for tick in range(low, high + 1):
        lines.append(Line(place(tick), _AXIS - 6, place(tick), _AXIS, "axis"))
        labels.append(Label(place(tick), _AXIS - 10, "middle", str(tick)))
    lines.append(Line(place(low), 14, place(low + found.difference), 14, "difference"))
    labels.append(Label(place(low + found.difference) + 8, 18, "start", f"critical difference {found.difference:.2f}"))
    for level, (first, last) in enumerate(found.groups):
        y = _AXIS + 10 + 8 * level
        lines.append(Line(place(ranks[first]) - 4, y, place(ranks[last]) + 4, y, "group"))
    top = _AXIS + 22 + 8 * len(found.groups)
    half = ceil(len(names) / 2)
    for number, (name, rank) in enumerate(zip(names, ranks, strict=True)):
        left = number < half
        y = top + _STEP * (number if left else len(names) - 1 - number)
        end = _LEFT - 8 if left else _RIGHT + 8
        lines += [Line(place(rank), _AXIS, place(rank), y, "stem"), Line(place(rank), y, end, y, "stem")]
        text = f"{name} {rank:.2f}"
        labels.append(Label(end - 6 if left else end + 6, y + 4, "end" if left else "start", text))
    together = ["; ".join(", ".join(names[first : last + 1]) for first, last in found.groups)]
    order = ", ".join(f"{name} {rank:.2f}" for name, rank in found.ranks.items())
    description = f"Mean ranks over {found.pairs} pairs, best first: {order}. "
    description += f"Not distinguishable: {together[0]}." if found.groups else "All are distinguishable."
    return Diagram(top + _STEP * half, tuple(lines), tuple(labels), description)

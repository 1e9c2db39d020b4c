"""White arrows on blue plates."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dabench.domains.synthetic.pictograms.canvas import WHITE, Canvas, Colour, Point, arc, turned

_STEM = 10.5
_BARB = 13  # thickness of a barb, measured along the stem


def arrow(canvas: Canvas, points: Sequence[Point], *, solid: bool, size: float = 20, stem: float = _STEM) -> None:
    """Draw an arrow along a line.

    Args:
        canvas: to draw on.
        points: from the tail to the tip.
        solid: a filled triangle for a head; else two barbs.
        size: of the head, from its axis to the end of a barb.
        stem: width of the stem.
    """
    (x0, y0), (x1, y1) = points[-2:]
    length = math.hypot(x1 - x0, y1 - y0)
    along = ((x1 - x0) / length, (y1 - y0) / length)
    if solid:
        back = (x1 - size * along[0], y1 - size * along[1])
        canvas.line([*points[:-1], back], stem, WHITE, ends="flat")
        head(canvas, (x1, y1), along, size, size, WHITE)
        return
    canvas.line([*points[:-1], (x1 - 5 * along[0], y1 - 5 * along[1])], stem, WHITE, ends="flat")
    for side in (-1, 1):
        barb = [(0, 0), (-size, side * size), (-size - _BARB, side * size), (-_BARB, 0)]
        canvas.polygon([_placed(point, (x1, y1), along) for point in barb], WHITE)


def head(canvas: Canvas, tip: Point, along: Point, length: float, half: float, colour: Colour) -> None:
    """Fill a triangle that points along a direction."""
    canvas.polygon([_placed(point, tip, along) for point in ((0, 0), (-length, half), (-length, -half))], colour)


def ahead(canvas: Canvas, solid: bool) -> None:
    """Straight on."""
    arrow(canvas, [(50, 88), (50, 12)], solid=solid, size=24 if solid else 22)


def turn_right(canvas: Canvas, solid: bool) -> None:
    """Turn right at the junction ahead."""
    arrow(canvas, [(37, 82), (37, 54), *arc((51, 54), 14, 14, 180, 270), (86, 40)], solid=solid)


def ahead_or_right(canvas: Canvas, solid: bool) -> None:
    """Straight on or right."""
    arrow(canvas, [(42, 89), (42, 11)], solid=solid, size=17, stem=9.5)
    arrow(canvas, [(42, 80), (42, 74), *arc((54, 74), 12, 15, 180, 270), (88, 59)], solid=solid, size=15, stem=9.5)


def keep_right(canvas: Canvas, solid: bool) -> None:
    """Pass on the right, from the upper left to the lower right."""
    arrow(canvas, turned([(7, 50), (90, 50)], 45), solid=solid, size=24, stem=12)


def roundabout(canvas: Canvas, solid: bool) -> None:
    """Three arrows that run round counterclockwise."""
    for begin in (10, 130, 250):
        points = arc((50, 50), 27.5, 27.5, -begin, -begin - 72)
        canvas.line(points, 8.5, WHITE, ends="flat")
        (x0, y0), (x1, y1) = points[-2:]
        length = math.hypot(x1 - x0, y1 - y0)
        along = turned([((x1 - x0) / length, (y1 - y0) / length)], -15, (0, 0))[0]
        reach = 17 if solid else 15
        head(canvas, (x1 + reach * along[0], y1 + reach * along[1]), along, reach, 13 if solid else 11, WHITE)


def _placed(point: Point, tip: Point, along: Point) -> Point:
    """The place of a point whose x counts along a direction from the tip and whose y across it."""
    return tip[0] + point[0] * along[0] - point[1] * along[1], tip[1] + point[0] * along[1] + point[1] * along[0]

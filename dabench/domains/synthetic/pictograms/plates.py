"""The plates that signs are painted on: red rings, triangles, blue discs and the rest."""

from __future__ import annotations

from collections.abc import Sequence

from dabench.domains.synthetic.pictograms.canvas import (
    BLACK,
    BLUE,
    GREY,
    RED,
    WHITE,
    YELLOW,
    Canvas,
    Point,
    arc,
    turned,
)

CIRCLE: tuple[Point, ...] = tuple(arc((50, 50), 50, 50, 0, 345))
TRIANGLE: tuple[Point, ...] = ((50, 6), (100, 93), (0, 93))
YIELD: tuple[Point, ...] = ((50, 94), (0, 7), (100, 7))
DIAMOND: tuple[Point, ...] = ((50, 0), (100, 50), (50, 100), (0, 50))
OCTAGON: tuple[Point, ...] = tuple(turned([(104.1, 50)], 22.5 + 45 * side)[0] for side in range(8))


def ring(canvas: Canvas, rim: bool) -> None:
    """A white disc in a red ring, for signs that forbid."""
    canvas.disc((50, 50), 50, WHITE if rim else RED)
    canvas.disc((50, 50), 48 if rim else 50, RED)
    canvas.disc((50, 50), 37, WHITE)


def triangle(canvas: Canvas, rim: bool) -> None:
    """A white triangle in a red one: a warning."""
    _rounded(canvas, TRIANGLE, WHITE if rim else RED, 3)
    _rounded(canvas, _shrunk(TRIANGLE, (50, 64), 0.94 if rim else 1), RED, 3)
    _rounded(canvas, _shrunk(TRIANGLE, (50, 64), 0.7), WHITE, 1)


def yield_triangle(canvas: Canvas, rim: bool) -> None:
    """A white triangle in a red one that stands on its tip."""
    _rounded(canvas, YIELD, WHITE if rim else RED, 3)
    _rounded(canvas, _shrunk(YIELD, (50, 36), 0.94 if rim else 1), RED, 3)
    _rounded(canvas, _shrunk(YIELD, (50, 36), 0.7), WHITE, 1)


def blue(canvas: Canvas, rim: bool) -> None:
    """A blue disc: where to go."""
    canvas.disc((50, 50), 50, WHITE if rim else BLUE)
    canvas.disc((50, 50), 47.5, BLUE)


def priority(canvas: Canvas, rim: bool) -> None:
    """The yellow diamond of a priority road."""
    _rounded(canvas, DIAMOND, GREY if rim else WHITE, 5)
    _rounded(canvas, _shrunk(DIAMOND, (50, 50), 0.97), WHITE, 5)
    _rounded(canvas, _shrunk(DIAMOND, (50, 50), 0.66), BLACK, 3)
    _rounded(canvas, _shrunk(DIAMOND, (50, 50), 0.62), YELLOW, 3)


def octagon(canvas: Canvas, rim: bool) -> None:
    """The red octagon of the stop sign."""
    canvas.polygon(OCTAGON, WHITE)
    canvas.polygon(_shrunk(OCTAGON, (50, 50), 0.94 if rim else 0.97), RED)


def end(canvas: Canvas, rim: bool) -> None:
    """The white disc on which a restriction ends; its stripes are `stripes`."""
    canvas.disc((50, 50), 50, BLACK if rim else WHITE)
    canvas.disc((50, 50), 48, WHITE)


def stripes(canvas: Canvas) -> None:
    """Five thin stripes from the lower left to the upper right, over whatever ends."""
    for offset in (-7.2, -3.6, 0, 3.6, 7.2):
        half = 47 - abs(offset) * 0.15
        canvas.line(turned([(50 - half, 50 + offset), (50 + half, 50 + offset)], -47), 2.1, BLACK, ends="flat")


def _shrunk(points: Sequence[Point], centre: Point, factor: float) -> list[Point]:
    return [(centre[0] + factor * (x - centre[0]), centre[1] + factor * (y - centre[1])) for x, y in points]


def _rounded(canvas: Canvas, points: Sequence[Point], colour: tuple[int, int, int], radius: float) -> None:
    """Fill a polygon whose corners are rounded and whose sides stay where they are."""
    inner = _inset(points, radius)
    canvas.polygon(inner, colour)
    canvas.line([*inner, inner[0]], 2 * radius, colour)


def _inset(points: Sequence[Point], distance: float) -> list[Point]:
    """A convex polygon with its sides moved inwards by a distance."""
    area = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in _sides(points))
    lines = []  # a x + b y = c for every side
    for (x0, y0), (x1, y1) in _sides(points):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 * (1 if area > 0 else -1)
        a, b = (y0 - y1) / length, (x1 - x0) / length
        lines.append((a, b, a * x0 + b * y0 + distance))
    corners = []
    for (a, b, c), (d, e, f) in zip([lines[-1], *lines[:-1]], lines, strict=True):
        corners.append(((c * e - b * f) / (a * e - b * d), (a * f - c * d) / (a * e - b * d)))
    return corners


def _sides(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(zip(points, [*points[1:], points[0]], strict=True))

"""Cars and lorries."""

from __future__ import annotations

from dabench.domains.synthetic.pictograms.canvas import BLACK, WHITE, Canvas, Colour, Point, turned


def car(canvas: Canvas, left: float, bottom: float, colour: Colour, *, width: float = 26, turn: float = 0) -> None:
    """A car from behind.

    Args:
        canvas: to draw on.
        left: its left side.
        bottom: of its wheels.
        colour: of the car.
        width: of the car.
        turn: degrees, clockwise.
    """
    parts: tuple[tuple[Colour, tuple[Point, ...]], ...] = (
        (colour, ((0.14, 0.36), (0.24, 0.0), (0.76, 0.0), (0.86, 0.36))),  # the cabin
        (WHITE, ((0.25, 0.31), (0.31, 0.09), (0.69, 0.09), (0.75, 0.31))),  # its window
        (colour, ((0.0, 0.40), (0.10, 0.33), (0.90, 0.33), (1.0, 0.40), (1.0, 0.62), (0.0, 0.62))),
        (colour, ((0.04, 0.6), (0.24, 0.6), (0.24, 0.78), (0.04, 0.78))),  # the wheels
        (colour, ((0.76, 0.6), (0.96, 0.6), (0.96, 0.78), (0.76, 0.78))),
    )
    top = bottom - 0.62 * width  # cars are flat: four fifths of the heights above
    for fill, points in parts:
        placed = [(left + x * width, top + 0.8 * y * width) for x, y in points]
        canvas.polygon(turned(placed, turn, (left + width / 2, top + 0.3 * width)), fill)


def lorry_from_behind(canvas: Canvas, left: float, bottom: float, colour: Colour) -> None:
    """A lorry from behind: a tall box on wheels."""
    canvas.box(left, bottom - 27, left + 25, bottom - 5, colour)
    canvas.box(left + 1, bottom - 6, left + 7, bottom, colour)
    canvas.box(left + 18, bottom - 6, left + 24, bottom, colour)


def lorry(canvas: Canvas, long_nose: bool) -> None:
    """A lorry from its left side, heading left."""
    canvas.box(42, 36, 81, 56, BLACK)  # the load
    canvas.box(26 if long_nose else 24, 56, 81, 59.5, BLACK)  # the frame
    if long_nose:
        cab = [(19, 58), (20, 51), (30, 48), (33, 41), (41, 41), (41, 59), (19, 59)]
        window = [(33, 48), (35, 43), (39, 43), (39, 48)]
    else:
        cab = [(22, 59), (22, 49), (25, 40), (40, 40), (40, 59)]
        window = [(25, 49), (27, 43), (34, 43), (34, 49)]
    canvas.polygon(cab, BLACK)
    canvas.polygon(window, WHITE)
    for x in (30, 64, 73) if long_nose else (31, 68):
        canvas.disc((x, 60.5), 5.6, WHITE)
        canvas.disc((x, 60.5), 4.6, BLACK)

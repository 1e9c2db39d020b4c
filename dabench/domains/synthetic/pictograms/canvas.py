"""A sheet of a hundred by a hundred units to draw a sign on: x to the right, y down."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageDraw

Point = tuple[float, float]
Colour = tuple[int, int, int]

WHITE, BLACK, GREY = (240, 240, 240), (22, 22, 24), (92, 92, 95)
RED, BLUE, YELLOW, GREEN = (190, 34, 34), (18, 72, 166), (238, 164, 20), (10, 124, 104)

SIZE = 128
"""Pixels of a finished pictogram's side."""

_FINE = 6  # signs are drawn this much larger and reduced at the end, which smooths their edges
_UNIT = SIZE * _FINE / 100


class Canvas:
    """A drawing in progress; transparent where nothing has been drawn."""

    def __init__(self) -> None:
        self._image = Image.new("RGBA", (SIZE * _FINE, SIZE * _FINE))
        self._draw = ImageDraw.Draw(self._image)

    def finished(self) -> Image.Image:
        """The pictogram, RGBA of SIZE x SIZE pixels."""
        return self._image.reduce(_FINE)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Fill a polygon."""
        self._draw.polygon([(x * _UNIT, y * _UNIT) for x, y in points], fill=colour)

    def disc(self, centre: Point, radius: float, colour: Colour) -> None:
        """Fill a circle."""
        self.ellipse(centre, radius, radius, colour)

    def ellipse(self, centre: Point, across: float, down: float, colour: Colour, turn: float = 0) -> None:
        """Fill an ellipse with half axes across and down, turned clockwise by some degrees."""
        self.polygon(turned(arc(centre, across, down, 0, 360), turn, centre), colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def line(self, points: Sequence[Point], width: float, colour: Colour, *, ends: str = "round") -> None:
        """Draw a line with round joints.

        Args:
            points: that it goes through.
            width: of the line.
            colour: of the line.
            ends: `round` or `flat`.
        """
        for (x0, y0), (x1, y1) in pairwise(points):
            length = math.hypot(x1 - x0, y1 - y0)
            if length:
                across = (width / 2 * (y0 - y1) / length, width / 2 * (x1 - x0) / length)
                sides = [(x0, y0, 1), (x1, y1, 1), (x1, y1, -1), (x0, y0, -1)]
                self.polygon([(x + side * across[0], y + side * across[1]) for x, y, side in sides], colour)
        for joint in points if ends == "round" else points[1:-1]:
            self.disc(joint, width / 2, colour)


def arc(centre: Point, across: float, down: float, begin: float, end: float) -> list[Point]:
    """Points of an ellipse with half axes across and down.

    Args:
        centre: of the ellipse.
        across: half axis along x.
        down: half axis along y.
        begin: degrees, clockwise from the right.
        end: degrees; less than begin for an arc that runs counterclockwise.
    """
    steps = max(3, math.ceil(abs(end - begin) / 6))
    angles = [math.radians(begin + (end - begin) * step / steps) for step in range(steps + 1)]
    return [(centre[0] + across * math.cos(angle), centre[1] + down * math.sin(angle)) for angle in angles]


def turned(points: Sequence[Point], degrees: float, centre: Point = (50, 50)) -> list[Point]:
    """Points turned clockwise about a centre."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    moved = [(x - centre[0], y - centre[1]) for x, y in points]
    return [(centre[0] + x * cos - y * sin, centre[1] + x * sin + y * cos) for x, y in moved]

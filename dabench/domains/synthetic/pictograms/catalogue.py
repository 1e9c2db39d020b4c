"""The 43 signs of GTSRB in the order of its class numbers, each in two fashions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageOps

from dabench.domains.synthetic.pictograms import arrows, plates, vehicles, warnings
from dabench.domains.synthetic.pictograms.canvas import BLACK, GREY, RED, WHITE, Canvas, Point
from dabench.domains.synthetic.pictograms.lettering import write

FASHIONS = 2
"""0: an outer rim and arrows with barbs. 1: no outer rim, arrows with solid heads, lorries with long noses."""


@dataclass(frozen=True)
class Pictogram:
    """A sign as painted.

    Attributes:
        plate: paints what the symbol is on, with an outer rim or without.
        outline: of the plate, in units of the canvas.
        symbol: paints the rest, in a fashion from 0 to FASHIONS - 1.
        mirrored: what is painted is mirrored.
    """

    plate: Callable[[Canvas, bool], None]
    outline: tuple[Point, ...]
    symbol: Callable[[Canvas, int], None]
    mirrored: bool = False

    def draw(self, fashion: int) -> Image.Image:
        """The pictogram, RGBA of `canvas.SIZE` pixels."""
        canvas = Canvas()
        self.plate(canvas, fashion == 0)
        self.symbol(canvas, fashion)
        image = canvas.finished()
        return ImageOps.mirror(image) if self.mirrored else image


def _limit(number: str) -> Pictogram:
    def symbol(canvas: Canvas, fashion: int) -> None:
        if len(number) == 2:
            write(canvas, number, top=30, bottom=70, width=25 - fashion, gap=4.5, pen=6.6, colour=BLACK)
        else:
            write(canvas, number, top=31, bottom=69, width=16.5, gap=4, pen=5.4, colour=BLACK)

    return Pictogram(plates.ring, plates.CIRCLE, symbol)


def _forbidden(symbol: Callable[[Canvas, int], None]) -> Pictogram:
    return Pictogram(plates.ring, plates.CIRCLE, symbol)


def _warning(symbol: Callable[[Canvas], None], *, mirrored: bool = False) -> Pictogram:
    return Pictogram(plates.triangle, plates.TRIANGLE, lambda canvas, _: symbol(canvas), mirrored)


def _direction(symbol: Callable[[Canvas, bool], None], *, mirrored: bool = False) -> Pictogram:
    return Pictogram(plates.blue, plates.CIRCLE, lambda canvas, fashion: symbol(canvas, fashion == 1), mirrored)


def _end(symbol: Callable[[Canvas], None]) -> Pictogram:
    def both(canvas: Canvas, _: int) -> None:
        symbol(canvas)
        plates.stripes(canvas)

    return Pictogram(plates.end, plates.CIRCLE, both)


def _nothing(canvas: Canvas, fashion: int) -> None:
    """The plate says it all."""


def _no_passing(canvas: Canvas, _: int) -> None:
    vehicles.car(canvas, 18, 60, RED, width=30)
    vehicles.car(canvas, 52, 60, BLACK, width=30)


def _no_passing_for_lorries(canvas: Canvas, _: int) -> None:
    vehicles.lorry_from_behind(canvas, 21, 63, RED)
    vehicles.car(canvas, 51, 63, BLACK, width=28)


def _end_for_cars(canvas: Canvas) -> None:
    vehicles.car(canvas, 19, 61, GREY, width=30)
    vehicles.car(canvas, 51, 61, GREY, width=30)


def _end_for_lorries(canvas: Canvas) -> None:
    vehicles.lorry_from_behind(canvas, 20, 64, GREY)
    vehicles.car(canvas, 51, 64, GREY, width=28)


def _end_of_80(canvas: Canvas) -> None:
    write(canvas, "80", top=28, bottom=72, width=29, gap=6, pen=6.5, colour=GREY)


def _stop(canvas: Canvas, _: int) -> None:
    write(canvas, "STOP", top=33, bottom=67, width=17.5, gap=3.6, pen=5.2, colour=WHITE)


def _no_entry(canvas: Canvas, fashion: int) -> None:
    canvas.disc((50, 50), 50, WHITE if fashion == 0 else RED)
    canvas.disc((50, 50), 47.5, RED)
    canvas.box(14, 41, 86, 59, WHITE)


def _no_lorries(canvas: Canvas, fashion: int) -> None:
    vehicles.lorry(canvas, long_nose=fashion == 1)


_LIMITS = [_limit(number) for number in ("20", "30", "50", "60", "70", "80")]

PICTOGRAMS: tuple[Pictogram, ...] = (
    *_LIMITS,
    _end(_end_of_80),
    _limit("100"),
    _limit("120"),
    _forbidden(_no_passing),
    _forbidden(_no_passing_for_lorries),
    _warning(warnings.crossing),
    Pictogram(plates.priority, plates.DIAMOND, _nothing),
    Pictogram(plates.yield_triangle, plates.YIELD, _nothing),
    Pictogram(plates.octagon, plates.OCTAGON, _stop),
    _forbidden(_nothing),
    _forbidden(_no_lorries),
    Pictogram(plates.ring, plates.CIRCLE, _no_entry),
    _warning(warnings.exclamation),
    _warning(warnings.bend),
    _warning(warnings.bend, mirrored=True),
    _warning(warnings.double_bend),
    _warning(warnings.bumps),
    _warning(warnings.slippery),
    _warning(warnings.narrows),
    _warning(warnings.works),
    _warning(warnings.lights),
    _warning(warnings.pedestrian),
    _warning(warnings.children),
    _warning(warnings.bicycle),
    _warning(warnings.snowflake),
    _warning(warnings.deer),
    _end(lambda canvas: None),
    _direction(arrows.turn_right),
    _direction(arrows.turn_right, mirrored=True),
    _direction(arrows.ahead),
    _direction(arrows.ahead_or_right),
    _direction(arrows.ahead_or_right, mirrored=True),
    _direction(arrows.keep_right),
    _direction(arrows.keep_right, mirrored=True),
    _direction(arrows.roundabout),
    _end(_end_for_cars),
    _end(_end_for_lorries),
)

"""Black symbols within the warning triangle, whose white field reaches from (50, 28) to (22, 80) and (78, 80)."""

from __future__ import annotations

from dabench.domains.synthetic.pictograms.arrows import head
from dabench.domains.synthetic.pictograms.canvas import BLACK, GREEN, RED, WHITE, YELLOW, Canvas, Point, arc, turned
from dabench.domains.synthetic.pictograms.vehicles import car


def crossing(canvas: Canvas) -> None:
    """Right of way at the next crossing: a thick road with a pointed end, crossed by a thin one."""
    canvas.polygon([(50, 37), (58, 47), (56, 47), (58, 79), (42, 79), (44, 47), (42, 47)], BLACK)
    canvas.polygon([(34, 61), (50, 59), (66, 61), (66, 66), (50, 68), (34, 66)], BLACK)


def exclamation(canvas: Canvas) -> None:
    """General caution."""
    canvas.polygon([(45, 37), (46.5, 34.5), (53.5, 34.5), (55, 37), (52.3, 66), (47.7, 66)], BLACK)
    canvas.disc((50, 74), 4.6, BLACK)


def bend(canvas: Canvas) -> None:
    """A bend to the left: from the lower right, up and to the left."""
    canvas.line([(59, 78), (59, 66), *arc((49, 65), 10, 10, 0, -80), (43, 55)], 8.5, BLACK, ends="flat")
    head(canvas, (33, 55), (-1, 0), 11, 7.5, BLACK)


def double_bend(canvas: Canvas) -> None:
    """A double bend, first to the left: from the lower right, to the left, and up."""
    canvas.line([(58, 79), (58, 65), (45, 58), (45, 47)], 8.5, BLACK, ends="flat")
    head(canvas, (45, 37), (0, -1), 14, 8.5, BLACK)


def bumps(canvas: Canvas) -> None:
    """A bumpy road: two bumps."""
    for x in (39.5, 60.5):
        canvas.polygon([(x - 12, 77), (x - 7, 70), *arc((x, 70), 5.5, 4.5, 180, 360), (x + 7, 70), (x + 12, 77)], BLACK)
    canvas.box(27, 75.5, 73, 79, BLACK)


def slippery(canvas: Canvas) -> None:
    """A slippery road: a tilted car above two skid marks."""
    car(canvas, 37, 68, BLACK, width=26, turn=14)
    for x in (40, 53):
        marks = [(x + 5, 69), (x - 3, 73), (x + 6, 76), (x - 2, 80)]
        canvas.line(marks, 2.6, BLACK)


def narrows(canvas: Canvas) -> None:
    """The road narrows on the right."""
    canvas.box(40, 42, 45.5, 80, BLACK)
    canvas.line([(55, 42), (55, 54), (61.5, 64), (61.5, 80)], 5.5, BLACK, ends="flat")


def works(canvas: Canvas) -> None:
    """Road works: a man with a shovel at a heap."""
    canvas.disc((48, 41.5), 4, BLACK)
    canvas.line([(45, 48), (40, 61)], 8.5, BLACK)  # the back
    canvas.line([(40, 62), (35, 70), (34, 78)], 5, BLACK)
    canvas.line([(41, 62), (46, 70), (47, 78)], 5, BLACK)
    canvas.line([(47, 48), (54, 55), (50, 61)], 3.6, BLACK)  # the arm
    canvas.line([(40, 57), (60, 70)], 2.6, BLACK)  # the shovel
    canvas.polygon([(52, 79), (62, 66.5), (67, 68.5), (75, 79)], BLACK)


def lights(canvas: Canvas) -> None:
    """Traffic lights."""
    for y, colour in ((43, RED), (57, YELLOW), (71, GREEN)):
        canvas.disc((50, y), 6.3, colour)


def pedestrian(canvas: Canvas) -> None:
    """A man who walks to the left."""
    canvas.disc((50, 38), 4, BLACK)
    canvas.polygon([(45, 44), (55, 44), (55.5, 61), (46, 61)], BLACK)
    canvas.line([(48.5, 60), (46, 69), (39, 79)], 4.6, BLACK)
    canvas.line([(52, 60), (56, 69), (60, 79)], 4.6, BLACK)
    canvas.line([(46, 46), (39, 53), (36.5, 60)], 3.4, BLACK)
    canvas.line([(54, 46), (60, 53), (62.5, 59)], 3.4, BLACK)


def children(canvas: Canvas) -> None:
    """Two children who run to the left, the taller one behind."""
    canvas.disc((57, 43), 4, BLACK)
    canvas.line([(57, 51), (57, 60)], 7.5, BLACK)
    canvas.line([(45, 51), (55, 50), (66, 55), (70, 53)], 3.2, BLACK)
    canvas.line([(56, 61), (51, 68), (49, 78)], 4.4, BLACK)
    canvas.line([(58, 61), (65, 69), (69, 74)], 4.4, BLACK)
    canvas.disc((39.5, 54), 3.4, BLACK)
    canvas.line([(39.5, 61), (40, 66)], 6, BLACK)
    canvas.line([(31.5, 60), (39, 60), (47, 62)], 2.8, BLACK)
    canvas.line([(39, 67), (34, 71.5), (33, 78)], 3.6, BLACK)
    canvas.line([(40.5, 67), (43.5, 72.5), (42, 78)], 3.6, BLACK)


def bicycle(canvas: Canvas) -> None:
    """A bicycle."""
    for x in (37, 63):
        canvas.disc((x, 68.5), 9.5, BLACK)
        canvas.disc((x, 68.5), 7, WHITE)
    frame: tuple[tuple[Point, ...], ...] = (
        ((37, 68.5), (44, 57), (58.5, 57), (63, 68.5)),
        ((44, 57), (49.5, 68.5), (58.5, 57)),
        ((37, 68.5), (49.5, 68.5), (43, 53.5)),
        ((39.5, 53), (46, 53)),
        ((63, 68.5), (57, 52), (52.5, 52)),
    )
    for line in frame:
        canvas.line(line, 2.4, BLACK)


def snowflake(canvas: Canvas) -> None:
    """Ice or snow."""
    centre = (50.0, 62.0)
    for degrees in range(0, 360, 60):
        arms: tuple[tuple[Point, ...], ...] = (
            (centre, (50, 47)),
            ((45.5, 48), (50, 53), (54.5, 48)),
        )
        for line in arms:
            canvas.line(turned(line, degrees, centre), 2.7, BLACK)


def deer(canvas: Canvas) -> None:
    """A deer that leaps to the left."""
    body = [
        (42.5, 54), (47, 56.5), (55, 59.5), (62.5, 63), (65, 66.5), (64.5, 68), (67.5, 72), (73, 77.5), (71.5, 78.5),
        (64, 73.5), (59, 70), (52, 68.5), (46.5, 66.5), (40, 69.5), (34.5, 69), (34.5, 67), (39.5, 66), (42.5, 63),
        (41, 57),
    ]  # fmt: skip
    canvas.polygon(body, BLACK)
    canvas.line([(46, 65), (41, 72.5), (36, 73.5)], 2.6, BLACK)
    canvas.line([(60, 68), (62, 74), (68.5, 79)], 2.8, BLACK)
    canvas.polygon([(39.5, 58), (38.5, 50.5), (32.5, 52), (32, 49.5), (38.5, 45.5), (42.5, 46.5), (45.5, 58)], BLACK)
    canvas.line([(41, 47), (42.5, 42.5), (40, 38.5)], 2, BLACK)  # the antlers
    canvas.line([(42.5, 43), (45.5, 40.5)], 2, BLACK)
    canvas.line([(64, 64), (67, 63)], 2.4, BLACK)  # the tail

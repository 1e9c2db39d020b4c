"""The numbers of speed limits and the word of the stop sign, as lines and arcs in the manner of DIN 1451."""

from __future__ import annotations

from dabench.domains.synthetic.pictograms.canvas import Canvas, Colour, Point, arc

Strokes = list[list[Point]]  # within a box of one by one

_ROUND = [*arc((0.5, 0.3), 0.5, 0.3, 180, 360), *arc((0.5, 0.7), 0.5, 0.3, 0, 180), (0.0, 0.3)]
GLYPHS: dict[str, Strokes] = {
    "0": [_ROUND],
    "1": [[(0.05, 0.26), (0.62, 0.0), (0.62, 1.0)]],
    "2": [[*arc((0.5, 0.29), 0.48, 0.29, 185, 385), (0.02, 1.0), (1.0, 1.0)]],
    "3": [
        [*arc((0.5, 0.25), 0.45, 0.25, 200, 430), (0.4, 0.48)],
        [(0.4, 0.48), *arc((0.5, 0.73), 0.5, 0.27, 280, 520)],
    ],
    "5": [[(0.9, 0.0), (0.14, 0.0), (0.08, 0.5), *arc((0.5, 0.68), 0.5, 0.32, 225, 505)]],
    "6": [[(0.66, 0.0), (0.05, 0.56)], arc((0.5, 0.69), 0.5, 0.31, 0, 360)],
    "7": [[(0.0, 0.0), (1.0, 0.0), (0.36, 1.0)]],
    "8": [arc((0.5, 0.24), 0.42, 0.24, 0, 360), arc((0.5, 0.74), 0.5, 0.26, 0, 360)],
    "S": [[*arc((0.5, 0.26), 0.48, 0.26, -25, -260), *arc((0.5, 0.74), 0.5, 0.26, -80, 155)]],
    "T": [[(0.0, 0.0), (1.0, 0.0)], [(0.5, 0.0), (0.5, 1.0)]],
    "O": [_ROUND],
    "P": [[(0.05, 1.0), (0.05, 0.0), *arc((0.5, 0.28), 0.45, 0.28, 270, 450), (0.05, 0.56)]],
}


def write(
    canvas: Canvas, text: str, *, top: float, bottom: float, width: float, gap: float, pen: float, colour: Colour
) -> None:
    """Write text in the middle of a sign.

    Args:
        canvas: to write on.
        text: of the characters in GLYPHS.
        top: the upper edge of the letters.
        bottom: the lower edge of the letters.
        width: of each letter.
        gap: between letters.
        pen: width of the strokes.
        colour: of the letters.
    """
    left = 50 - (len(text) * width + (len(text) - 1) * gap) / 2
    for number, letter in enumerate(text):
        x0, y0 = left + number * (width + gap) + pen / 2, top + pen / 2
        for stroke in GLYPHS[letter]:
            points = [(x0 + x * (width - pen), y0 + y * (bottom - top - pen)) for x, y in stroke]
            canvas.line(points, pen, colour)

"""One image of `syn_numbers`: a number of one to three digits on a wall, seen by a camera. Quick to import."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dabench.domains.synthetic.backgrounds import Pixels, Random, between, clouds
from dabench.domains.synthetic.camera import as_image, gaussian, motion, noise, sampled, sharpened
from dabench.domains.synthetic.chunk import Chunk

SIZE = 32

# Every font of matplotlib whose ten digits stand on one line at one height. The others hold symbols or nothing
# (LastResort, STIXNonUni, STIXSiz*, cmsy10, cmex10, the Display fonts of DejaVu), or digits that descend below the line
# (cmmi10, cmti10).
FONTS = (
    "DejaVuSans-Bold", "DejaVuSans-BoldOblique", "DejaVuSans-Oblique", "DejaVuSans",
    "DejaVuSansMono-Bold", "DejaVuSansMono-BoldOblique", "DejaVuSansMono-Oblique", "DejaVuSansMono",
    "DejaVuSerif-Bold", "DejaVuSerif-BoldItalic", "DejaVuSerif-Italic", "DejaVuSerif",
    "STIXGeneral", "STIXGeneralBol", "STIXGeneralBolIta", "STIXGeneralItalic",
    "cmb10", "cmr10", "cmss10", "cmtt10",
)  # fmt: skip

HEIGHT = 72
"""Pixels of an 8 as written, before it is scaled."""

_PAPER = (256, 128)  # width and height of what a number is written on
_DRAWN = 96  # scenes are drawn this large and reduced at the end
_DIGITS = (0.25, 0.45, 0.30)  # how often a number has one, two, three


def draw_chunk(chunk: Chunk) -> NDArray[np.uint8]:
    """The images (N, 3, 32, 32) of a chunk."""
    return np.stack([draw_number(int(label), rng) for label, rng in zip(chunk.y, chunk.generators(), strict=True)])


def draw_number(label: int, rng: Random) -> NDArray[np.uint8]:
    """One image (3, 32, 32) whose centre digit is the label, everything else about it drawn from `rng`."""
    wall, pen = _colours(rng)
    scene = _clutter(_wall(wall, rng), rng)
    font = load_font(FONTS[rng.integers(len(FONTS))])
    before, after = neighbours(rng)
    weight, gap = int(rng.integers(4)), float(rng.uniform(-0.02, 0.3) * HEIGHT)
    place = _placement(rng)
    if rng.random() < 0.3:  # an outline, or the shadow of raised digits
        shift = rng.integers(-5, 6, size=2) if rng.random() < 0.5 else (0, 0)
        edge = write(label, before, after, font, gap=gap, weight=weight + int(rng.integers(2, 7)))
        ink = _onto(edge, place, int(shift[0]), int(shift[1]))
        scene = between(scene, _any_colour(rng), ink * np.float32(rng.uniform(0.3, 1)))
    ink = _onto(write(label, before, after, font, gap=gap, weight=weight), place)
    paint = pen * (np.float32(0.85) + np.float32(0.3) * clouds(_DRAWN, rng, finest=12)[:, :, None])
    scene = _lit(between(scene, paint, ink), rng)
    return np.ascontiguousarray(np.asarray(as_image(_seen(scene, rng))).transpose(2, 0, 1))


@cache
def load_font(name: str) -> ImageFont.FreeTypeFont:
    """A font of matplotlib at the size at which its 8 is `HEIGHT` pixels tall."""
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
    # The basic layout is part of every Pillow; the other one depends on a library of the system.
    font = ImageFont.truetype(path, HEIGHT, layout_engine=ImageFont.Layout.BASIC)
    _, top, _, bottom = font.getbbox("8")
    return font.font_variant(size=round(HEIGHT * HEIGHT / (bottom - top)))


def write(label: int, before: str, after: str, font: ImageFont.FreeTypeFont, *, gap: float, weight: int) -> Image.Image:
    """Write a number in white on black, the label in the middle.

    Args:
        label: the digit in the middle.
        before: at most one digit on its left.
        after: at most one digit on its right.
        font: to write in.
        gap: pixels between digits.
        weight: pixels by which strokes are thickened on each side.
    """
    paper = Image.new("L", _PAPER)
    draw = ImageDraw.Draw(paper)
    line = (_PAPER[1] + HEIGHT) / 2
    x0, _, x1, _ = font.getbbox(str(label), anchor="ls")
    middle, half = _PAPER[0] / 2, (x1 - x0) / 2
    starts = [(str(label), middle - (x0 + x1) / 2)]
    starts += [(digit, middle - half - gap - font.getbbox(digit, anchor="ls")[2]) for digit in before]
    starts += [(digit, middle + half + gap - font.getbbox(digit, anchor="ls")[0]) for digit in after]
    for digit, x in starts:
        draw.text((x, line), digit, fill=255, font=font, anchor="ls", stroke_width=weight, stroke_fill=255)
    return paper


def neighbours(rng: Random) -> tuple[str, str]:
    """The digits on the left and on the right of the label; either may be missing."""
    left, right = (str(digit) for digit in rng.integers(10, size=2))
    count, side = rng.random(), rng.random() < 0.5
    if count < _DIGITS[0]:
        return "", ""
    if count < _DIGITS[0] + _DIGITS[1]:
        return (left, "") if side else ("", right)
    return left, right


def _placement(rng: Random) -> tuple[float, ...]:
    """A random turn, slant, scale and shift, as Pillow's six numbers (from the scene to the paper)."""
    angle, slant = 0.11 * rng.normal(), rng.uniform(-0.25, 0.25)
    high = rng.uniform(0.55, 0.95) * _DRAWN / HEIGHT
    wide = high * rng.uniform(0.65, 1.15)
    cos, sin = math.cos(angle), math.sin(angle)
    a, b, c, d = cos * wide, cos * slant * high - sin * high, sin * wide, sin * slant * high + cos * high
    scale = 1 / (a * d - b * c)
    x, y = _DRAWN / 2 + rng.uniform(-0.07, 0.07, size=2) * _DRAWN
    inverse = (d * scale, -b * scale, -c * scale, a * scale)
    left = _PAPER[0] / 2 - inverse[0] * x - inverse[1] * y
    top = _PAPER[1] / 2 - inverse[2] * x - inverse[3] * y
    return inverse[0], inverse[1], float(left), inverse[2], inverse[3], float(top)


def _onto(paper: Image.Image, place: tuple[float, ...], right: int = 0, down: int = 0) -> Pixels:
    """The ink (H, W) on the scene, from 0 to 1, moved by some pixels of the paper."""
    a, b, left, c, d, top = place
    numbers = (a, b, left - right, c, d, top - down)
    image = paper.transform((_DRAWN, _DRAWN), Image.Transform.AFFINE, numbers, Image.Resampling.BILINEAR)
    return np.asarray(image, np.float32) / np.float32(255)


def _any_colour(rng: Random) -> Pixels:
    """A colour (3,); most are nearly grey, as walls and house numbers are."""
    away = rng.uniform(-1, 1, size=3) * (90 * rng.random() ** 2)
    return np.asarray(rng.uniform(15, 240) + away, np.float32)


def _colours(rng: Random) -> tuple[Pixels, Pixels]:
    """Colours (3,) of wall and pen that differ enough for the number to be read; either may be the lighter one."""
    least = rng.uniform(25, 90)
    while True:
        wall, pen = _any_colour(rng), _any_colour(rng)
        if abs(float(wall.sum() - pen.sum())) / 3 > least:
            return wall, pen


def _wall(colour: Pixels, rng: Random) -> Pixels:
    """A wall (H, W, 3): one colour, with some texture."""
    grain = clouds(_DRAWN, rng, rough=rng.uniform(0.5, 1.0)) - np.float32(0.5)
    return np.asarray(colour * (1 + np.float32(rng.uniform(0, 0.5)) * grain)[:, :, None], np.float32)


def _clutter(scene: Pixels, rng: Random) -> Pixels:
    """Add edges of plates and walls, lines, and parts of other characters."""
    drawing = as_image(scene)
    draw = ImageDraw.Draw(drawing)
    for _ in range(rng.integers(0, 4)):
        kind, colour = rng.random(), tuple(int(value) for value in np.clip(_any_colour(rng), 0, 255))
        x, y, u, v = (int(value) for value in rng.integers(-20, _DRAWN + 20, size=4))
        if kind < 0.35:  # the wall goes on in another colour
            cut = _DRAWN * 3 // 4 + int(rng.integers(_DRAWN // 4))
            sides = ((cut, 0, _DRAWN, _DRAWN), (0, cut, _DRAWN, _DRAWN), (0, 0, _DRAWN - cut, _DRAWN))
            draw.rectangle(sides[rng.integers(3)], fill=colour)
        elif kind < 0.7:
            draw.line((x, y, u, v), fill=colour, width=int(rng.integers(1, 5)))
        else:
            font, digit = load_font(FONTS[rng.integers(len(FONTS))]), str(rng.integers(10))
            edge = -0.45 if rng.random() < 0.5 else 0.85
            draw.text((edge * _DRAWN, y - _DRAWN / 2), digit, fill=colour, font=font)
    return np.asarray(drawing, np.float32)


def _lit(scene: Pixels, rng: Random) -> Pixels:
    """A gradient of light, a tint, and a soft shadow now and then."""
    across, down = rng.normal(size=2) * 0.2
    ramp = np.linspace(-1, 1, _DRAWN, dtype=np.float32)
    light = 1 + np.float32(across) * ramp[None, :] + np.float32(down) * ramp[:, None]
    if rng.random() < 0.15:
        dark = np.clip((clouds(_DRAWN, rng, finest=6) - 0.5) * 8 + 0.5, 0, 1)
        light = light * (1 - np.float32(rng.uniform(0.1, 0.5)) * dark)
    tint = np.exp(rng.normal(size=3) * 0.05).astype(np.float32)
    return np.asarray(np.clip(scene * light[:, :, None] * tint, 0, 255), np.float32)


def _seen(scene: Pixels, rng: Random) -> Pixels:
    """The photograph of a scene: blur, few pixels, noise."""
    scene = gaussian(scene, 3 * 1.3 * rng.random() ** 1.5)
    if rng.random() < 0.2:
        scene = motion(scene, rng.uniform(2, 10), rng.uniform(0, 180))
    seen = sampled(scene, int(rng.integers(14, 65)))
    seen = sharpened(seen, rng.uniform(0, 1))
    return sampled(seen + np.float32(rng.uniform(0, 5)) * noise(seen.shape, rng), SIZE)

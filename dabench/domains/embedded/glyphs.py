"""Computer-font digits without a download: ``glyphs``, the recipe of SYN NUMBERS in small.

Ganin & Lempitsky (2015, arXiv:1409.7495) render numbers of one to three digits with many fonts, varying position,
orientation, colours and blur; the label is the centre digit. Here the fonts are those that matplotlib ships, the pen is
always lighter than the paper (as in ``digits``), and strokes are bent a little. Test images use other font families
than training images.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from dabench.data.arrays import DomainArrays, Split

SIZE = 16
CLASSES = tuple("0123456789")

# Every font whose ten digits stand on one line at one height. The others of matplotlib hold symbols, or digits that
# descend below the line (cmmi10, and the 4 and 7 of cmti10).
FONTS = {
    "train": (
        "DejaVuSans-Bold", "DejaVuSans-BoldOblique", "DejaVuSans-Oblique", "DejaVuSans",
        "DejaVuSansMono-Bold", "DejaVuSansMono-BoldOblique", "DejaVuSansMono-Oblique", "DejaVuSansMono",
        "DejaVuSerif-Bold", "DejaVuSerif-BoldItalic", "DejaVuSerif-Italic", "DejaVuSerif",
        "cmb10", "cmr10", "cmss10",
    ),
    "test": ("STIXGeneral", "STIXGeneralBol", "STIXGeneralBolIta", "STIXGeneralItalic", "cmtt10"),
}  # fmt: skip

# Families of the training fonts, in the order of the second labels `font`.
FAMILIES = (("DejaVuSans",), ("DejaVuSansMono",), ("DejaVuSerif",), ("cmb10", "cmr10", "cmss10"))

_SEED = 20_151
_PER_CLASS = {"train": 400, "test": 100}
_FINE = 4  # numbers are drawn this much larger and reduced at the end, which smooths their edges
_DRAWN = _FINE * SIZE
_SCALE = (1.1, 1.5)  # the digit fills the picture, as in crops of house numbers, and neighbours are cut off
_MOVE = 1.5 * _FINE  # largest shift of the digit
_BEND = 1.5 * _FINE  # largest shift of a corner of the mesh that bends the strokes
HEIGHT = 54  # of a digit as drawn, before the random scale

Images = NDArray[np.uint8]


def load_glyphs() -> DomainArrays:
    """Returns digits in computer fonts (N, 3, 16, 16): the centre digit is the label, its neighbours are clutter.

    Second labels of train: `font`, its family of four, and `slant`, 0 for an upright font and 1 for one that leans.
    """
    splits, drawn = {}, {}
    for number, (name, per_class) in enumerate(_PER_CLASS.items()):
        rng = np.random.Generator(np.random.PCG64([_SEED, number]))
        fonts = [load_font(font) for font in FONTS[name]]
        y = np.repeat(np.arange(len(CLASSES)), per_class)
        font, x = np.zeros(len(y), np.int64), np.zeros((len(y), 3, SIZE, SIZE), np.uint8)
        for row, label in enumerate(y):
            font[row] = rng.integers(len(fonts))
            x[row] = _picture(int(label), fonts[font[row]], rng)
        order = rng.permutation(len(y))
        splits[name], drawn[name] = Split(x[order], y[order]), font[order]
    aux = {kind: np.array(numbers)[drawn["train"]] for kind, numbers in _second_labels(FONTS["train"]).items()}
    return DomainArrays(splits["train"], splits["test"], CLASSES, aux=aux)


def _second_labels(fonts: Sequence[str]) -> dict[str, list[int]]:
    """Numbers of each font: of its family in `FAMILIES`, and 1 for slant if it leans."""
    families = [next(at for at, family in enumerate(FAMILIES) if font.split("-")[0] in family) for font in fonts]
    return {"font": families, "slant": [int(font.endswith(("Oblique", "Italic"))) for font in fonts]}


def load_font(name: str) -> ImageFont.FreeTypeFont:
    """Returns a font of matplotlib at the size at which its ``8`` is ``HEIGHT`` pixels tall."""
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
    # The basic layout is part of every Pillow; the other one depends on a library of the system.
    font = ImageFont.truetype(path, HEIGHT, layout_engine=ImageFont.Layout.BASIC)
    _, top, _, bottom = font.getbbox("8")
    return font.font_variant(size=round(HEIGHT * HEIGHT / (bottom - top)))


def draw_number(label: int, left: str, right: str, font: ImageFont.FreeTypeFont, stroke: int = 0) -> Image.Image:
    """Draws ``label`` in white at the centre of a black square, between the digits ``left`` and ``right`` (or none)."""
    image = Image.new("L", (_DRAWN, _DRAWN))
    draw = ImageDraw.Draw(image)
    centre = str(label)
    x0, y0, x1, y1 = font.getbbox(centre)
    x, y = (_DRAWN - x0 - x1) / 2, (_DRAWN - y0 - y1) / 2
    draw.text(
        (x - font.getlength(left), y), left + centre + right, fill=255, font=font, stroke_width=stroke, stroke_fill=255
    )
    return image


def _picture(label: int, font: ImageFont.FreeTypeFont, rng: np.random.Generator) -> Images:
    """Returns one image (3, 16, 16) of ``label``, everything else about it drawn from ``rng``."""
    left, right = (str(digit) for digit in rng.integers(10, size=2))
    image = draw_number(label, left, right, font, stroke=int(rng.integers(4)))
    image = image.transform(image.size, Image.Transform.AFFINE, _distortion(rng), Image.Resampling.BILINEAR)
    image = image.transform(image.size, Image.Transform.MESH, _waves(rng), Image.Resampling.BILINEAR)
    image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 0.6 * _FINE))).reduce(_FINE)
    ink = np.asarray(image, dtype=np.float64)[None] / 255
    paper, pen = _colours(rng)
    return np.round(paper * (1 - ink) + pen * ink).astype(np.uint8)


def _distortion(rng: np.random.Generator) -> tuple[float, ...]:
    """Returns a random rotation, slant, scale and shift about the centre, as Pillow's six numbers (output to input)."""
    angle, slant = rng.uniform(-0.25, 0.25), rng.uniform(-0.3, 0.3)
    width, height = rng.uniform(*_SCALE, size=2)
    shift = rng.uniform(-_MOVE, _MOVE, size=2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    inverse = np.linalg.inv(turn @ np.array([[width, slant * height], [0, height]]))
    middle = np.full(2, _DRAWN / 2)
    offset = middle - inverse @ (middle + shift)
    return (*inverse[0], offset[0], *inverse[1], offset[1])


def _waves(rng: np.random.Generator) -> list[tuple[tuple[int, int, int, int], tuple[float, ...]]]:
    """Returns Pillow's mesh of 3x3 squares with their corners moved at random, which bends the strokes a little."""
    edges = np.linspace(0, _DRAWN, 4).astype(int)
    corners = np.stack(np.meshgrid(edges, edges), axis=-1) + rng.uniform(-_BEND, _BEND, size=(4, 4, 2))
    mesh = []
    for row, column in np.ndindex(3, 3):
        box = (int(edges[column]), int(edges[row]), int(edges[column + 1]), int(edges[row + 1]))
        # Pillow names the corners of the source: upper left, lower left, lower right, upper right.
        quad = [corners[row + down, column + right] for down, right in ((0, 0), (1, 0), (1, 1), (0, 1))]
        mesh.append((box, tuple(np.concatenate(quad).tolist())))
    return mesh


def _colours(rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the colours (3, 1, 1) of paper and pen: the pen is the lighter one, enough for the digit to be read."""
    while True:
        paper, pen = rng.uniform(0, 255, size=(2, 3, 1, 1))
        if pen.mean() - paper.mean() > 60:
            return paper, pen

"""Draws the pictures of docs/how-to/own_data.md: `python docs/how-to/shapes.py pictures`.

Four shapes in two domains: bright on dark, noisy grounds ("photos") and pencil lines on white ("sketches").
"""

from __future__ import annotations

import sys
from math import cos, pi, sin
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

CORNERS = {"circle": 60, "pentagon": 5, "square": 4, "triangle": 3}
EACH = 150
SIZE = 96


def outline(corners: int, generator: np.random.Generator) -> list[tuple[float, float]]:
    """A regular polygon somewhere in the picture, turned."""
    x, y = generator.uniform(0.35, 0.65, 2) * SIZE
    radius, turn = generator.uniform(0.15, 0.32) * SIZE, generator.uniform(0, 2 * pi)
    angles = [turn + 2 * pi * corner / corners for corner in range(corners)]
    return [(x + radius * cos(angle), y + radius * sin(angle)) for angle in angles]


def photo(corners: int, generator: np.random.Generator) -> Image.Image:
    """A filled shape on a noisy ground."""
    noise = generator.normal(generator.uniform(20, 110, 3), 25, (SIZE, SIZE, 3))
    picture = Image.fromarray(noise.clip(0, 255).astype(np.uint8))
    colour = tuple(int(value) for value in generator.integers(140, 256, 3))
    ImageDraw.Draw(picture).polygon(outline(corners, generator), fill=colour)
    return picture


def sketch(corners: int, generator: np.random.Generator) -> Image.Image:
    """Three strokes around a shape, none of them quite right."""
    picture = Image.new("RGB", (SIZE, SIZE), (250, 250, 245))
    shape = outline(corners, generator)
    for _ in range(3):
        points = [(x + generator.normal(0, 1.5), y + generator.normal(0, 1.5)) for x, y in shape]
        ImageDraw.Draw(picture).line([*points, points[0]], fill=(60, 60, 70), width=2)
    return picture


def main(folder: Path) -> None:
    """Write `folder/domain/class/00000.jpg` and so on, the same ones each time."""
    for domain, draw in (("photos", photo), ("sketches", sketch)):
        for name, corners in CORNERS.items():
            (folder / domain / name).mkdir(parents=True)
            generator = np.random.default_rng([len(domain), corners])
            for number in range(EACH):
                draw(corners, generator).save(folder / domain / name / f"{number:05d}.jpg", quality=90)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

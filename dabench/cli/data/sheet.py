"""A sheet of samples of domains, to be looked at: `python -m dabench.cli.data.sheet mnist usps -o sheet.png`.

Sheets of published data stay with whoever makes them: not every licence allows to pass images on.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dabench.data.arrays import DomainArrays, Split
from dabench.data.prepared import prepare
from dabench.errors import DabenchError, DataError
from dabench.plugin.registry import load_registry
from dabench.seeding import numpy_generator

_TITLE = 14  # pixels of the line above a domain
_GAP = 2
_MOST_ROWS = 12

Pixels = NDArray[np.uint8]


@click.command()
@click.argument("domains", nargs=-1, required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="PNG file to write.")
@click.option("--per-class", default=8, show_default=True, help="Images of each class and split.")
@click.option("--scale", default=2, show_default=True, help="Pixels for each pixel of an image.")
def main(domains: tuple[str, ...], output: Path, per_class: int, scale: int) -> None:
    """Write samples of image DOMAINS: a row for each class, train on the left and test on the right."""
    registry = load_registry()
    try:
        parts = [sheet(name, prepare(registry.get("domains", name).spec).open(), per_class, scale) for name in domains]
    except DabenchError as error:
        click.echo(f"dabench.cli.data.sheet: {error}", err=True)
        sys.exit(error.exit_code)
    output.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(_side_by_side(parts)).save(output)


def sheet(name: str, domain: DomainArrays, per_class: int, scale: int = 1) -> Pixels:
    """Samples of a domain under its name, (H, W, 3).

    Args:
        name: of the domain.
        domain: of images.
        per_class: how many of each class and split; fewer where a class has fewer.
        scale: pixels for each pixel of an image.

    Raises:
        DataError: the domain does not hold images.
    """
    if domain.train.x.dtype != np.uint8:
        raise DataError(f"domain {name!r} does not hold images")
    splits = [_grid(split, len(domain.classes), per_class) for split in (domain.train, domain.test)]
    pictures = _side_by_side(splits, 4 * _GAP).repeat(scale, axis=0).repeat(scale, axis=1)
    title = Image.new("RGB", (pictures.shape[1], _TITLE), "white")
    ImageDraw.Draw(title).text((2, 1), f"{name}: train, test", fill="black", font=ImageFont.load_default())
    return np.concatenate([np.asarray(title), pictures])


def _grid(split: Split, classes: int, columns: int) -> Pixels:
    """Random examples (H, W, 3): a row for each class, and many classes in several blocks."""
    height, width = split.x.shape[2:]
    rows = min(classes, _MOST_ROWS)
    blocks = -(-classes // rows)
    page = np.full((rows * (height + _GAP), blocks * columns * (width + _GAP), 3), 255, np.uint8)
    for label in range(classes):
        found = np.flatnonzero(split.y == label)
        chosen = numpy_generator(0, "sheet", label).permutation(found)[:columns]
        top, left = label % rows * (height + _GAP), label // rows * columns * (width + _GAP)
        for number, row in enumerate(chosen):
            image = np.broadcast_to(split.x[row], (3, height, width)).transpose(1, 2, 0)
            page[top : top + height, left + number * (width + _GAP) :][:, :width] = image
    return page


def _side_by_side(parts: list[Pixels], gap: int = 12) -> Pixels:
    height = max(len(part) for part in parts)
    padded = [
        np.pad(part, ((0, height - len(part)), (0, gap), (0, 0)), constant_values=255)  # white below and beside
        for part in parts
    ]
    return np.concatenate(padded, axis=1)


if __name__ == "__main__":
    main()

"""Pictures with samples of domains."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torchvision.utils import make_grid

from dabench.data.arrays import DomainArrays, Split
from dabench.errors import DataError
from dabench.seeding import numpy_generator

_TITLE = 14  # pixels of the line above a domain
_GAP = 2
_MOST_ROWS = 12

Pixels = NDArray[np.uint8]


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
    pictures = side_by_side(splits, 4 * _GAP).repeat(scale, axis=0).repeat(scale, axis=1)
    title = Image.new("RGB", (pictures.shape[1], _TITLE), "white")
    ImageDraw.Draw(title).text((2, 1), f"{name}: train, test", fill="black", font=ImageFont.load_default())
    return np.concatenate([np.asarray(title), pictures])


def _grid(split: Split, classes: int, columns: int) -> Pixels:
    """Random examples (H, W, 3): a row for each class, and many classes in several blocks."""
    rows = min(classes, _MOST_ROWS)
    blocks = []
    for first in range(0, classes, rows):
        images = torch.full((rows, columns, 3, *split.x.shape[2:]), 255, dtype=torch.uint8)
        for label in range(first, min(first + rows, classes)):
            found = np.flatnonzero(split.y == label)
            chosen = numpy_generator(0, "sheet", label).permutation(found)[:columns]
            images[label - first, : len(chosen)] = torch.from_numpy(split.x[chosen])  # grey becomes RGB
        blocks.append(make_grid(images.flatten(0, 1), nrow=columns, padding=_GAP, pad_value=255))
    return torch.cat(blocks, dim=2).permute(1, 2, 0).numpy()


def side_by_side(parts: list[Pixels], gap: int = 12) -> Pixels:
    """One picture of several, white below the shorter ones and between them."""
    height = max(len(part) for part in parts)
    padded = [
        np.pad(part, ((0, height - len(part)), (0, gap), (0, 0)), constant_values=255)  # white below and beside
        for part in parts
    ]
    return np.concatenate(padded, axis=1)

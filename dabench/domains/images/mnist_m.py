"""MNIST-M: ``mnist_m``, regenerated from MNIST and BSDS500, and ``mnist_m_official``, a user's copy of the release.

The recipe (Ganin & Lempitsky 2015, arXiv:1409.7495) was read off the released test images: a digit of MNIST is a
*binary* mask (pixel > 0), padded by 2 to 32x32, and inverts a random patch of a photograph in every channel:
``|255 * mask - patch|``. Training patches come from the 200 photographs of BSDS500's ``train`` folder; test patches
from the 200 of its ``test`` folder, so that no method is tested on photographs that it has trained on.

Image i of either split shows digit i of that split of MNIST and has its label: the same index in both domains means
the same digit. Where patch i lies is a function of (recipe, split, i) alone, whatever the number of workers. Two
systems agree as far as their JPEG decoders do.

The release holds 59,001 training and 9,001 test images.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from dabench.data.arrays import DomainArrays, Split
from dabench.data.folder import data_dir
from dabench.domains.files import require
from dabench.domains.images.framing import CANVAS, CLASSES, SIZE
from dabench.domains.images.mnist import read_mnist
from dabench.domains.images.mnist_m_spec import BSDS500_FILES, BSDS500_HOMEPAGE, RELEASE, RELEASE_HOMEPAGE
from dabench.domains.images.photographs import Cuts, cut
from dabench.errors import DataError
from dabench.parallel.pool import spread
from dabench.seeding import stream

PHOTOGRAPHS = 200
"""In each of the folders that BSDS500 calls train and test: with fewer it would be another data set."""

_SEED = 20_152

Images = NDArray[np.uint8]


def load_mnist_m(workers: int | None = None) -> DomainArrays:
    """Returns MNIST-M (N, 3, 32, 32), made here.

    Args:
        workers: processes that make it; one per core if None.
    """
    digits = read_mnist("mnist_m")
    found = require("mnist_m", *BSDS500_FILES, homepage=BSDS500_HOMEPAGE)
    photos = {name: [path for path in found if path.parent.name == name] for name in digits}
    for name, paths in photos.items():
        if len(paths) != PHOTOGRAPHS:
            raise DataError(
                f"domain 'mnist_m' needs all {PHOTOGRAPHS} photographs of BSDS500/data/images/{name}, and found "
                f"{len(paths)}. Get them from {BSDS500_HOMEPAGE}."
            )
    made = blend({name: x for name, (x, _) in digits.items()}, photos, workers)
    splits = {name: Split(made[name], y) for name, (_, y) in digits.items()}
    return DomainArrays(splits["train"], splits["test"], CLASSES)


def load_mnist_m_official() -> DomainArrays:
    """Returns the released MNIST-M (N, 3, 32, 32).

    The release has a folder of PNG files for each split, and beside it a text file of lines like ``00000001.png 5``.
    """
    require("mnist_m_official", *RELEASE, homepage=RELEASE_HOMEPAGE)
    splits = {name: _read_release(name) for name in ("train", "test")}
    return DomainArrays(splits["train"], splits["test"], CLASSES)


def blend(digits: dict[str, Images], photos: dict[str, list[Path]], workers: int | None = None) -> dict[str, Images]:
    """Blends the digits (N, 28, 28) of each split with patches of its photographs, to (N, 3, 32, 32)."""
    work = []  # of one photograph each: the split, the digits that it serves, and what to cut from it
    for name, images in digits.items():
        draws = np.array([stream(_SEED, f"mnist_m/{name}", index) for index in range(len(images))])
        photo, place = draws % len(photos[name]), draws // len(photos[name])
        for number, path in enumerate(photos[name]):
            rows = np.flatnonzero(photo == number)
            work.append((name, rows, Cuts(path, place[rows], SIZE)))
    made = {name: np.empty((len(images), 3, SIZE, SIZE), np.uint8) for name, images in digits.items()}
    patches = spread(
        cut, [cuts for _, _, cuts in work], title="mnist_m: blending digits with photographs", workers=workers
    )
    for (name, rows, _), patch in zip(work, patches, strict=True):
        made[name][rows] = invert(patch, digits[name][rows] > 0)
    return made


def invert(patches: Images, masks: NDArray[np.bool_]) -> Images:
    """Inverts patches (N, 3, 32, 32) where masks (N, 28, 28) in their middle are set: ``|255 * mask - patch|``."""
    margin = (SIZE - CANVAS) // 2
    padded = np.pad(masks, ((0, 0), (margin, margin), (margin, margin)))
    return np.where(padded[:, None], 255 - patches, patches)


def _read_release(name: str) -> Split:
    folder = data_dir() / "mnist_m"
    listed = pd.read_csv(folder / f"mnist_m_{name}_labels.txt", sep=" ", names=["file", "label"])
    x = np.empty((len(listed), 3, SIZE, SIZE), np.uint8)
    for pixels, file in zip(x, listed["file"], strict=True):
        path = folder / f"mnist_m_{name}" / file
        try:
            with Image.open(path) as image:
                pixels[:] = np.asarray(image.convert("RGB")).transpose(2, 0, 1)
        except (OSError, ValueError) as error:  # not there, not an image, or not of 32x32 pixels
            raise DataError(
                f"domain 'mnist_m_official': {path} is not an image of {SIZE}x{SIZE} pixels: {error}"
            ) from error
    return Split(x, listed["label"].to_numpy(np.int64))

"""Handwritten digits without a download: ``digits``, and ``digits_m`` over photographs.

``digits`` is scikit-learn's set of 1,797 handwritten digits (8x8, from the UCI "optdigits" test set). ``digits_m``
puts *other* digits of that set over photographs by the recipe of MNIST-M (Ganin & Lempitsky 2015, arXiv:1409.7495): a
digit is a binary mask that inverts a random patch, ``|255 * mask - patch|`` per channel. Training splits hold several
slightly distorted copies of each digit, because the set is small.

Four disjoint parts of the 1,797 digits make the two train and the two test splits, so no image of one domain is paired
with an image of the other, and no handwritten digit is seen in training and in testing. Neighbours in scikit-learn's
order share their writer, so the parts are drawn at random, class by class. The photographs are cut into tiles, and a
tile serves one split only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn import datasets

from dabench.data.arrays import DomainArrays, Split

SIZE = 16
CLASSES = tuple("0123456789")
PARTS = ("digits/train", "digits/test", "digits_m/train", "digits_m/test")

_SEED = 20_150
_DIGIT = 14  # a digit fills its 8x8 field: two pixels are left as a margin, and for the shifts of digits_m
INK = 100  # brighter pixels belong to the mask; half of 255 would break thin strokes
_TEST_PER_CLASS = 30
_WARP = 0.12  # largest change of an entry of the 2x2 matrix that distorts a training digit
_MOVE = 1.0  # largest shift in pixels
_COPIES = {"train": 16, "test": 1}  # images per handwritten digit in digits
_BLENDS = {"train": 20, "test": 4}  # images per handwritten digit in digits_m
TILE = 71  # pixels: 6 x 9 tiles to a photograph

Images = NDArray[np.uint8]


def load_digits() -> DomainArrays:
    """Returns handwritten digits, white on black, as RGB images (N, 3, 16, 16); the test split is not distorted."""
    x, y, parts = *handwritten(), split_indices()
    rng = np.random.Generator(np.random.PCG64([_SEED, 0]))
    splits = {}
    for name, copies in _COPIES.items():
        chosen = np.repeat(parts[f"digits/{name}"], copies)
        grey = enlarge(x[chosen], rng if copies > 1 else None)
        splits[name] = Split(np.repeat(grey[:, None], 3, axis=1), y[chosen])
    return DomainArrays(splits["train"], splits["test"], CLASSES)


def load_digits_m() -> DomainArrays:
    """Returns handwritten digits that invert patches of photographs (N, 3, 16, 16), several blends of each digit."""
    x, y, parts = *handwritten(), split_indices()
    splits = {}
    for number, (name, blends) in enumerate(_BLENDS.items()):
        rng = np.random.Generator(np.random.PCG64([_SEED, 1 + number]))
        chosen = np.repeat(parts[f"digits_m/{name}"], blends)
        masks = enlarge(x[chosen], rng if name == "train" else None) > INK
        patches = draw_patches(photographs(), photo_tiles()[name], len(chosen), rng)
        splits[name] = Split(blend(masks, patches), y[chosen])
    return DomainArrays(splits["train"], splits["test"], CLASSES)


def split_indices() -> dict[str, NDArray[np.int64]]:
    """Returns, for each of ``PARTS``, the positions of its digits in scikit-learn's set; the parts are disjoint."""
    _, y = handwritten()
    rng = np.random.Generator(np.random.PCG64(_SEED))
    drawn: dict[str, list[NDArray[np.int64]]] = {part: [] for part in PARTS}
    for label in range(len(CLASSES)):
        for domain, half in zip(
            ("digits", "digits_m"), np.array_split(rng.permutation(np.flatnonzero(y == label)), 2), strict=True
        ):
            drawn[f"{domain}/test"].append(half[:_TEST_PER_CLASS])
            drawn[f"{domain}/train"].append(half[_TEST_PER_CLASS:])
    return {part: np.sort(np.concatenate(pieces)) for part, pieces in drawn.items()}


def photo_tiles() -> dict[str, list[tuple[str, int, int]]]:
    """Returns photograph, top row and left column of each tile: one in five for ``test``, the others for ``train``."""
    tiles: dict[str, list[tuple[str, int, int]]] = {"train": [], "test": []}
    for name, photo in photographs().items():
        rows, columns = photo.shape[0] // TILE, photo.shape[1] // TILE
        for row, column in np.ndindex(rows, columns):
            tiles["test" if (2 * row + column) % 5 == 0 else "train"].append((name, row * TILE, column * TILE))
    return tiles


def blend(masks: NDArray[np.bool_], patches: Images) -> Images:
    """Inverts ``patches`` (N, 3, H, W) where ``masks`` (N, H, W) are set: ``|255 * mask - patch|``."""
    return np.where(masks[:, None], 255 - patches, patches)


def handwritten() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Returns all digits (1797, 8, 8), from 0 to 16, and their labels."""
    bunch = datasets.load_digits()
    return bunch.images, bunch.target.astype(np.int64)


def enlarge(x: NDArray[np.float64], rng: np.random.Generator | None = None) -> Images:
    """Enlarges digits (N, 8, 8) to ``_DIGIT`` pixels, on a black canvas (N, 16, 16).

    With ``rng``, each is a little turned, slanted, scaled and moved.
    """
    # Room for the bicubic filter, and around a turned digit.
    field = np.pad(np.round(x * (255 / 16)).astype(np.uint8), ((0, 0), (4, 4), (4, 4)))
    canvas = np.empty((len(x), SIZE, SIZE), np.uint8)
    for image, digit in zip(canvas, field, strict=True):
        inverse, shift = np.eye(2), np.zeros(2)
        if rng is not None:
            inverse = inverse + rng.uniform(-_WARP, _WARP, size=(2, 2))
            shift = rng.uniform(-_MOVE, _MOVE, size=2)
        inverse = inverse * (8 / _DIGIT)
        offset = 8 - inverse @ (SIZE / 2 + shift)  # 8: the centre of the padded field
        numbers = (*inverse[0], offset[0], *inverse[1], offset[1])
        small = Image.fromarray(digit)
        large = small.transform((SIZE, SIZE), Image.Transform.AFFINE, numbers, Image.Resampling.BICUBIC)
        image[:] = np.asarray(large)
    return canvas


def photographs() -> dict[str, Images]:
    """Returns scikit-learn's two sample photographs (427, 640, 3)."""
    return {name: datasets.load_sample_image(name) for name in ("china.jpg", "flower.jpg")}


def draw_patches(
    photos: dict[str, Images], tiles: list[tuple[str, int, int]], count: int, rng: np.random.Generator
) -> Images:
    """Returns random patches (count, 3, 16, 16), each from within one tile, half of them mirrored."""
    patches = np.empty((count, 3, SIZE, SIZE), np.uint8)
    for patch in patches:
        name, top, left = tiles[rng.integers(len(tiles))]
        down, across = rng.integers(TILE - SIZE + 1, size=2)
        row, column = top + down, left + across
        crop = photos[name][row : row + SIZE, column : column + SIZE].transpose(2, 0, 1)
        patch[:] = crop[:, :, ::-1] if rng.random() < 0.5 else crop
    return patches

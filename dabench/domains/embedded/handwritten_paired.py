"""Two views of the same handwritten digits, for the track paired: ``digits_paired`` and ``digits_m_paired``.

Row i of both shows the same digit of scikit-learn, distorted in the same way: white on black in ``digits_paired``,
and in ``digits_m_paired`` as a mask that inverts a patch of a photograph. They are made like ``digits`` and
``digits_m``, whose digits are disjoint on purpose, but both of all digits. Digits that ``digits`` or ``digits_m`` tests
with are for testing, and a tile of a photograph serves one split only.

The copies of a digit are a group: none of them is on another side of a split than the others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dabench.data.arrays import DomainArrays, Split
from dabench.domains.embedded.handwritten import (
    CLASSES,
    INK,
    Images,
    blend,
    draw_patches,
    enlarge,
    handwritten,
    photo_tiles,
    photographs,
    split_indices,
)

_SEED = 20_153
_COPIES = {"train": 4, "test": 2}  # images per handwritten digit


def load_digits_paired() -> DomainArrays:
    """Returns handwritten digits, white on black, as RGB images (N, 3, 16, 16)."""
    splits = {}
    for name in _COPIES:
        grey, y, groups = _drawn(name)
        splits[name] = Split(np.repeat(grey[:, None], 3, axis=1), y, groups)
    return DomainArrays(splits["train"], splits["test"], CLASSES)


def load_digits_m_paired() -> DomainArrays:
    """Returns the same digits, in the same order, inverting patches of photographs (N, 3, 16, 16)."""
    splits = {}
    for number, name in enumerate(_COPIES):
        grey, y, groups = _drawn(name)
        rng = np.random.Generator(np.random.PCG64([_SEED, 2 + number]))
        patches = draw_patches(photographs(), photo_tiles()[name], len(grey), rng)
        splits[name] = Split(blend(grey > INK, patches), y, groups)
    return DomainArrays(splits["train"], splits["test"], CLASSES)


def _drawn(name: str) -> tuple[Images, NDArray[np.int64], NDArray[np.int64]]:
    """The digits of a split (N, 16, 16), those for training distorted; their labels, and which digit each is of."""
    x, y = handwritten()
    parts = split_indices()
    chosen = np.repeat(np.sort(np.concatenate([parts[f"digits/{name}"], parts[f"digits_m/{name}"]])), _COPIES[name])
    rng = np.random.Generator(np.random.PCG64([_SEED, list(_COPIES).index(name)])) if name == "train" else None
    return enlarge(x[chosen], rng), y[chosen], chosen

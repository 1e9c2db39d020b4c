"""Tasks of worker processes that draw images. Quick to import, because worker processes do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SPLITS = ("train", "test")


@dataclass(frozen=True)
class Chunk:
    """Some images of one split, as a worker process gets them.

    Attributes:
        seed: of the whole domain.
        split: `train` or `test`.
        begin: the index of the first image.
        y: the labels of the images, int64.
    """

    seed: int
    split: str
    begin: int
    y: NDArray[np.int64]

    def generators(self) -> list[np.random.Generator]:
        """A generator for each image: an image depends on seed, split and index alone."""
        return [generator(self.seed, self.split, self.begin + row) for row in range(len(self.y))]


def generator(seed: int, split: str, index: int) -> np.random.Generator:
    """The random numbers of one image."""
    return np.random.Generator(np.random.PCG64([seed, SPLITS.index(split), index]))

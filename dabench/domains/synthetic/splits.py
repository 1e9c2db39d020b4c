"""Splits of the synthetic domains: balanced labels, one generator for each image, all cores."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dabench.data.arrays import DomainArrays, Split
from dabench.domains.synthetic.chunk import SPLITS, Chunk
from dabench.errors import UsageError
from dabench.parallel.pool import spread

_CHUNK = 250  # images of one task


def labels(seed: int, split: str, count: int, classes: int) -> NDArray[np.int64]:
    """Labels of the first `count` images: each run of `classes` images shows every class once, in random order."""
    rounds = -(-count // classes)
    rng = np.random.Generator(np.random.PCG64([seed, len(SPLITS) + SPLITS.index(split)]))
    order = rng.permuted(np.tile(np.arange(classes), (rounds, 1)), axis=1)
    return np.asarray(order.reshape(-1)[:count], np.int64)


def make(
    draw: Callable[[Chunk], NDArray[np.uint8]],
    classes: tuple[str, ...],
    *,
    title: str,
    train: int,
    test: int,
    seed: int,
    workers: int | None,
) -> DomainArrays:
    """Draw a domain.

    Args:
        draw: the images (N, 3, 32, 32) of a chunk; a function of a module that is quick to import.
        classes: their names.
        title: for the progress bar.
        train: images in the train split.
        test: images in the test split.
        seed: of the whole domain.
        workers: processes, one per core if None.

    Raises:
        UsageError: a split would be empty.
    """
    counts = dict(zip(SPLITS, (train, test), strict=True))
    for split, count in counts.items():
        if count < 1:
            raise UsageError(f"{title}: {split}={count} images; at least 1 is needed")
    y = {split: labels(seed, split, count, len(classes)) for split, count in counts.items()}
    chunks = [
        Chunk(seed, split, begin, y[split][begin : begin + _CHUNK])
        for split, count in counts.items()
        for begin in range(0, count, _CHUNK)
    ]
    x = {split: np.empty((count, 3, 32, 32), np.uint8) for split, count in counts.items()}
    for chunk, images in zip(chunks, spread(draw, chunks, title=title, workers=workers), strict=True):
        x[chunk.split][chunk.begin : chunk.begin + len(images)] = images
    return DomainArrays(Split(x["train"], y["train"]), Split(x["test"], y["test"]), classes)

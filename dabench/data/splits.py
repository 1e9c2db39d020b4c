"""Which examples a run trains on, drawn by the split stream: the same for every method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dabench.seeding import numpy_generator

HELD_OUT = 0.1


def hold_out(y: NDArray[np.int64], seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split source train into what is trained on and source_val: a tenth of every class, at least one, never all.

    Args:
        y: labels (N,).
        seed: the run's seed.

    Returns:
        Sorted rows of the training part and of source_val. A class with a single example stays in the training part.
    """
    generator = numpy_generator(seed, "split")
    held: list[NDArray[np.int64]] = []
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        count = min(max(1, round(HELD_OUT * len(rows))), len(rows) - 1)
        held.append(generator.permutation(rows)[:count])
    val = np.sort(np.concatenate(held))
    return np.setdiff1d(np.arange(len(y)), val), val


def sample(y: NDArray[np.int64], per_class: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw what is trained on: `per_class` examples of every class, all of a class that has fewer.

    Nothing of the sample is held out, because the published protocols that sample (Gong et al. 2012, Sun et al. 2016:
    20 per class) train on exactly these examples. source_val is whatever they leave over: it may lack small classes,
    and be empty.

    Args:
        y: labels (N,).
        per_class: how many.
        seed: the run's seed; the rounds of a protocol are seeds.

    Returns:
        Sorted rows of the sample and of source_val.
    """
    generator = numpy_generator(seed, "split")
    drawn = [generator.permutation(np.flatnonzero(y == label))[:per_class] for label in np.unique(y)]
    rows = np.sort(np.concatenate(drawn))
    return rows, np.setdiff1d(np.arange(len(y)), rows)

"""Training and held-out examples of the source, drawn by the split stream: the same for every method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dabench.seeding import numpy_generator

HELD_OUT = 0.1


def hold_out(
    y: NDArray[np.int64], seed: int, groups: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Split source train into training examples and source_val: a tenth of every class, at least one, never all.

    Args:
        y: labels (N,).
        seed: the run's seed.
        groups: where examples are not independent, the group of each (N,). Groups are held out whole, so a class may
            lose more than a tenth; see `data.arrays.Split`.

    Returns:
        Sorted rows of the training part and of source_val. A class with a single example or group stays in the
        training part.
    """
    generator = numpy_generator(seed, "split")
    if groups is not None:
        val = np.flatnonzero(np.isin(groups, _groups_to_hold_out(y, groups, generator)))
        return np.setdiff1d(np.arange(len(y)), val), val
    held: list[NDArray[np.int64]] = []
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        count = min(max(1, round(HELD_OUT * len(rows))), len(rows) - 1)
        held.append(generator.permutation(rows)[:count])
    val = np.sort(np.concatenate(held))
    return np.setdiff1d(np.arange(len(y)), val), val


def _groups_to_hold_out(
    y: NDArray[np.int64], groups: NDArray[np.int64], generator: np.random.Generator
) -> NDArray[np.int64]:
    """Groups in random order, each taken if one of its classes still lacks a tenth, and none would be used up."""
    names, group = np.unique(groups, return_inverse=True)
    counts = np.zeros((len(names), y.max() + 1), dtype=np.int64)
    np.add.at(counts, (group, y), 1)
    left = counts.sum(axis=0)
    lacking = np.maximum(1, np.round(HELD_OUT * left)).astype(np.int64)
    taken = []
    for number in generator.permutation(len(names)):
        own = counts[number]
        if np.any(lacking[own > 0] > 0) and np.all(left[own > 0] > own[own > 0]):
            taken.append(names[number])
            lacking, left = lacking - own, left - own
    return np.array(taken, dtype=np.int64)


def sample(y: NDArray[np.int64], per_class: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw the training examples: `per_class` of every class, all of a class that has fewer.

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

"""Labelled target examples of the track few_shot, drawn by the split stream.

A draw depends on the labels and the seed alone, so it is the same for every method, and nested: the examples of fewer
shots are among those of more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dabench.config.settings import Shots
from dabench.seeding import numpy_generator


def draw_shots(y: NDArray[np.int64], shots: Shots, seed: int) -> NDArray[np.int64]:
    """Draw labelled examples from target train: the first `shots` of each class in an order of its own.

    Args:
        y: labels of target train (M,).
        shots: how many of each class; all of a class that has fewer, and all of target train with `all`.
        seed: the run's seed.

    Returns:
        Sorted rows, int64.
    """
    if shots == "all":
        return np.arange(len(y))
    drawn = []
    for label in np.unique(y):
        order = numpy_generator(seed, "split:shots", int(label)).permutation(np.flatnonzero(y == label))
        drawn.append(order[:shots])
    return np.sort(np.concatenate(drawn))

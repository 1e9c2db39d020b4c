"""Rules that ask for labels of uncertain predictions (Munro 2021, Human-in-the-Loop Machine Learning, chapter 3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dabench import Pool, top

Rows = NDArray[np.int64]


def least_confidence(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """The rows whose highest probability is lowest."""
    return top(-pool.probabilities.max(1), count)


def margin(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """The rows whose two highest probabilities differ least."""
    highest = np.sort(pool.probabilities, axis=1)
    return top(highest[:, -2] - highest[:, -1], count)


def entropy(pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """The rows whose prediction has the highest entropy."""
    return top(pool.entropy, count)

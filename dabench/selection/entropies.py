"""Entropy of distributions, in nats."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr


def row_entropies(p: NDArray[np.floating]) -> NDArray[np.floating]:
    """-sum_k p_ik log p_ik of every row of p (N, K), with 0 log 0 = 0."""
    return np.asarray(entr(p).sum(axis=1))

"""Frustratingly easy domain adaptation, EasyAdapt (Daumé 2007, arXiv:0907.1815)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from dabench import FeatureMethod, Problem

from .rows import below, beside


class Feda(FeatureMethod):
    """Give every feature a general and a domain's own copy, and train one classifier on both domains.

    The weights of a copy that all share learn what holds everywhere, those of a domain's own copy what is particular
    to it. Target examples are predicted with the general copy and their own.
    """

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Train on the source and the labelled target examples."""
        x, y = problem.labelled
        self._classifier = self.classifier()
        self._classifier.fit(
            below(augmented(problem.source_x, 0), augmented(x, 1)), np.concatenate([problem.source_y, y])
        )

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Classify target features in the augmented space."""
        scores: NDArray[np.float32] = self._classifier.decision_function(augmented(x, 1))
        return scores


def augmented(x: Any, domain: int, domains: int = 2) -> Any:
    """Features (N, D) of one of K domains -> (N, (K + 1) D): themselves, and again in the place of their domain.

    With two domains, the source is <x, x, 0> and the target <x, 0, x> (eq. 1 of the paper). Inner products are 2 x.x'
    within a domain and x.x' between two.
    """
    nothing = csr_array(x.shape, dtype=x.dtype) if issparse(x) else np.zeros_like(x)
    return beside(x, *(x if place == domain else nothing for place in range(domains)))

"""JDOT: joint distribution optimal transport (Courty, Flamary, Habrard & Rakotomamonjy 2017, arXiv:1705.08848)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.optimize import linear_sum_assignment
from scipy.sparse import issparse
from scipy.special import softmax

from dabench import FeatureMethod, Problem

Floats = NDArray[np.float64]

ROUNDS = 10  # in which plan and classifier are made anew
ROWS = 2000  # examples of each domain at most, spread evenly over the larger one


class Jdot(FeatureMethod):
    """Carry the source's labels to target examples that are near and are predicted so; learn from these; begin again.

    The plan is the cheapest one for features and labels together. With as many examples of either domain it is an
    assignment, one to one.
    """

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            alpha: the share of the labels in what carrying costs; the rest is the squared distance of the features.
        """

        alpha: float = Field(0.5, ge=0, le=1)

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Alternate between plan and classifier; the first classifier is the source's."""
        count = min(problem.source_x.shape[0], problem.target_x.shape[0], ROWS)
        at_source, at_target = (spread(x.shape[0], count) for x in (problem.source_x, problem.target_x))
        x, y = problem.target_x[at_target], problem.source_y[at_source]
        far = squared_distances(problem.source_x[at_source], x)
        far /= max(far.mean(), np.finfo(far.dtype).tiny)
        labels = np.eye(problem.classes)[y]
        self._classifier = self.classifier()
        self._classifier.fit(problem.source_x, problem.source_y)
        before: Any = None
        for _ in range(ROUNDS):
            said = softmax(self._classifier.decision_function(x).astype(np.float64), axis=1)
            cost = (1 - self.options.alpha) * far + self.options.alpha * squared_distances(labels, said)
            carried = y[np.argsort(linear_sum_assignment(cost)[1])]
            if before is not None and np.array_equal(carried, before):
                break
            self._classifier.fit(x, carried)
            before = carried

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._classifier.decision_function(x)
        return scores


def spread(rows: int, count: int) -> NDArray[np.int64]:
    """Choose `count` row numbers, evenly spread."""
    return np.linspace(0, rows - 1, count).round().astype(np.int64)


def squared_distances(a: Any, b: Any) -> Floats:
    """Between all rows of (N, D) and (M, D), which may be sparse: (N, M)."""
    product = a @ b.T
    lengths = [np.asarray((x.multiply(x) if issparse(x) else np.square(x)).sum(axis=1)).ravel() for x in (a, b)]
    dense = product.toarray() if issparse(product) else product
    distances: Floats = np.maximum(lengths[0][:, None] + lengths[1] - 2.0 * dense, 0)
    return distances

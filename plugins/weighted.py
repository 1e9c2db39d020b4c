"""The baseline Weighted of Daumé (2007): the union of both, with the source weighted down."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from dabench import FeatureMethod, Problem

from .all import All
from .folds import Mask, choose, hits
from .rows import below

# The weight of a source example is (L / N) to one of these, for L target examples and N from the source: with 1 both
# domains weigh alike, with 0 every example does. Where nothing can be held out, the first.
POWERS = (0.5, 1.0, 0.0)


class Weighted(All):
    """Cross-entropy on both, the domains weighing alike."""

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Give both domains the same weight."""
        self.share = 0.5


class WeightedFeatures(FeatureMethod):
    """The suite's classifier; the weight of the source is chosen by cross-validation on the labelled target vectors."""

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        x, y = problem.labelled
        every = np.ones(len(y), dtype=bool)

        def right(held: Mask) -> list[int]:
            fitted = (self._fitted(problem, x, y, ~held, power) for power in POWERS)
            return [hits(classifier.decision_function(x[held]), y[held]) for classifier in fitted]

        self._classifier = self._fitted(problem, x, y, every, choose(POWERS, y, right))

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._classifier.decision_function(x)
        return scores

    def _fitted(
        self, problem: Problem[Any, NDArray[np.int64]], x: Any, y: NDArray[np.int64], kept: Mask, power: float
    ) -> Any:
        """A classifier of the source and of the target vectors that are kept."""
        source, count = len(problem.source_y), int(kept.sum())
        weight = np.ones(source + count)
        weight[:source] = (count / source) ** power
        classifier = self.classifier()
        classifier.fit(below(problem.source_x, x[kept]), np.concatenate([problem.source_y, y[kept]]), weight)
        return classifier

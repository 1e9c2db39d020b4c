"""The baseline LinInt of Daumé (2007): interpolate the predictions of a source and of a target classifier."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench import FeatureMethod, Problem

from .folds import Mask, choose, hits

SHARES = tuple(round(0.1 * tenth, 1) for tenth in (5, 4, 6, 3, 7, 2, 8, 1, 9, 0, 10))  # of the source, even ones first


class LinInt(FeatureMethod):
    """The source's share of the scores is chosen by cross-validation on the labelled target examples."""

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        x, y = problem.labelled
        self._source = self.classifier()
        self._source.fit(problem.source_x, problem.source_y)

        def right(held: Mask) -> list[int]:
            source, target = known(self._source, x[held]), known(self._fitted(x[~held], y[~held]), x[held])
            return [hits(share * source + (1 - share) * target, y[held]) for share in SHARES]

        self._share = choose(SHARES, y, right)
        self._target = self._fitted(x, y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores = self._share * known(self._source, x) + (1 - self._share) * known(self._target, x)
        return np.asarray(scores, dtype=np.float32)

    def _fitted(self, x: Any, y: NDArray[np.int64]) -> Any:
        classifier = self.classifier()
        classifier.fit(x, y)
        return classifier


def known(classifier: Any, x: Any) -> NDArray[np.float64]:
    """Scores (N, C) of examples; -1, as a machine of that class would say, where it has seen none of a class."""
    scores = np.asarray(classifier.decision_function(x), dtype=np.float64)
    return np.where(np.isneginf(scores), -1.0, scores)

"""The baseline Pred of Daumé (2007): what a source classifier predicts is one more feature of the target."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench import FeatureMethod, Problem

from .rows import beside


class Pred(FeatureMethod):
    """Train on the labelled target examples; of their columns for the classes, that of the predicted class is 1."""

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        x, y = problem.labelled
        self._source, self._target = self.classifier(), self.classifier()
        self._source.fit(problem.source_x, problem.source_y)
        self._target.fit(self._with_prediction(x), y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._target.decision_function(self._with_prediction(x))
        return scores

    def _with_prediction(self, x: Any) -> Any:
        scores = self._source.decision_function(x)
        return beside(x, np.eye(scores.shape[1], dtype=np.float32)[scores.argmax(axis=1)])

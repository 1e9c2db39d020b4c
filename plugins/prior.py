"""The baseline Prior of Daumé (2007), after Chelba & Acero (2004): the source's weights are where the target starts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench import FeatureMethod, Problem

from .folds import Mask, choose, hits
from .lin_int import known
from .squared_hinge import SquaredHinge

STRENGTHS = (0.01, 0.001, 0.1, 1.0)  # how far the labelled target examples may move the weights


class Prior(FeatureMethod):
    """A Gaussian prior on the weights of the target's machines, with those of the source's as its mean.

    Its variance is chosen by cross-validation on the labelled target examples.
    """

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        x, y = problem.labelled
        self._source = self.classifier()
        self._source.fit(problem.source_x, problem.source_y)
        start = known(self._source, x)

        def moved(kept: Mask, strength: float) -> Any:
            return SquaredHinge(problem.classes).fit(x[kept], y[kept], c=strength, prior=start[kept])

        def right(held: Mask) -> list[int]:
            machines = (moved(~held, strength) for strength in STRENGTHS)
            return [hits(start[held] + machine.decision_function(x[held]), y[held]) for machine in machines]

        self._moved = moved(np.ones(len(y), dtype=bool), choose(STRENGTHS, y, right))

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores = known(self._source, x) + self._moved.decision_function(x)
        return np.asarray(scores, dtype=np.float32)

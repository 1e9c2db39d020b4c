"""The lower bound: train on the source alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod, FeatureMethod, Problem


class SourceOnly(DeepMethod):
    """Cross-entropy on labelled source data; the target is never looked at."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss."""
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}


class SourceOnlyFeatures(FeatureMethod):
    """The same without a network: the suite's classifier, fitted on labelled source vectors."""

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        self._classifier = self.classifier()
        self._classifier.fit(problem.source_x, problem.source_y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._classifier.decision_function(x)
        return scores

"""The baseline TgtOnly of Daumé (2007): train on the labelled target examples alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod, FeatureMethod, Problem


class TargetK(DeepMethod):
    """Cross-entropy on the labelled target examples, from scratch."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss."""
        x, y = batch.labelled
        return {"class": cross_entropy(self.classify(self.features(x)), y)}


class TargetKFeatures(FeatureMethod):
    """The same without a network: the suite's classifier, fitted on the labelled target vectors."""

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        self._classifier = self.classifier()
        self._classifier.fit(*problem.labelled)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._classifier.decision_function(x)
        return scores

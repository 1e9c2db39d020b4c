"""Training on the labelled target examples alone: the baseline TgtOnly of Daumé (2007)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod, FeatureMethod, Problem

from .labelled import labelled_target


class TargetK(DeepMethod):
    """Cross-entropy on the labelled target examples, from scratch: in comparison it shows what the source is worth."""

    trains_on = "target"

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss."""
        x, y = labelled_target(batch)
        return {"class": cross_entropy(self.classify(self.features(x)), y)}


class TargetKFeatures(FeatureMethod):
    """The same without a network: the suite's classifier, fitted on the labelled target vectors."""

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        self._classifier = self.classifier()
        self._classifier.fit(*problem.labelled)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._classifier.decision_function(x)
        return scores

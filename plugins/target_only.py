"""The upper bound: train on labelled target data."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod, FeatureMethod, Problem


class TargetOnly(DeepMethod):
    """Cross-entropy on labelled target train: what no unsupervised method is given. Its spec declares that it sees."""

    takes = "target"

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the target."""
        assert batch.target_y is not None, "the spec of target_only declares sees_target_labels"
        return {"class": cross_entropy(self.classify(self.features(batch.target_x)), batch.target_y)}


class TargetOnlyFeatures(FeatureMethod):
    """The same without a network: the suite's classifier, fitted on labelled target vectors."""

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        assert problem.target_y is not None, "the spec of target_only declares sees_target_labels"
        self._classifier = self.classifier()
        self._classifier.fit(problem.target_x, problem.target_y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._classifier.decision_function(x)
        return scores

"""The baseline All of Daumé (2007): train on the union of the source and the labelled target examples."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod, FeatureMethod, Problem

from .rows import below


class All(DeepMethod):
    """Cross-entropy on both, every example counting alike: each domain weighs as much as it has examples.

    Source and target pass the network together: batch norm, if any, sees both.
    """

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Count the examples."""
        rows = problem.source_x if problem.source_rows is None else problem.source_rows
        labelled = len(problem.labelled[1])
        self.share = labelled / (labelled + len(rows))

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification losses; their sum is the mean over the union."""
        x, y = batch.labelled
        both = self.classify(self.features(torch.cat([batch.source_x, x])))
        source, target = both[: len(batch.source_x)], both[len(batch.source_x) :]
        return {
            "source": (1 - self.share) * cross_entropy(source, batch.source_y),
            "target": self.share * cross_entropy(target, y),
        }


class AllFeatures(FeatureMethod):
    """The same without a network: the suite's classifier, fitted on the vectors of both."""

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        x, y = problem.labelled
        self._classifier = self.classifier()
        self._classifier.fit(below(problem.source_x, x), np.concatenate([problem.source_y, y]))

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._classifier.decision_function(x)
        return scores

"""The lower bound: train on the source alone."""

from __future__ import annotations

from typing import Literal

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

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            classifier: `readout` is the suite's; `rbf_svm_cv` is the SVM with a Gaussian kernel that stands behind the
                row "NA" of the tables of CORAL, whose text calls it linear.
        """

        classifier: Literal["readout", "rbf_svm_cv"] = "readout"

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        named = self.options.classifier
        self._classifier = self.classifier() if named == "readout" else self.classifier(named)
        self._classifier.fit(problem.source_x, problem.source_y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._classifier.decision_function(x)
        return scores

"""CORAL: correlation alignment in closed form (Sun, Feng & Saenko 2016, arXiv:1511.05547)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.linalg import eigh

from dabench import FeatureMethod, Problem

Floats = NDArray[np.float64]


class Coral(FeatureMethod):
    """Whiten the source features and colour them with the target's covariance (algorithm 1 of the paper).

    The target is left as it is; a classifier is trained on the transformed source.
    """

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            ridge: added to the diagonal of both covariances (lambda of the paper).
        """

        ridge: float = Field(1.0, gt=0)

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Align the source with the target and train the classifier on it."""
        align = _power(self._covariance(problem.source_x), -0.5) @ _power(self._covariance(problem.target_x), 0.5)
        self._classifier = self.classifier()
        self._classifier.fit(problem.source_x @ align, problem.source_y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Classify target features, untouched."""
        scores: NDArray[np.float32] = self._classifier.decision_function(x)
        return scores

    def _covariance(self, x: NDArray[np.float32]) -> Floats:
        covariance = np.atleast_2d(np.cov(x.astype(np.float64), rowvar=False))
        return np.asarray(covariance + self.options.ridge * np.eye(x.shape[1]))


def _power(matrix: Floats, exponent: float) -> Floats:
    """A power of a symmetric positive definite matrix (D, D)."""
    values, vectors = eigh(matrix)
    return np.asarray((vectors * values**exponent) @ vectors.T)

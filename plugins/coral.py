"""CORAL: correlation alignment in closed form (Sun, Feng & Saenko 2016, arXiv:1511.05547)."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.linalg import eigh
from scipy.sparse import issparse

from dabench import FeatureMethod, Problem

Floats = NDArray[np.float64]

WIDEST = 10_000  # columns that sparse vectors may have: recoloured vectors are dense


class Coral(FeatureMethod):
    """Whiten the source features and colour them with the target's covariance (algorithm 1 of the paper).

    The target is left as it is; a classifier is trained on the transformed source. With A for whitening and colouring,
    that is D_S* = D_S A with A = C_S^(-1/2) C_T^(1/2): some notes print C_T^(-1/2), which would whiten both. Sparse
    vectors are made dense, up to 10,000 columns: 2,000 reviews of 5,000 terms take about 10 s and 0.5 GB.
    """

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            ridge: added to the diagonal of both covariances (lambda of the paper).
            kernel: `plain` trains the suite's classifier on D_S A, as the paper says. `asymmetric` is what the authors'
                script does: an SVM with the kernel D_S A D_S^T, one side of which is untouched, and D_S A D_T^T.
        """

        ridge: float = Field(1.0, gt=0)
        kernel: Literal["plain", "asymmetric"] = "plain"

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Align the source with the target and train the classifier on it."""
        source, target = _dense(problem.source_x), _dense(problem.target_x)
        if source.shape[1] > max(len(source), len(target)):
            aligned = self._wide_power(self._wide_power(source, source, -0.5), target, 0.5)
        else:
            aligned = source @ (_power(self._covariance(source), -0.5) @ _power(self._covariance(target), 0.5))
        self._aligned = aligned
        if self.options.kernel == "plain":
            self._classifier = self.classifier()
            self._classifier.fit(aligned, problem.source_y)
        else:
            self._classifier = self.classifier("kernel_svm_cv")
            self._classifier.fit(aligned @ source.T, problem.source_y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Classify target features, untouched."""
        dense = _dense(x)
        known = dense if self.options.kernel == "plain" else dense @ self._aligned.T
        scores: NDArray[np.float32] = self._classifier.decision_function(known)
        return scores

    def _covariance(self, x: NDArray[np.float32]) -> Floats:
        covariance = np.atleast_2d(np.cov(x.astype(np.float64), rowvar=False))
        return np.asarray(covariance + self.options.ridge * np.eye(x.shape[1]))

    def _wide_power(self, x: NDArray[np.float32] | Floats, samples: NDArray[np.float32], exponent: float) -> Floats:
        """Rows x (N, D) times a power of the regularised covariance of samples (M, D), for M < D.

        The same as with `_power`, without a D by D matrix: outside the span of the samples the covariance is the ridge
        alone, and within it there are M eigenvectors, found from the M by M products of the samples.
        """
        centred = samples - samples.mean(axis=0, dtype=np.float64)
        values, vectors = eigh(centred @ centred.T / (len(samples) - 1))
        kept = values > 1e-10 * values[-1]
        basis = centred.T @ vectors[:, kept] / np.sqrt(values[kept] * (len(samples) - 1))
        outside = self.options.ridge**exponent
        within = (values[kept] + self.options.ridge) ** exponent
        return np.asarray(outside * x + ((x @ basis) * (within - outside)) @ basis.T)


def _power(matrix: Floats, exponent: float) -> Floats:
    """A power of a symmetric positive definite matrix (D, D)."""
    values, vectors = eigh(matrix)
    return np.asarray((vectors * values**exponent) @ vectors.T)


def _dense(x: Any) -> NDArray[np.float32]:
    if not issparse(x):
        return np.asarray(x)
    if x.shape[1] > WIDEST:
        raise ValueError(f"coral makes vectors dense, and {x.shape[1]} columns are too many (at most {WIDEST})")
    return np.asarray(x.toarray())

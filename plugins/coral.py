"""CORAL: correlation alignment in closed form (Sun, Feng & Saenko 2016, arXiv:1511.05547)."""

from __future__ import annotations

import logging
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.linalg import eigh
from scipy.sparse import issparse

from dabench import FeatureMethod, Problem

Floats = NDArray[np.float64]

WIDEST = 10_000  # columns that sparse vectors may have: recoloured vectors are dense
LITTLE = 0.01  # a smaller relative change of the source is noted

log = logging.getLogger("dabench.run.coral")  # ends up in the log of the run


class Coral(FeatureMethod):
    """Centre the source, whiten it, colour it with the target's covariance and move it to the target's mean.

    This is algorithm 1 of the paper, whose features have mean 0 in both domains. The target is left as it is; a
    classifier is trained on the transformed source. With A for whitening and colouring, that is
    D_S* = (D_S - mu_S) A + mu_T with A = C_S^(-1/2) C_T^(1/2): some notes print C_T^(-1/2), which would whiten both.
    Sparse vectors are made dense, up to 10,000 columns: 2,000 reviews of 5,000 terms take about 10 s and 0.5 GB.
    """

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            ridge: added to the diagonal of both covariances (lambda of the paper).
            ridge_unit: of `ridge`. `absolute` adds the number itself, as the paper does. That suits columns whose
                variance is about 1: much smaller features, such as rows of length 1, hardly change, and the run's log
                says so. `mean_variance` adds to each covariance `ridge` times the mean of its diagonal, which is its
                mean eigenvalue.
            centre: take both means into account. `false` for domains that the suite has standardised as a whole and
                then samples, as the authors' script does: the sample keeps its distance from the domain's mean.
            kernel: `plain` trains the suite's classifier on D_S*, as the paper says. `asymmetric` is what the authors'
                script does: an SVM with the kernel D_S A D_S^T, one side of which is untouched, and D_S A D_T^T. With
                `centre`, D_S and D_T are here without their means.
        """

        ridge: float = Field(1.0, gt=0)
        ridge_unit: Literal["absolute", "mean_variance"] = "absolute"
        centre: bool = True
        kernel: Literal["plain", "asymmetric"] = "plain"

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Align the source with the target and train the classifier on it.

        Raises:
            ValueError: a domain has a single row; the columns of a domain do not vary, and `ridge` is in units of
                their variance; sparse vectors are too wide.
        """
        source, target = _dense(problem.source_x), _dense(problem.target_x)
        if min(len(source), len(target)) < 2:
            raise ValueError(
                f"coral needs two rows of each domain for a covariance: the source has {len(source)}, the target "
                f"{len(target)}"
            )
        self._target_mean = self._mean(target)
        centred = source - self._mean(source)
        if source.shape[1] > max(len(source), len(target)):
            aligned = self._wide_power(self._wide_power(centred, source, -0.5), target, 0.5)
        else:
            aligned = centred @ (_power(self._covariance(source), -0.5) @ _power(self._covariance(target), 0.5))
        self._note_idle_ridge(centred, aligned)
        if self.options.kernel == "plain":
            self._classifier = self.classifier()
            self._classifier.fit(aligned + self._target_mean, problem.source_y)
        else:
            self._aligned = aligned
            self._classifier = self.classifier("kernel_svm_cv")
            self._classifier.fit(aligned @ centred.T, problem.source_y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Classify target features (N, D): scores (N, C)."""
        dense = _dense(x)
        known = dense if self.options.kernel == "plain" else (dense - self._target_mean) @ self._aligned.T
        scores: NDArray[np.float32] = self._classifier.decision_function(known)
        return scores

    def _mean(self, x: NDArray[np.float32]) -> Floats:
        """The mean (D,) of features (N, D), or 0 without `centre`."""
        return x.mean(axis=0, dtype=np.float64) if self.options.centre else np.zeros(x.shape[1])

    def _covariance(self, x: NDArray[np.float32]) -> Floats:
        covariance = np.atleast_2d(np.cov(x.astype(np.float64), rowvar=False))
        return np.asarray(covariance + self._ridge(x) * np.eye(x.shape[1]))

    def _ridge(self, x: NDArray[np.float32]) -> float:
        """The ridge on the diagonal of the covariance of features (N, D)."""
        if self.options.ridge_unit == "absolute":
            return float(self.options.ridge)
        if not np.ptp(x, axis=0).any():
            raise ValueError("the columns of a domain do not vary: coral needs ridge_unit absolute, not mean_variance")
        return float(self.options.ridge * _mean_variance(x))

    def _note_idle_ridge(self, source: Floats, aligned: Floats) -> None:
        """Log that the ridge is so large that the centred source (N, D) hardly changes."""
        change = np.linalg.norm(aligned - source) / (np.linalg.norm(source) or 1.0)
        variance = _mean_variance(source)
        if self.options.ridge_unit == "absolute" and change < LITTLE and self.options.ridge > 10 * variance:
            log.warning(
                "coral: whitening and colouring change the source by %.2g %%, because the ridge %g is large beside the "
                "mean variance of its columns, %.2g: set ridge_unit=mean_variance or a smaller ridge",
                100 * change,
                self.options.ridge,
                variance,
            )

    def _wide_power(self, x: NDArray[np.float32] | Floats, samples: NDArray[np.float32], exponent: float) -> Floats:
        """Rows x (N, D) times a power of the regularised covariance of samples (M, D), for M < D.

        The same as with `_power`, without a D by D matrix: outside the span of the samples the covariance is the ridge
        alone, and within it there are M eigenvectors, found from the M by M products of the samples.
        """
        ridge = self._ridge(samples)
        centred = samples - samples.mean(axis=0, dtype=np.float64)
        values, vectors = eigh(centred @ centred.T / (len(samples) - 1))
        kept = values > 1e-10 * values[-1]
        basis = centred.T @ vectors[:, kept] / np.sqrt(values[kept] * (len(samples) - 1))
        outside = ridge**exponent
        within = (values[kept] + ridge) ** exponent
        return np.asarray(outside * x + ((x @ basis) * (within - outside)) @ basis.T)


def _power(matrix: Floats, exponent: float) -> Floats:
    """A power of a symmetric positive definite matrix (D, D)."""
    values, vectors = eigh(matrix)
    return np.asarray((vectors * values**exponent) @ vectors.T)


def _mean_variance(x: NDArray[np.floating[Any]]) -> float:
    """The mean of the columns' variances, which is the mean eigenvalue of their covariance."""
    return float(x.var(axis=0, dtype=np.float64, ddof=1).mean())


def _dense(x: Any) -> NDArray[np.float32]:
    if not issparse(x):
        return np.asarray(x)
    if x.shape[1] > WIDEST:
        raise ValueError(f"coral makes vectors dense, and {x.shape[1]} columns are too many (at most {WIDEST})")
    return np.asarray(x.toarray())

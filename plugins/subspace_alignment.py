"""Subspace alignment (Fernando, Habrard, Sebban & Tuytelaars 2013, ICCV)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.sparse import issparse
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from dabench import FeatureMethod, Problem

DIMENSIONS = (2, 5, 10, 20, 40, 80, 160)  # what `source_folds` chooses from
FOLD_ROWS = 4000  # at most so many source examples choose: more would take minutes and change little
WIDEST = 10_000  # columns that sparse vectors may have: z-scores are dense


class SubspaceAlignment(FeatureMethod):
    """Turn the principal subspace of the source into that of the target, and classify there (algorithm 1).

    With the d first principal axes P_S and P_T (D x d), M = P_S^T P_T brings P_S M as near to P_T as can be. The source
    becomes X_S P_S M and the target X_T P_T. Sparse vectors are made dense, up to 10,000 columns.
    """

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            dimension: of the subspaces, at most what the data have. `source_folds` chooses it without a target label:
                the value with which a classifier trained on one half of the aligned source (of 4,000 examples, spread
                evenly, if there are more) is best on the other. A value found by target accuracy, as in the table of
                Ganin & Lempitsky, is an oracle: a suite that has one says `chosen_by: target_labels`.
            zscore: give every column of either domain mean 0 and deviation 1 first, over source and target train.
        """

        dimension: Annotated[int, Field(ge=1)] | Literal["source_folds"] = "source_folds"
        zscore: bool = True

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Align, choose the dimension if need be, and train the classifier."""
        source, self._scale = self._scaled(problem.source_x)
        target, self._target_scale = self._scaled(problem.target_x)
        most = min(*source.shape, *target.shape)
        own, other = (PCA(most, svd_solver="full").fit(x).components_.T for x in (source, target))
        wanted = self.options.dimension
        if wanted == "source_folds":
            choices = sorted({min(choice, most) for choice in DIMENSIONS})
            rows = np.linspace(0, len(source) - 1, min(len(source), FOLD_ROWS)).astype(np.int64)
            wins = [self._on_folds(align(source[rows], own, other, d), problem.source_y[rows]) for d in choices]
            wanted = choices[wins.index(max(wins))]  # the smallest of several that are as good
        self.dimension = min(wanted, most)
        self._axes = other[:, : self.dimension]
        self._classifier = self.classifier()
        self._classifier.fit(align(source, own, other, self.dimension), problem.source_y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Classify target features in their own subspace."""
        scores: NDArray[np.float32] = self._classifier.decision_function(self._target_scale(_dense(x)) @ self._axes)
        return scores

    def _scaled(self, x: Any) -> tuple[NDArray[np.float64], Any]:
        """Features as they enter the subspace, and what brings others there."""
        dense = _dense(x)
        scaler = StandardScaler(with_std=self.options.zscore).fit(dense)
        return scaler.transform(dense), scaler.transform

    def _on_folds(self, aligned: NDArray[np.float64], y: NDArray[np.int64]) -> float:
        """The share of the source that a classifier trained on the other half of it gets right."""
        half = np.empty(len(y), dtype=bool)
        for label in np.unique(y):  # every second example of each class
            rows = np.flatnonzero(y == label)
            half[rows] = np.arange(len(rows)) % 2 == 0
        right = 0
        for train in (half, ~half):
            classifier = self.classifier()
            classifier.fit(aligned[train], y[train])
            right += int(np.sum(classifier.decision_function(aligned[~train]).argmax(axis=1) == y[~train]))
        return right / len(y)


def align(
    source: NDArray[np.float64], source_axes: NDArray[np.float64], target_axes: NDArray[np.float64], dimension: int
) -> NDArray[np.float64]:
    """The aligned source (N, d): X_S P_S (P_S^T P_T)."""
    own, other = source_axes[:, :dimension], target_axes[:, :dimension]
    return np.asarray(source @ own @ (own.T @ other))


def _dense(x: Any) -> NDArray[np.float64]:
    if not issparse(x):
        return np.asarray(x, dtype=np.float64)
    if x.shape[1] > WIDEST:
        raise ValueError(
            f"subspace_alignment makes vectors dense, and {x.shape[1]} columns are too many (at most {WIDEST})"
        )
    return np.asarray(x.toarray(), dtype=np.float64)

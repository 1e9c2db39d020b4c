"""Subspace alignment (Fernando, Habrard, Sebban & Tuytelaars 2013, ICCV)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.linalg import eigh, svd
from scipy.sparse import issparse
from sklearn.preprocessing import StandardScaler

from dabench import FeatureMethod, Problem

Floats = NDArray[np.float64]

DIMENSIONS = (2, 5, 10, 20, 40, 80, 160)  # what `source_folds` chooses from
DEFAULT = 20  # where nothing can be chosen
FOLD_ROWS = 1000  # at most so many source examples choose
WIDEST = 10_000  # columns that sparse vectors may have: z-scores are dense


class SubspaceAlignment(FeatureMethod):
    """Turn the principal subspace of the source into that of the target, and classify there (algorithm 1).

    With the d first principal axes P_S and P_T (D x d), M = P_S^T P_T brings P_S M as near to P_T as can be. The source
    becomes X_S P_S M and the target X_T P_T. Sparse vectors are made dense, up to 10,000 columns.
    """

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            dimension: of the subspaces, at most what the data have: their columns, or one less than the rows of either
                domain. `source_folds` chooses it without a target label: the value with which a classifier trained on
                one half of the aligned source (of 1,000 examples, spread evenly over each class, if there are more) is
                best on the other. 2, 5, 10, 20, 40, 80 and 160 are tried, from one less than there are classes.
                Classes of which these examples have a single one do not take part; where fewer than two are left, the
                dimension is 20. A value found by target accuracy, as in the table of Ganin & Lempitsky, is an oracle:
                a suite that has one says `chosen_by: target_labels`.
            zscore: give every column of either domain mean 0 and deviation 1 first, over source and target train.
        """

        dimension: Annotated[int, Field(ge=1)] | Literal["source_folds"] = "source_folds"
        zscore: bool = True

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Align, choose the dimension if need be, and train the classifier.

        Raises:
            ValueError: a domain has a single row; sparse vectors are too wide.
        """
        if min(problem.source_x.shape[0], problem.target_x.shape[0]) < 2:
            raise ValueError(
                "subspace_alignment needs two rows of each domain for principal axes: the source has "
                f"{problem.source_x.shape[0]}, the target {problem.target_x.shape[0]}"
            )
        source, _ = self._scaled(problem.source_x)
        target, self._target_scale = self._scaled(problem.target_x)
        most = min(len(source) - 1, len(target) - 1, source.shape[1])  # centred rows span no more
        wanted = self.options.dimension
        count = min(most, max(DIMENSIONS) if wanted == "source_folds" else wanted)
        own, self._axes = principal_axes(source, count), principal_axes(target, count)
        subspace = source @ own, own.T @ self._axes
        if wanted == "source_folds":
            wanted = self._chosen(*subspace, problem.source_y)
        self.dimension = min(wanted, most)
        self._axes = self._axes[:, : self.dimension]
        self._classifier = self.classifier()
        self._classifier.fit(align(*subspace, self.dimension), problem.source_y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Classify target features in their own subspace."""
        scores: NDArray[np.float32] = self._classifier.decision_function(self._target_scale(_dense(x)) @ self._axes)
        return scores

    def _scaled(self, x: Any) -> tuple[Floats, Any]:
        """Features as they enter the subspace, and what brings others there."""
        dense = _dense(x)
        scaler = StandardScaler(with_std=self.options.zscore).fit(dense)
        return scaler.transform(dense), scaler.transform

    def _chosen(self, projected: Floats, turn: Floats, y: NDArray[np.int64]) -> int:
        """The smallest of the dimensions that are best on the other half of the source.

        Args:
            projected: the source on its principal axes (N, d), for the largest dimension d.
            turn: inner products of the axes of source and target (d, d).
            y: labels (N,).
        """
        spread = np.linspace(0, len(y) - 1, min(len(y), FOLD_ROWS)).astype(np.int64)
        rows = np.sort(np.argsort(y, kind="stable")[spread])  # as many of each class as its share
        rows = rows[np.bincount(y[rows])[y[rows]] > 1]  # both halves need every class
        y, projected = y[rows], projected[rows]
        if len(np.unique(y)) < 2:
            return DEFAULT
        half = np.empty(len(y), dtype=bool)
        for label in np.unique(y):  # every second example of each class
            of_label = np.flatnonzero(y == label)
            half[of_label] = np.arange(len(of_label)) % 2 == 0

        def right(dimension: int) -> int:
            aligned, count = align(projected, turn, dimension), 0
            for train in (half, ~half):
                classifier = self.classifier()
                classifier.fit(aligned[train], y[train])
                count += int(np.sum(classifier.decision_function(aligned[~train]).argmax(axis=1) == y[~train]))
            return count

        least = min(len(np.unique(y)) - 1, len(turn))
        choices = sorted({min(choice, len(turn)) for choice in DIMENSIONS if choice >= least} or {len(turn)})
        return choices[0] if len(choices) == 1 else max(choices, key=right)


def principal_axes(x: Floats, count: int) -> Floats:
    """The first principal axes of centred features (N, D), as columns (D, count); their largest entry is positive."""
    rows, columns = x.shape
    if columns < rows:  # the covariance is smaller than x, and as exact for the axes that matter
        axes = eigh(x.T @ x, subset_by_index=(columns - count, columns - 1))[1][:, ::-1]
    else:
        axes = svd(x, full_matrices=False)[2][:count].T
    largest = np.abs(axes).argmax(axis=0)
    return np.asarray(axes * np.sign(axes[largest, np.arange(count)]))


def align(projected: Floats, turn: Floats, dimension: int) -> Floats:
    """The aligned source (N, dimension): X_S P_S (P_S^T P_T).

    Args:
        projected: X_S P_S (N, d), for axes P_S (D, d) of which the first `dimension` are taken.
        turn: P_S^T P_T (d, d).
        dimension: at most d.
    """
    return np.asarray(projected[:, :dimension] @ turn[:dimension, :dimension])


def _dense(x: Any) -> Floats:
    if not issparse(x):
        return np.asarray(x, dtype=np.float64)
    if x.shape[1] > WIDEST:
        raise ValueError(
            f"subspace_alignment makes vectors dense, and {x.shape[1]} columns are too many (at most {WIDEST})"
        )
    return np.asarray(x.toarray(), dtype=np.float64)

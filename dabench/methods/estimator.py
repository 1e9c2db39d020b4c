"""Estimators of scikit-learn's kind as feature methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from dabench.methods.base import FeatureMethod
from dabench.methods.problem import Problem

FitCall = Literal["sample_domain", "source_target", "unlabelled"]
UNLABELLED = -1  # the label of a target row, by skada's convention; dabench's classes count from 0


class EstimatorMethod(FeatureMethod):
    """A feature method that an estimator does the work of; see `FeatureMethod.from_estimator`."""

    make: ClassVar[Callable[..., Any]]
    fit_call: ClassVar[FitCall] = "sample_domain"

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Fit the estimator to labelled source rows and unlabelled target rows."""
        source, target = dense(problem.source_x), dense(problem.target_x)
        self._classes = problem.classes
        self._estimator = type(self).make(self.options)
        if self.fit_call == "source_target":
            self._estimator.fit(source, problem.source_y, target)
        elif self.fit_call == "unlabelled":
            x, y, _ = stacked(source, problem.source_y, target)
            self._estimator.fit(x, y)
        else:
            x, y, domain = stacked(source, problem.source_y, target)
            self._estimator.fit(x, y, sample_domain=domain)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores (N, C): of `decision_function`, else of `predict_proba`, else 1 for the class of `predict`."""
        return class_scores(self._estimator, dense(x), self._classes)


def stacked(source: Any, y: Any, target: Any) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.int64]]:
    """Both domains as one set of rows: features, labels (-1 in the target), and 1 for source and -2 for target rows.

    Args:
        source: features (N, D).
        y: labels of the source (N,).
        target: features (M, D).
    """
    domain = np.r_[np.ones(len(source), dtype=np.int64), np.full(len(target), -2)]
    return np.vstack([source, target]), np.r_[y, np.full(len(target), UNLABELLED)], domain


def class_scores(estimator: Any, x: NDArray[Any], classes: int) -> NDArray[np.float32]:
    """Scores (N, C) of a fitted classifier; a class that it has not seen is never predicted."""
    scores = np.full((len(x), classes), -np.inf, dtype=np.float32)
    for name in ("decision_function", "predict_proba"):
        if hasattr(estimator, name):
            known = np.asarray(getattr(estimator, name)(x))
            if known.ndim == 1:  # scikit-learn gives one column for two classes
                known = np.stack([-known, known], axis=1)
            scores[:, np.asarray(estimator.classes_, dtype=np.int64)] = known
            return scores
    scores[np.arange(len(x)), np.asarray(estimator.predict(x), dtype=np.int64)] = 1
    return scores


def dense(x: Any) -> NDArray[np.float64]:
    """Features as a float64 array, also where they are sparse."""
    return np.asarray(x.toarray() if hasattr(x, "toarray") else x, dtype=np.float64)

"""Classes by example, without a change of any weight: Snell et al. 2017 (arXiv:1703.05175), Vinyals et al. 2016."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import softmax

from dabench import FeatureMethod, Problem

from .rows import below

Array = NDArray[np.float32]
FARTHEST = -1e30  # the score of a class without any example


class Prototypes(FeatureMethod):
    """Predict the class whose mean embedding is nearest.

    A mean is that of the labelled target examples, which the source's examples may join: together they count as much as
    `source` target ones. With very many it is the nearest class of the source: zero-shot.
    """

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            source: as how many target examples of a class those of the source count together.
            temperature: squared distances are divided by it.
        """

        source: float = Field(0.0, ge=0)
        temperature: float = Field(1.0, gt=0)

    def fit(self, problem: Problem[Array, NDArray[np.int64]]) -> None:
        """Take the means."""
        x, y = problem.labelled
        own, counts = class_means(x, y, problem.classes)
        of_source, there = class_means(problem.source_x, problem.source_y, problem.classes)
        kappa = self.options.source * (there > 0)
        total = counts + kappa
        weights = np.stack([counts, kappa]) / np.maximum(total, 1e-12)
        self._means = weights[0][:, None] * own + weights[1][:, None] * of_source
        self._known = total > 0

    def predict(self, x: Array) -> Array:
        """Negative squared distances (N, C), divided by the temperature."""
        rows = dense(x)
        distances = (rows**2).sum(1)[:, None] - 2 * rows @ self._means.T + (self._means**2).sum(1)
        scores = np.where(self._known, -distances / self.options.temperature, FARTHEST)
        return scores.astype(np.float32)


class Matching(FeatureMethod):
    """Predict the mean of the labelled examples' labels, weighted by the softmax of their cosine to the example."""

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            source: the source's examples are asked as well.
            neighbours: only so many of the nearest examples are asked; all of them if it is 0.
            temperature: cosines are divided by it.
        """

        source: bool = False
        neighbours: int = Field(0, ge=0)
        temperature: float = Field(1.0, gt=0)

    def fit(self, problem: Problem[Array, NDArray[np.int64]]) -> None:
        """Keep the examples."""
        x, y = problem.labelled
        if self.options.source:
            x, y = below(problem.source_x, x), np.concatenate([problem.source_y, y])
        self._support, self._labels = unit(dense(x)), np.eye(problem.classes)[y]

    def predict(self, x: Array) -> Array:
        """Logarithms of the probabilities (N, C)."""
        scores = unit(dense(x)) @ self._support.T / self.options.temperature
        count = self.options.neighbours
        if 0 < count < scores.shape[1]:
            nearest = np.argsort(-scores, axis=1, kind="stable")[:, :count]
            asked = np.zeros(scores.shape, dtype=bool)
            np.put_along_axis(asked, nearest, True, axis=1)
            scores = np.where(asked, scores, FARTHEST)
        probabilities = softmax(scores, axis=1) @ self._labels
        return np.asarray(np.log(np.maximum(probabilities, np.finfo(np.float32).tiny)), dtype=np.float32)


def class_means(x: Any, y: NDArray[np.int64], classes: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The mean of the rows (N, D) of each class (C, D), 0 for one without any, and their numbers (C,)."""
    counts = np.bincount(y, minlength=classes)
    sums = np.eye(classes)[y].T @ dense(x)
    return sums / np.maximum(counts, 1)[:, None], counts


def dense(x: Any) -> NDArray[np.float64]:
    """Vectors (N, D) as an array."""
    return np.asarray(x.toarray() if hasattr(x, "toarray") else x, dtype=np.float64)


def unit(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows (N, D) scaled to length 1; a row of zeros stays."""
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12))

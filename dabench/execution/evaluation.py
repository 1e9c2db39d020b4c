"""The only holder of target labels: it takes predictions and gives back numbers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from dabench.methods.scores import Scores, predicted_classes
from dabench.printable import printable

COLLAPSED_SHARE = 0.95
COLLAPSED_LABELS = 0.80


@dataclass(frozen=True)
class Evaluation:
    """How good predictions are on one labelled split.

    Attributes:
        accuracy: the suite's metric, as a fraction.
        per_class: recall of every class that occurs, by its name.
        balanced_accuracy: their mean.
        macro_f1: mean F1 over the classes that occur or are predicted.
        ece: expected calibration error (see `calibration_error`); None for scores that are no logits.
        predictions_sha256: hash of the predicted classes.
        collapsed: (almost) everything is predicted to be one class, though it is not.
    """

    accuracy: float
    per_class: dict[str, float]
    balanced_accuracy: float
    macro_f1: float
    ece: float | None
    predictions_sha256: str
    collapsed: bool


class Evaluator:
    """Holds the target test split."""

    def __init__(self, y: NDArray[np.int64], classes: tuple[str, ...], metric: str) -> None:
        """Keep the labels.

        Args:
            y: labels of target test (N,).
            classes: names of the classes.
            metric: what `Evaluation.accuracy` is to be: `accuracy` or `balanced_accuracy`.
        """
        self._y, self._classes, self._metric = np.asarray(y), classes, metric

    def evaluate(self, scores: Scores, *, logits: bool) -> Evaluation:
        """Judge scores (N, C) of target test.

        Args:
            scores: the highest of a row is the prediction.
            logits: whether the softmax of the scores is meant as probabilities.
        """
        y = self._y
        predicted = predicted_classes(scores)
        present = np.unique(y)
        recalls, f1 = recalls_and_f1(y, predicted)
        balanced = float(np.mean(recalls))
        return Evaluation(
            accuracy=balanced if self._metric == "balanced_accuracy" else float(np.mean(predicted == y)),
            per_class={
                printable(self._classes[label]): float(value) for label, value in zip(present, recalls, strict=True)
            },
            balanced_accuracy=balanced,
            macro_f1=float(np.mean(f1)),
            ece=calibration_error(scores, y) if logits and np.isfinite(scores).all() else None,
            predictions_sha256=hashlib.sha256(predicted.tobytes()).hexdigest(),
            collapsed=is_collapsed(predicted, y),
        )


def recalls_and_f1(
    y: NDArray[np.int64], predicted: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Recall of each class that occurs, and F1 of each that occurs or is predicted, both in the order of the classes.

    They are those of scikit-learn to the bit, without importing it: that takes a second and 100 MB in every worker.
    """
    size = int(max(y.max(), predicted.max())) + 1
    there, said = np.bincount(y, minlength=size), np.bincount(predicted, minlength=size)
    right = np.bincount(y[y == predicted], minlength=size)
    occurs, counts = there > 0, there + said
    return right[occurs] / there[occurs], 2.0 * right[counts > 0] / counts[counts > 0]


def is_collapsed(predicted: NDArray[np.int64], y: NDArray[np.int64]) -> bool:
    """At least 95 % of the predictions are one class, which holds less than 80 % of the labels."""
    values, counts = np.unique(predicted, return_counts=True)
    top = values[np.argmax(counts)]
    return bool(counts.max() >= COLLAPSED_SHARE * len(predicted) and np.mean(y == top) < COLLAPSED_LABELS)


def calibration_error(logits: Scores, y: NDArray[np.int64], bins: int = 15) -> float:
    """Expected calibration error (Guo et al. 2017, eq. 3): mean |accuracy - confidence| over bins of equal width."""
    probabilities = softmax(logits.astype(np.float64), axis=1)
    confidence = probabilities.max(axis=1)
    right = predicted_classes(logits) == y
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(right[which == b].mean() - confidence[which == b].mean()) * np.mean(which == b) for b in np.unique(which)
    ]
    return float(np.sum(gaps))

"""Evaluation of predictions. The parent process alone evaluates: a worker has no labels of target test."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from dabench.methods.scores import Scores, predicted_classes
from dabench.printable import printable
from dabench.runs.job import Predictions

COLLAPSED_SHARE = 0.95
COLLAPSED_LABELS = 0.80
BINS = 15


@dataclass(frozen=True)
class Evaluation:
    """The quality of predictions on one labelled split.

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


def predictions_of(scores: Scores, *, logits: bool) -> Predictions:
    """Predictions from scores (T, C) of target test.

    Args:
        scores: the highest of a row is the prediction.
        logits: whether the softmax of the scores is meant as probabilities.
    """
    if not logits or not np.isfinite(scores).all():
        return Predictions(predicted_classes(scores), None)
    return Predictions(predicted_classes(scores), softmax(scores.astype(np.float64), axis=1).max(axis=1))


class Evaluator:
    """Holds the labels of target test."""

    def __init__(self, y: NDArray[np.int64], classes: tuple[str, ...], metric: str) -> None:
        """Keep the labels.

        Args:
            y: labels of target test (T,).
            classes: names of the classes.
            metric: what `Evaluation.accuracy` is to be: `accuracy` or `balanced_accuracy`.
        """
        self._y, self._classes, self._metric = np.asarray(y), classes, metric

    def accuracy(self, predictions: Predictions) -> float:
        """The suite's metric alone.

        Raises:
            ValueError: the predictions are not of these examples and classes.
        """
        if self._metric == "balanced_accuracy":
            return self.evaluate(predictions).accuracy
        return _share(self._right(predictions))

    def _right(self, predictions: Predictions) -> NDArray[np.bool_]:
        """Marks of the predictions that are right."""
        y, predicted, count = self._y, predictions.classes, len(self._classes)
        if predicted.shape != y.shape or predicted.min() < 0 or predicted.max() >= count:
            raise ValueError(f"predictions of {predicted.shape} in 0..{count - 1} are needed, one for each of {len(y)}")
        return np.asarray(predicted == y)

    def evaluate(self, predictions: Predictions) -> Evaluation:
        """Judge predictions of target test.

        Raises:
            ValueError: they are not of these examples and classes.
        """
        y, predicted, count = self._y, predictions.classes, len(self._classes)
        right = self._right(predictions)
        labels, guesses, hits = (np.bincount(part, minlength=count) for part in (y, predicted, y[right]))
        present, named = labels > 0, labels + guesses > 0
        recalls = hits[present] / labels[present]
        balanced = float(np.mean(recalls))
        confidence = predictions.confidence
        return Evaluation(
            accuracy=balanced if self._metric == "balanced_accuracy" else _share(right),
            per_class={
                printable(self._classes[label]): float(value)
                for label, value in zip(np.flatnonzero(present), recalls, strict=True)
            },
            balanced_accuracy=balanced,
            macro_f1=float(np.mean(2 * hits[named] / (labels + guesses)[named])),
            ece=None if confidence is None else calibration_error(confidence, right),
            predictions_sha256=hashlib.sha256(predicted.astype(np.int64).tobytes()).hexdigest(),
            collapsed=is_collapsed(predicted, y),
        )


def is_collapsed(predicted: NDArray[np.int64], y: NDArray[np.int64]) -> bool:
    """Whether at least 95 % of the predictions are one class, which holds less than 80 % of the labels."""
    counts = np.bincount(predicted)
    top = counts.argmax()
    return bool(counts[top] >= COLLAPSED_SHARE * len(predicted) and _share(y == top) < COLLAPSED_LABELS)


def _share(marks: NDArray[np.bool_]) -> float:
    """The share of marks that are true; of few, NumPy's mean takes several times as long."""
    return np.count_nonzero(marks) / len(marks)


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error (Guo et al. 2017, eq. 3): mean |accuracy - confidence| over bins of equal width."""
    which = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        abs(right[which == b].mean() - confidence[which == b].mean()) * np.mean(which == b) for b in np.unique(which)
    ]
    return float(np.sum(gaps))

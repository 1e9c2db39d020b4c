"""Scores of examples: a number for every class."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench.errors import DabenchError

Scores = NDArray[np.float32]


class PredictionError(DabenchError):
    """An error of a method's predictions: their kind, shape or values are wrong."""

    def __init__(self, *, expected: str, got: str, fix: str) -> None:
        super().__init__(f"expected {expected}, got {got}: {fix}")
        self.expected, self.got, self.fix = expected, got, fix


def checked(scores: Any, rows: int, classes: int, *, finite: bool = True) -> Scores:
    """Scores as they must be: a floating number for each example and class (N, C).

    A readout gives -inf to a class that the source lacks: NaN alone is wrong, and a row without any finite number.

    Args:
        scores: what `predict` gave.
        rows: N, how many examples it was given.
        classes: C.
        finite: refuse NaN; training that broke off may leave nothing else.

    Raises:
        PredictionError: they are something else; the message says what.
    """
    shape, kind = getattr(scores, "shape", None), getattr(scores, "dtype", type(scores).__name__)
    if not isinstance(scores, np.ndarray) or shape != (rows, classes) or not np.issubdtype(scores.dtype, np.floating):
        raise PredictionError(
            expected=f"predict(x) gives float scores of shape ({rows}, {classes})",
            got=f"{kind} of shape {shape}",
            fix="return a score for each example and class (logits, decision_function), not predicted classes; "
            "take the number of classes from problem.classes",
        )
    wrong = np.isnan(scores).any(axis=1) | ~np.isfinite(scores).any(axis=1)
    if finite and wrong.any():
        raise PredictionError(
            expected="finite scores",
            got=f"{np.count_nonzero(wrong):,} of {rows:,} rows with scores that are no numbers",
            fix="look for a division by zero, a logarithm of 0, or a learning rule that diverges",
        )
    return scores


def predicted_classes(scores: Scores) -> NDArray[np.int64]:
    """The class with the highest score of every row; a row of NaNs counts as class 0, on every machine."""
    return np.asarray(np.nan_to_num(scores, nan=-np.inf).argmax(axis=1), dtype=np.int64)

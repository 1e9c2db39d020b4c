"""What every training must give."""

from __future__ import annotations

from typing import Any

import numpy as np

from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject


def check_contract(subject: Subject) -> None:
    """Trains on plain data: finite losses, finite scores of shape (N, C)."""
    trained = subject.first
    unnamed = subject.deep and not all(checkpoint.losses for checkpoint in trained.checkpoints)
    if trained.broken or unnamed:
        raise CheckFailedError(
            expected="named losses that are finite numbers",
            came=trained.broken or "no loss by name",
            mend="return {name: scalar tensor} from losses(batch); look for log(0), a division by 0 or the gradient of "
            "a norm at 0",
        )
    well_formed(trained.scores, len(trained.test_x), 3, "plain data")


def well_formed(scores: Any, rows: int, classes: int, where: str) -> None:
    """Fail unless scores are (rows, classes), floating and finite."""
    shape, kind = getattr(scores, "shape", None), getattr(scores, "dtype", type(scores).__name__)
    if not isinstance(scores, np.ndarray) or shape != (rows, classes) or not np.issubdtype(scores.dtype, np.floating):
        raise CheckFailedError(
            expected=f"predict(x) gives float scores of shape ({rows}, {classes}) on {where}",
            came=f"{kind} of shape {shape}",
            mend="return a score for each example and class (logits, decision_function), not predicted classes; "
            "take the number of classes from problem.classes",
        )
    # A readout gives -inf to a class that the source lacks: only what is no number, or a row of nothing else, is wrong.
    if np.isnan(scores).any() or not np.isfinite(scores).any(axis=1).all():
        raise CheckFailedError(
            expected=f"finite scores on {where}",
            came=f"{np.count_nonzero(~np.isfinite(scores).all(axis=1))} of {rows} rows are not",
            mend="look for a division by zero, a logarithm of 0, or a learning rule that diverges",
        )

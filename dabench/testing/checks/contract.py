"""The contract of every training."""

from __future__ import annotations

from typing import Any

from dabench.methods.scores import PredictionError, checked
from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject


def check_contract(subject: Subject) -> None:
    """Trains on plain data: finite losses, finite scores of shape (N, C)."""
    trained = subject.first
    unnamed = subject.deep and not all(checkpoint.losses for checkpoint in trained.checkpoints)
    if trained.broken or unnamed:
        raise CheckFailedError(
            expected="named losses that are finite numbers",
            got=trained.broken or "no loss by name",
            fix="return {name: scalar tensor} from losses(batch); look for log(0), a division by 0 or the gradient of "
            "a norm at 0",
        )
    well_formed(trained.scores, len(trained.test_x), 3, "plain data")


def well_formed(scores: Any, rows: int, classes: int, where: str) -> None:
    """Fail unless scores are (rows, classes), floating and finite."""
    try:
        checked(scores, rows, classes)
    except PredictionError as error:
        raise CheckFailedError(expected=f"{error.expected} on {where}", got=error.got, fix=error.fix) from error

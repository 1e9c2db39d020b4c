"""A prediction depends on the example alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from dabench.testing.failure import CheckFailedError
from dabench.testing.subject import Subject

TOLERANCE = 1e-4  # of the largest score: sums over other batch sizes are rounded otherwise


def check_batch_mates(subject: Subject) -> None:
    """Prediction does not depend on which examples share a batch."""
    trained = subject.first
    x = trained.test_x
    together = trained.scores
    strange, *singles = trained.predict(_with_strange_mates(x), *(x[row : row + 1] for row in range(len(x))))
    strange, alone = strange[0], np.concatenate(singles)
    allowed = TOLERANCE * max(1.0, float(np.abs(together).max()))
    for scores, expected, how in (
        (alone, together, "alone"),
        (strange, together[0], "with other examples beside them"),
    ):
        worst = float(np.abs(scores - expected).max()) if scores.shape == expected.shape else float("inf")
        if not worst <= allowed:
            raise CheckFailedError(
                expected="the same scores for an example, whatever shares its batch",
                got=f"scores that differ by up to {worst:.3g} when examples are predicted {how}",
                fix="compute no mean, norm or neighbourhood over the batch in predict(x), and leave the network in "
                "evaluation mode; what is known of the target is fitted on target train while training",
            )


def check_predict_twice(subject: Subject) -> None:
    """Predicting changes nothing: the same examples get the same bits again."""
    trained = subject.first
    first, again = trained.predict(trained.test_x, trained.test_x)
    for other, when in ((trained.scores, "the first prediction"), (again, "the one before")):
        if other.shape != first.shape or not np.array_equal(first, other):
            raise CheckFailedError(
                expected="the same bits whenever the same examples are predicted",
                got=f"other scores than in {when}",
                fix="draw no random numbers and change no attribute or buffer in predict(x)",
            )


def _with_strange_mates(x: Any) -> Any:
    """The first example as it is, all others far away."""
    strange = x.clone() if isinstance(x, torch.Tensor) else x.copy()
    strange[1:] = 255 - strange[1:] if strange.dtype == torch.uint8 else 5 - 3 * strange[1:]
    return strange

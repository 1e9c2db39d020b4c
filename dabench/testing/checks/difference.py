"""The comparison of two trainings."""

from __future__ import annotations

import numpy as np
import torch

from dabench.testing.trial import Trained


def difference(first: Trained, second: Trained) -> str:
    """The first difference to the bit, as a phrase; empty if there is none."""
    if first.scores.shape != second.scores.shape or not np.array_equal(first.scores, second.scores, equal_nan=True):
        return scores_difference(first, second)
    if [item.losses for item in first.checkpoints] != [item.losses for item in second.checkpoints]:
        return "the same scores after other losses"
    names = [name for name in first.state if not _equal(first.state[name], second.state.get(name))]
    return f"the same scores from another state: {', '.join(names[:3])}" if names else ""


def scores_difference(first: Trained, second: Trained) -> str:
    """The difference of scores, as a phrase; empty if there is none."""
    a, b = first.scores, second.scores
    if a.shape != b.shape:
        return f"scores of shape {b.shape} instead of {a.shape}"
    rows = ~np.all((a == b) | (np.isnan(a) & np.isnan(b)), axis=1)
    if not rows.any():
        return ""
    with np.errstate(invalid="ignore"):
        largest = np.nanmax(np.abs(a - b))
    return f"other scores for {np.count_nonzero(rows)} of {len(a)} examples, by up to {largest:.3g}"


def _equal(a: torch.Tensor, b: torch.Tensor | None) -> bool:
    return b is not None and torch.equal(torch.nan_to_num(a.double()), torch.nan_to_num(b.double()))

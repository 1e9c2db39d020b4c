"""Classes of examples without labels by the votes of their neighbours (Liang, Hu & Feng 2021, arXiv:2007.04171)."""

from __future__ import annotations

import torch
from torch import Tensor


def balanced(probabilities: Tensor) -> Tensor:
    """Squares of the probabilities of rows (N, C), divided by their mean in each class: (N, C)."""
    squares = probabilities.square()
    return squares / squares.mean(0).clamp_min(torch.finfo(squares.dtype).tiny)


def class_of_neighbours(hidden: Tensor, votes: Tensor, rows: Tensor, neighbours: int) -> Tensor:
    """The class with the most votes of the nearest other examples, by cosine: int64 (N,).

    Args:
        hidden: units of all examples (M, H), of length 1.
        votes: of theirs for the classes (M, C).
        rows: the examples (N,) whose class is asked.
        neighbours: how many examples say it; fewer where there are fewer.
    """
    cosines = hidden[rows] @ hidden.T
    cosines.scatter_(1, rows[:, None], -torch.inf)
    nearest = cosines.topk(min(neighbours, max(1, len(hidden) - 1)), 1).indices
    return votes[nearest].mean(1).argmax(1)

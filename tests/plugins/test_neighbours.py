"""Votes of neighbours."""

from __future__ import annotations

import torch
from dabench_plugins.neighbours import balanced, class_of_neighbours
from torch.nn.functional import normalize


def test_votes_are_squares_balanced_over_the_classes() -> None:
    votes = balanced(torch.tensor([[0.8, 0.2], [0.6, 0.4]]))
    assert torch.allclose(votes, torch.tensor([[0.64 / 0.5, 0.04 / 0.1], [0.36 / 0.5, 0.16 / 0.1]]))
    assert torch.allclose(votes.mean(0), torch.ones(2))


def test_a_class_that_nobody_predicts_has_no_votes() -> None:
    assert balanced(torch.tensor([[1.0, 0.0], [1.0, 0.0]])).tolist() == [[1.0, 0.0], [1.0, 0.0]]


def test_the_nearest_others_say_the_class() -> None:
    hidden = normalize(torch.tensor([[1.0, 0.0], [1.0, 0.1], [1.0, 0.2], [0.0, 1.0], [0.1, 1.0]]), dim=1)
    votes = torch.tensor([[9.0, 0.0], [0.0, 1.0], [0.0, 2.0], [5.0, 0.0], [9.0, 0.0]])
    rows = torch.tensor([0, 3])
    assert class_of_neighbours(hidden, votes, rows, 2).tolist() == [1, 0]  # of 0 it is 1 and 2; its own votes are out
    assert class_of_neighbours(hidden, votes, rows, 1).tolist() == [1, 0]
    assert class_of_neighbours(hidden, votes, rows, 50).tolist() == [0, 0]  # all others


def test_one_example_votes_for_itself() -> None:
    alone = torch.ones(1, 1), torch.tensor([[0.0, 1.0]])
    assert class_of_neighbours(*alone, torch.tensor([0]), 5).tolist() == [1]

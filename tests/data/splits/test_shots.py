"""Target examples that are labelled (DESIGN, section 15)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from dabench.data.splits.shots import draw_shots

Y = np.random.Generator(np.random.PCG64(3)).permutation(np.repeat([0, 1, 2], [40, 25, 2]))


def test_so_many_of_each_class_or_all_that_there_are() -> None:
    rows = draw_shots(Y, 10, seed=0)
    assert np.bincount(Y[rows]).tolist() == [10, 10, 2]
    assert rows.tolist() == sorted(set(rows.tolist()))
    assert draw_shots(Y, "all", seed=0).tolist() == list(range(67))


def test_fewer_are_among_more() -> None:
    drawn = [set(draw_shots(Y, shots, seed=4).tolist()) for shots in (1, 3, 10, 100)]
    assert all(fewer < more for fewer, more in pairwise(drawn))
    assert drawn[-1] == set(draw_shots(Y, "all", seed=4).tolist())


def test_another_seed_draws_others() -> None:
    assert draw_shots(Y, 3, seed=0).tolist() == draw_shots(Y, 3, seed=0).tolist()
    assert draw_shots(Y, 3, seed=0).tolist() != draw_shots(Y, 3, seed=1).tolist()


def test_a_class_is_drawn_whatever_the_others_are() -> None:
    other = np.where(Y == 1, 2, Y)
    first, second = (rows[y[rows] == 0] for y in (Y, other) for rows in [draw_shots(y, 5, seed=0)])
    assert first.tolist() == second.tolist()

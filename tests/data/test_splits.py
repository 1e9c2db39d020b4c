import numpy as np

from dabench.data.splits import hold_out


def test_a_tenth_of_every_class_is_held_out() -> None:
    y = np.repeat([0, 1, 2], [100, 50, 10]).astype(np.int64)
    train, val = hold_out(y, seed=0)
    assert sorted([*train, *val]) == list(range(160))
    assert np.bincount(y[val]).tolist() == [10, 5, 1]


def test_it_follows_the_seed_and_nothing_else() -> None:
    y = np.arange(200) % 4
    first, again, other = hold_out(y, 0)[1], hold_out(y, 0)[1], hold_out(y, 1)[1]
    assert first.tolist() == again.tolist()
    assert first.tolist() != other.tolist()


def test_small_classes_lose_one_and_never_all() -> None:
    y = np.array([0, 0, 0, 1, 2, 2])
    train, val = hold_out(y, 0)
    assert np.bincount(y[val], minlength=3).tolist() == [1, 0, 1]
    assert set(y[train]) == {0, 1, 2}

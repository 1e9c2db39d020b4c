import hashlib

import numpy as np

from dabench.data.splits.hold_out import hold_out


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


def test_rows_without_groups_are_drawn_as_ever() -> None:
    """Published numbers rest on these rows."""
    y = np.random.default_rng(0).integers(5, size=1000)
    digest = hashlib.sha256(hold_out(y, 7)[1].astype("<i8").tobytes()).hexdigest()
    assert digest == "f43742d4a22b7625e80aaf1193d03798f6493f387cc96eca6bf55a0d899da30c"


def _tracks() -> tuple[np.ndarray, np.ndarray]:
    """Tracks of ten frames; class 0 has one, class 1 has two, class 2 has thirty."""
    y = np.repeat([0, 1, 2], [10, 20, 300])
    return y, np.repeat(np.arange(33) * 7 % 101, 10)


def test_groups_are_held_out_whole() -> None:
    y, groups = _tracks()
    train, val = hold_out(y, 0, groups)
    assert sorted([*train, *val]) == list(range(330))
    assert not set(groups[train]) & set(groups[val])
    assert np.bincount(y[val]).tolist() == [0, 10, 30], "a class with one group keeps it"
    assert val.tolist() == sorted(val)


def test_groups_follow_the_seed() -> None:
    y, groups = _tracks()
    draws = [hold_out(y, seed, groups)[1].tolist() for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]
    order = np.random.default_rng(1).permutation(len(y))
    shuffled = hold_out(y[order], 0, groups[order])[1]
    assert set(groups[order][shuffled]) == set(groups[hold_out(y, 0, groups)[1]]), "whatever the order of rows"


def test_a_group_of_several_classes_is_one_group() -> None:
    groups = np.repeat(np.arange(20), 30)  # people who do all of three things
    y = np.tile(np.repeat([0, 1, 2], [3, 9, 18]), 20)
    train, val = hold_out(y, 0, groups)
    assert len(set(groups[val])) == 2
    assert not set(groups[train]) & set(groups[val])


def test_one_group_alone_holds_out_nothing() -> None:
    train, val = hold_out(np.array([0, 1, 1]), 0, np.array([4, 4, 4]))
    assert (train.tolist(), val.tolist()) == ([0, 1, 2], [])

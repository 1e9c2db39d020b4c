"""The split of one's own tables into rows of train and of test."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dabench.domains.own.rows import TEST, TRAIN
from dabench.domains.own.usable_rows import Table
from dabench.errors import DataError


def split_rows(table: Table, classes: Sequence[str], test_share: float, split_seed: int) -> dict[str, np.ndarray]:
    """Rows of train and of test, sorted; where the split is drawn, a share of every class goes to test."""
    from dabench.seeding import numpy_generator

    if table.split is not None:
        usable = table.labels.isin(classes)
        return {side: np.flatnonzero(usable & (table.split == side)) for side in (TRAIN, TEST)}
    if table.groups is not None:
        return _groups_apart(table, classes, test_share, split_seed)
    sides: dict[str, list[np.ndarray]] = {TRAIN: [], TEST: []}
    for name in classes:
        rows = np.flatnonzero(table.labels == name)
        count = min(max(1, round(test_share * len(rows))), len(rows) - 1)
        drawn = numpy_generator(split_seed, f"own split:{name}").permutation(rows)
        sides[TEST].append(drawn[:count])
        sides[TRAIN].append(drawn[count:])
    return {side: np.sort(np.concatenate(parts)) for side, parts in sides.items()}


def _groups_apart(table: Table, classes: Sequence[str], test_share: float, split_seed: int) -> dict[str, np.ndarray]:
    """Whole groups go to test, in random order, until it has its share of the rows.

    Raises:
        DataError: a group is empty, or a class is on one side only.
    """
    from dabench.seeding import numpy_generator

    assert table.groups is not None
    if table.groups.isna().any():
        raise DataError("the group of a row is empty")
    groups, usable = table.groups.to_numpy(str), table.labels.isin(classes).to_numpy()
    names = np.unique(groups[usable])
    drawn = numpy_generator(split_seed, "own split:groups").permutation(names)
    sizes = np.cumsum([np.count_nonzero(usable & (groups == name)) for name in drawn])
    count = min(max(1, int(np.searchsorted(sizes, test_share * usable.sum())) + 1), len(names) - 1)
    test = usable & np.isin(groups, drawn[:count])
    sides = {TRAIN: np.flatnonzero(usable & ~test), TEST: np.flatnonzero(test)}
    for side, rows in sides.items():
        lacking = [name for name in classes if not (table.labels.iloc[rows] == name).any()]
        if lacking:
            raise DataError(
                f"with whole groups the {side} split has no row of {', '.join(lacking)}: try another `split_seed`, or "
                "split the files yourself (DOMAIN/train.csv and DOMAIN/test.csv)"
            )
    return sides

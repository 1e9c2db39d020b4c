"""Whether two domains are views of one recording, as the track paired needs them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dabench.data.arrays import DomainArrays, Split
from dabench.errors import DataError


def check_views(source: DomainArrays, target: DomainArrays, names: tuple[str, str]) -> None:
    """Refuse domains whose rows cannot belong together.

    Raises:
        DataError: classes, labels or groups differ.
    """
    if source.classes != target.classes:
        raise DataError(f"{names[0]} and {names[1]} do not have the same classes")
    ours, theirs = source.train, target.train
    what = f"{names[0]} and {names[1]} say that they are views of one recording, but in train"
    if len(ours.y) != len(theirs.y):
        raise DataError(f"{what} the one has {len(ours.y)} rows, the other {len(theirs.y)}")
    if not np.array_equal(ours.y, theirs.y):
        row = int(np.flatnonzero(ours.y != theirs.y)[0])
        raise DataError(f"{what} row {row} has the label {ours.y[row]} in the one and {theirs.y[row]} in the other")
    if (ours.groups is None) != (theirs.groups is None) or not np.array_equal(_groups(ours), _groups(theirs)):
        raise DataError(f"{what} their groups are not the same")


def _groups(split: Split) -> NDArray[np.int64]:
    return np.zeros(0, dtype=np.int64) if split.groups is None else split.groups

import numpy as np
import pytest

from dabench.data.arrays import DomainArrays, Split
from dabench.errors import DataError

X = np.zeros((4, 3, 2, 2), np.uint8)
Y = np.zeros(4, np.int64)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (X.astype(np.int64), Y, "uint8, float32 or float64, not int64"),
        (X[:, 0], Y, r"images \(N, C, H, W\)"),
        (X, Y[:3], "y must be int64"),
        (X, Y.astype(np.int32), "y must be int64"),
        (X[:0], Y[:0], "without examples"),
    ],
)
def test_wrong_splits_are_refused(x: np.ndarray, y: np.ndarray, words: str) -> None:
    with pytest.raises(DataError, match=words):
        Split(x, y)


@pytest.mark.parametrize("groups", [np.arange(3), np.zeros(4, np.int32)])
def test_wrong_groups_are_refused(groups: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"groups must be int64 of shape \(4,\)"):
        Split(X, Y, groups)


def test_wrong_domains_are_refused() -> None:
    with pytest.raises(DataError, match="test labels lie outside"):
        DomainArrays(Split(X, Y), Split(X, Y + 2), ("a", "b"))
    with pytest.raises(DataError, match="differ in shape"):
        DomainArrays(Split(X, Y), Split(np.zeros((4, 3, 5, 5), np.uint8), Y), ("a",))

"""Arrays of a domain: what is refused, and the one form of sparse examples."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse

from dabench.data.arrays import DomainArrays, Split, csr
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


@pytest.mark.parametrize(
    ("aux", "words"),
    [
        ({"font": np.zeros(3, np.int64)}, r"aux font must be int64 of shape \(4,\), not int64 \(3,\)"),
        ({"font": np.zeros(4, np.int32)}, r"aux font must be int64 of shape \(4,\), not int32"),
        ({"font": np.array([0, -1, 0, 0])}, "second labels font are numbers from 0, and the least is -1"),
        ({"a/b": np.zeros(4, np.int64)}, "second labels need a name such as font, not 'a/b'"),
    ],
)
def test_wrong_second_labels_are_refused(aux: dict[str, np.ndarray], words: str) -> None:
    with pytest.raises(DataError, match=words):
        DomainArrays(Split(X, Y), Split(X[:2], Y[:2]), ("a",), aux=aux)


def test_one_content_has_one_form() -> None:
    entries = np.array([1.0, 2.0, 3.0, 0.0]), (np.array([0, 0, 0, 1]), np.array([4, 1, 4, 2]))
    made = csr(scipy.sparse.coo_matrix(entries, shape=(2, 5)))
    assert made.data.tolist() == [2, 4]
    assert made.indices.tolist() == [1, 4]
    assert made.indptr.tolist() == [0, 2, 2]


@pytest.mark.parametrize(
    "x",
    [
        scipy.sparse.csr_matrix(np.eye(2, dtype=np.float32)),
        scipy.sparse.csc_array(np.eye(2, dtype=np.float32)),
        scipy.sparse.csr_array((np.zeros(1, np.float32), np.zeros(1, np.int32), np.array([0, 1, 1], np.int32)), (2, 2)),
    ],
)
def test_another_form_is_refused(x: object) -> None:
    with pytest.raises(DataError, match="csr_array"):
        Split(x, np.array([0, 1]))  # type: ignore[arg-type]


def test_train_and_test_are_of_one_kind() -> None:
    dense = np.eye(2, dtype=np.float32)
    y = np.array([0, 1])
    with pytest.raises(DataError, match="one of train and test is sparse"):
        DomainArrays(Split(dense, y), Split(csr(dense), y), ("a", "b"))


def test_sparse_examples_are_float32() -> None:
    x = scipy.sparse.csr_array(np.eye(4))
    x.indices, x.indptr = x.indices.astype(np.int32), x.indptr.astype(np.int32)
    with pytest.raises(DataError, match="sparse examples must be a csr_array"):
        Split(x, np.zeros(4, np.int64))

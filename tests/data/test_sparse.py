"""Sparse examples: their one form, and their way through the store."""

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from dabench.data.arrays import DomainArrays, Split, csr
from dabench.data.prepared import content_sha256, prepare
from dabench.errors import DataError
from dabench.plugin.registry import Registry
from dabench.specs.spec import DomainSpec


def test_a_sparse_domain_comes_back_as_it_was(data: Path, registry: Registry) -> None:
    spec = registry.get(DomainSpec, "toy_sparse_a").spec
    made: DomainArrays = spec.load()()
    prepared = prepare(spec)
    arrays = prepared.open()
    for split, original in ((arrays.train, made.train), (arrays.test, made.test)):
        assert isinstance(split.x, scipy.sparse.csr_array)
        assert split.x.dtype == np.float32
        assert split.x.indices.dtype == split.x.indptr.dtype == np.int32
        assert (split.x != original.x).nnz == 0
        assert np.array_equal(split.y, original.y)
    assert prepared.shape == (12,)
    assert prepared.sha256 == content_sha256(arrays) == content_sha256(made)
    assert not list(prepared.folder.glob("*_x.npy"))


def test_the_values_are_mapped_not_read(data: Path, registry: Registry) -> None:
    base = prepare(registry.get(DomainSpec, "toy_sparse_a").spec).open().train.x.data
    while not isinstance(base, np.memmap):
        base = base.base
        assert base is not None


def test_where_a_value_stands_is_content() -> None:
    def domain(dense: list[list[float]]) -> DomainArrays:
        split = Split(csr(np.array(dense)), np.array([0, 1]))
        return DomainArrays(split, split, ("a", "b"))

    hashes = [content_sha256(domain(rows)) for rows in ([[1, 0], [0, 2]], [[0, 1], [0, 2]], [[1, 0], [2, 0]])]
    assert len(set(hashes)) == 3


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

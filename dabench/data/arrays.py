"""The result of a domain's loader: two labelled splits as plain arrays. And the same without the labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, issparse

from dabench.errors import DataError


@dataclass(frozen=True)
class Split:
    """Examples and their labels.

    Attributes:
        x: uint8 images (N, C, H, W), float32 or float64 (N, ...), or sparse float32 vectors (N, D) as made by `csr`.
            Sparse ones are for feature methods, and for networks up to a width. float64 is for values that float32
            would round, such as seconds since 1970: they are normalised as they are, and what a network sees is
            float32.
        y: int64 (N,), from 0 to the number of classes - 1.
        groups: int64 (N,): examples with the same number are so alike that they must stand on one side of any split,
            such as the frames of one track or the windows of one person; None where examples are independent.
    """

    x: NDArray[np.uint8] | NDArray[np.float32] | NDArray[np.float64]
    y: NDArray[np.int64]
    groups: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        _check_examples(self.x, y=self.y, groups=self.groups)


@dataclass(frozen=True)
class Examples:
    """Examples without labels: of a target, as a run gets it. See `Split` for the fields."""

    x: NDArray[np.uint8] | NDArray[np.float32] | NDArray[np.float64]
    groups: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        _check_examples(self.x, groups=self.groups)


@dataclass(frozen=True)
class DomainExamples:
    """A domain without its labels."""

    train: Examples
    test: Examples
    classes: tuple[str, ...]

    def labelled(
        self,
        train_y: NDArray[np.int64],
        test_y: NDArray[np.int64],
        aux: Mapping[str, NDArray[np.int64]] | None = None,
    ) -> DomainArrays:
        """The same with labels, and with second ones of train if there are any."""
        train, test = self.train, self.test
        return DomainArrays(
            Split(train.x, train_y, train.groups),
            Split(test.x, test_y, test.groups),
            classes=self.classes,
            aux=aux or {},
        )


@dataclass(frozen=True)
class DomainArrays:
    """A domain: a train and a test split that share no example, and the names of the classes.

    Attributes:
        left_out: what could not be read or used, one phrase each; see `DomainSpec.strict`.
        notes: what else is worth knowing, such as categories that the encoding does not know.
        aux: second labels of train by name, int64 (N,) from 0, such as the font of a digit or the person of a window.
            A method that learns several tasks learns them (`MethodSpec.sees_second_labels`). Where both domains have
            some of one name, a number means the same in both.
    """

    train: Split
    test: Split
    classes: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    aux: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, split in (("train", self.train), ("test", self.test)):
            if split.y.min() < 0 or split.y.max() >= len(self.classes):
                raise DataError(f"{name} labels lie outside 0..{len(self.classes) - 1}")
        if self.train.x.shape[1:] != self.test.x.shape[1:] or self.train.x.dtype != self.test.x.dtype:
            raise DataError("train and test differ in shape or type")
        if issparse(self.train.x) != issparse(self.test.x):
            raise DataError("one of train and test is sparse, the other is not")
        _check_columns(self.train.x.shape[0], **{f"aux {name}": labels for name, labels in self.aux.items()})
        for name, labels in self.aux.items():
            if not name.isidentifier():
                raise DataError(f"second labels need a name such as font, not {name!r}")
            if labels.min() < 0:
                raise DataError(f"the second labels {name} are numbers from 0, and the least is {labels.min()}")


def csr(matrix: Any) -> Any:
    """Any matrix (N, D) as a float32 `scipy.sparse.csr_array` in the one form that `Split` takes.

    Columns of a row are sorted, no zero is stored, and the indices are int32, which is what scikit-learn takes.
    """
    made = csr_array(matrix, dtype=np.float32, copy=True)
    made.sum_duplicates()
    made.eliminate_zeros()
    made.indices, made.indptr = made.indices.astype(np.int32), made.indptr.astype(np.int32)
    return made


def _check_examples(x: Any, **columns: NDArray[np.int64] | None) -> None:
    """Refuse examples of a wrong type or shape, and columns, such as labels, that do not fit them."""
    if issparse(x):
        _check_sparse(x)
    if x.dtype not in (np.uint8, np.float32, np.float64):
        raise DataError(f"x must be uint8, float32 or float64, not {x.dtype}")
    if x.dtype == np.uint8 and x.ndim != 4:
        raise DataError(f"uint8 examples are images (N, C, H, W), not {x.shape}")
    rows = x.shape[0]
    _check_columns(rows, **columns)
    if rows == 0:
        raise DataError("a split without examples")


def _check_columns(rows: int, **columns: NDArray[np.int64] | None) -> None:
    for name, column in columns.items():
        if column is not None and (column.dtype != np.int64 or column.shape != (rows,)):
            raise DataError(f"{name} must be int64 of shape ({rows},), not {column.dtype} {column.shape}")


def _check_sparse(x: Any) -> None:
    good = isinstance(x, csr_array) and x.ndim == 2 and x.has_canonical_format and np.all(x.data != 0)
    if not (good and x.dtype == np.float32 and x.indices.dtype == x.indptr.dtype == np.int32):
        raise DataError("sparse examples must be a csr_array as made by dabench.data.arrays.csr")

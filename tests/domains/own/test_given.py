"""Pairs of arrays: every form that is taken, and what is said of those that are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.sparse import coo_array

import dabench
from dabench.data.prepared import prepare
from dabench.errors import DataError, UsageError

Y = np.array([0, 1] * 10)


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(len(shape)).normal(size=shape)


def both(x: Any, y: Any = Y, **options: Any) -> dabench.Pair:
    return dabench.pair(source=(x, y), target=(x, y), **options)


@pytest.mark.parametrize(
    ("x", "kind", "shape", "dtype"),
    [
        (noise(20, 3), "vectors", (3,), np.float64),
        (noise(20, 3).astype(np.float16), "vectors", (3,), np.float32),
        (np.arange(60).reshape(20, 3), "vectors", (3,), np.float64),
        (noise(20, 3) > 0, "vectors", (3,), np.float32),
        (pd.DataFrame(noise(20, 3)), "vectors", (3,), np.float64),
        (torch.zeros(20, 3), "vectors", (3,), np.float32),
        (torch.zeros(20, 3, requires_grad=True), "vectors", (3,), np.float32),
        (noise(20, 3).tolist(), "vectors", (3,), np.float64),
        (coo_array(noise(20, 3)), "sparse vectors", (3,), np.float32),
        (noise(20, 3, 8), "windows", (3, 8), np.float32),
        (np.zeros((20, 8, 8), np.uint8), "images", (1, 8, 8), np.uint8),
        (np.zeros((20, 8, 8, 3), np.uint8), "images", (3, 8, 8), np.uint8),
        (np.zeros((20, 3, 8, 8), np.uint8), "images", (3, 8, 8), np.uint8),
    ],
    ids=str,
)
def test_what_is_taken(x: Any, kind: str, shape: tuple[int, ...], dtype: type) -> None:
    made = both(x)
    arrays = made.target.arrays
    assert (made.kind, arrays.train.x.shape[1:], arrays.train.x.dtype) == (kind, shape, dtype)
    assert (arrays.train.x.shape[0], arrays.test.x.shape[0]) == (14, 6)


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (np.array([10, 9] * 10), ("9", "10")),
        (np.array([10.0, 9.0] * 10), ("9", "10")),
        (np.array(["dog", "cat"] * 10), ("cat", "dog")),
        (pd.Series(["dog", "cat"] * 10), ("cat", "dog")),
        (pd.Categorical(["dog", "cat"] * 10), ("cat", "dog")),
        ([True, False] * 10, ("False", "True")),
        (torch.tensor([1, 0] * 10), ("0", "1")),
    ],
)
def test_labels_become_names_of_classes(y: Any, classes: tuple[str, ...]) -> None:
    assert both(noise(20, 3), y).source.arrays.classes == classes


X = noise(20, 3)
HOLE = np.where(np.arange(60).reshape(20, 3) == 33, np.nan, X)
BAD: dict[str, tuple[Any, Any, str]] = {
    "one dimension": (np.zeros(20), Y, r"shape \(20,\).*reshape\(-1, 1\)"),
    "five dimensions": (np.zeros((20, 1, 2, 2, 2)), Y, "no vectors, windows or images"),
    "no columns": (np.zeros((20, 0)), Y, r"shape \(20, 0\)"),
    "texts": (np.array([["a"]] * 20), Y, "not <U1; texts become vectors first"),
    "objects": (np.array([[object()]] * 20), Y, "not object"),
    "complex": (np.zeros((20, 2), complex), Y, "not complex128"),
    "dates": (np.zeros((20, 2), "datetime64[s]"), Y, "not datetime64"),
    "ragged": ([[1.0]] * 19 + [[1.0, 2.0]], Y, "no array can be made"),
    "not finite": (HOLE, Y, "1 examples .* the first is row 11"),
    "too large": (np.full((20, 2), 1e300), Y, "not finite as float32"),
    "sparse and not finite": (coo_array(HOLE), Y, "sparse matrix has values that are not finite"),
    "strange channels": (np.zeros((20, 5, 8, 8), np.uint8), Y, "neither images"),
    "other lengths": (X, Y[:-1], "20 examples and 19 labels"),
    "none": (X[:0], Y[:0], "no examples"),
    "one-hot": (X, np.eye(2)[Y], r"argmax\(axis=1\)"),
    "a column": (X, Y[:, None], r"y.ravel\(\)"),
    "fractions": (X, Y + 0.5, "with fractions"),
    "missing numbers": (X, np.where(Y == 1, np.nan, 0.0), "with fractions"),
    "missing names": (X, np.array(["a", None] * 10, object), "10 labels are missing, the first is row 1"),
    "one class": (X, np.zeros(20, int), "two classes or more"),
    "a single example": (X, np.array([2] + [0, 1] * 9 + [0]), "1 example of the class 2"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_taken_is_told(name: str) -> None:
    x, y, match = BAD[name]
    with pytest.raises(DataError, match=match):
        both(x, y)


def test_labels_that_differ_name_the_classes_and_the_way_out() -> None:
    with pytest.raises(DataError, match=r"source alone has 2; .*|source alone has 2, and target alone has 3") as raised:
        dabench.pair(source=(noise(30, 2), [0, 1, 2] * 10), target=(noise(30, 2), [0, 1, 3] * 10))
    assert "classes=['0', '1'] takes those that both have" in str(raised.value)
    made = dabench.pair(source=(noise(30, 2), [0, 1, 2] * 10), target=(noise(30, 2), [0, 1, 3] * 10), classes=[0, 1])
    assert made.source.arrays.classes == ("0", "1")
    assert len(made.target.arrays.train.y) + len(made.target.arrays.test.y) == 20
    with pytest.raises(DataError, match="source has no examples of 7; it has 0, 1"):
        both(X, classes=[0, 7])


def test_domains_must_have_one_form() -> None:
    with pytest.raises(DataError, match="different kinds"):
        dabench.pair(source=(X, Y), target=(noise(20, 3, 8), Y))
    with pytest.raises(DataError, match=r"source have the shape \(3,\), those of target \(4,\)"):
        dabench.pair(source=(X, Y), target=(noise(20, 4), Y))


@pytest.mark.parametrize("name", ["one", "a:a", "A:b", "a:b:c", "../x:y"])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(UsageError, match="not of the form source:target"):
        both(X, name=name)
    with pytest.raises(UsageError, match="test_share"):
        both(X, test_share=1.0)
    with pytest.raises(UsageError, match="source is"):
        dabench.pair(source=X, target=(X, Y))  # type: ignore[arg-type]


def test_a_given_split_stays_and_a_drawn_one_depends_on_its_seed_alone() -> None:
    given = dabench.pair(source=(X, Y, X[:4], Y[:4]), target=(X, Y, X[:6], Y[:6]))
    assert (len(given.source.arrays.test.y), len(given.target.arrays.test.y)) == (4, 6)
    first, again, other = (both(X, split_seed=seed).source.arrays.test.x for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.slow
def test_a_prepared_copy_belongs_to_its_arrays() -> None:
    first, other = prepare(both(X).source), prepare(both(X + 1).source)
    assert first.folder != other.folder
    assert prepare(both(X).source).folder == first.folder
    assert np.array_equal(first.open().train.x, both(X).source.arrays.train.x)


def test_a_pair_says_in_a_line_what_it_is() -> None:
    said = repr(both(noise(20, 3), name="lab:field", test_share=0.5))
    assert said == "<Pair lab:field: vectors, 2 classes, 10 rows to learn from>"

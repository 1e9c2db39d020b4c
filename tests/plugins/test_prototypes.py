"""Prototypes and matching by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from dabench_plugins.prototypes import Matching, Prototypes
from scipy.sparse import csr_array
from scipy.special import softmax

from dabench import Problem
from dabench.methods.problem import Labelled

SOURCE, SOURCE_Y = np.array([[0, 0], [2, 0], [0, 8], [4, 4]], dtype=np.float32), np.array([0, 0, 1, 2])
TARGET = np.array([[1, 1], [3, 1], [0, 4], [9, 9]], dtype=np.float32)
TESTED = np.array([[2, 2], [1, 5]], dtype=np.float32)


def fitted(cls: Any, sparse: bool = False, **options: Any) -> Any:
    form = csr_array if sparse else np.asarray
    problem: Any = Problem(
        "few_shot", 3, form(SOURCE), SOURCE_Y, form(TARGET), None, lambda x: x,
        few_shot=Labelled(np.array([0, 1, 2]), np.array([0, 0, 1])),
    )  # fmt: skip
    method = cls(cls.Options(**options), lambda: None)
    method.fit(problem)
    return method


def test_the_scores_are_squared_distances_to_the_means() -> None:
    scores = fitted(Prototypes, temperature=2.0).predict(TESTED)
    for mean, column in (((2, 1), 0), ((0, 4), 1)):
        assert scores[:, column] == pytest.approx(-((TESTED - np.array(mean)) ** 2).sum(1) / 2)
    assert (scores[:, 2] < -1e20).all()  # no labelled example of the class, and no source


def test_the_source_counts_as_so_many_target_examples() -> None:
    means = fitted(Prototypes, source=2.0)._means
    assert means[0] == pytest.approx((2 * np.array([2, 1]) + 2 * np.array([1, 0])) / 4)
    assert means[1] == pytest.approx((np.array([0, 4]) + 2 * np.array([0, 8])) / 3)
    assert means[2] == pytest.approx([4, 4])
    assert fitted(Prototypes, source=1e9)._means[:2] == pytest.approx(np.array([[1, 0], [0, 8]]), abs=1e-6)


def test_matching_weighs_labels_by_the_softmax_of_cosines() -> None:
    scores = fitted(Matching, temperature=0.5).predict(TESTED)
    support = TARGET[:3] / np.linalg.norm(TARGET[:3], axis=1, keepdims=True)
    cosines = TESTED / np.linalg.norm(TESTED, axis=1, keepdims=True) @ support.T
    weights = softmax(cosines / 0.5, axis=1)
    assert np.exp(scores[:, :2]) == pytest.approx(np.stack([weights[:, :2].sum(1), weights[:, 2]], 1), rel=1e-5)


def test_only_the_nearest_are_asked() -> None:
    scores = fitted(Matching, neighbours=1).predict(TESTED)
    assert np.exp(scores).round(6).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert np.isfinite(fitted(Matching, neighbours=9, source=True).predict(TESTED)).all()


@pytest.mark.parametrize("cls", [Prototypes, Matching])
def test_sparse_vectors_are_the_same_as_dense_ones(cls: Any) -> None:
    dense = fitted(cls, source=1).predict(TESTED)
    assert np.array_equal(dense, fitted(cls, sparse=True, source=1).predict(csr_array(TESTED)))

"""FEDA and the other methods on feature vectors: their formulae, and what they make of simple cases."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from dabench_plugins.all import AllFeatures
from dabench_plugins.ea_plus_plus import EaPlusPlus
from dabench_plugins.feda import Feda, augmented
from dabench_plugins.folds import choose
from dabench_plugins.lin_int import LinInt
from dabench_plugins.prior import Prior
from dabench_plugins.squared_hinge import SquaredHinge
from dabench_plugins.target_k import TargetKFeatures
from scipy.sparse import issparse
from sklearn.svm import LinearSVC

from dabench import Problem
from dabench.data.arrays import csr
from dabench.execution.readout import Readout
from dabench.methods.problem import Labelled

RANDOM = np.random.Generator(np.random.PCG64(1))
X, OTHER = (RANDOM.normal(size=(rows, 4)).astype(np.float32) for rows in (6, 5))


def fitted(cls: Any, problem: Problem[Any, Any], **options: Any) -> Any:
    method = cls(cls.Options(**options), partial(Readout, "linear_svm", problem.classes, 0))
    method.fit(problem)
    return method


def flipped(sparse: bool = False, labelled: int = 60) -> tuple[Problem[Any, Any], Any, Any]:
    """Three columns say the class in both domains; the fourth does in the source, and the opposite in the target."""
    generator = np.random.Generator(np.random.PCG64(7))

    def domain(rows: int, sign: int) -> tuple[Any, Any]:
        y = np.arange(rows) % 2
        x = (2 * y[:, None] - 1) * np.array([0.5, 0.5, 0.5, 1.5 * sign]) + generator.normal(size=(rows, 4))
        return csr(x) if sparse else x.astype(np.float32), y

    (source_x, source_y), (target_x, target_y), (test_x, test_y) = domain(400, 1), domain(300, -1), domain(500, -1)
    rows = np.arange(labelled)
    problem = Problem(
        "few_shot", 2, source_x, source_y, target_x, None, lambda x: x, few_shot=Labelled(rows, target_y[rows])
    )
    return problem, test_x, test_y


def accuracy(method: Any, x: Any, y: Any) -> float:
    return float(np.mean(method.predict(x).argmax(axis=1) == y))


def test_source_and_target_are_augmented_as_in_the_paper() -> None:
    nothing = np.zeros_like(X)
    assert np.array_equal(augmented(X, 0), np.hstack([X, X, nothing]))
    assert np.array_equal(augmented(X, 1), np.hstack([X, nothing, X]))
    assert np.array_equal(augmented(X, 1, domains=3), np.hstack([X, nothing, X, nothing]))


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize(("domain", "other", "factor"), [(0, 0, 2), (1, 1, 2), (0, 1, 1), (2, 0, 1), (2, 2, 2)])
def test_the_kernel_is_twice_the_old_one_within_a_domain(sparse: bool, domain: int, other: int, factor: int) -> None:
    one, two = (csr(x) if sparse else x for x in (X, OTHER))
    kernel = augmented(one, domain, 3) @ augmented(two, other, 3).T
    assert issparse(kernel) == sparse
    found = kernel.toarray() if sparse else kernel
    assert found == pytest.approx(factor * X @ OTHER.T, rel=1e-5, abs=1e-6)


def test_feda_keeps_what_is_shared_and_turns_what_is_not() -> None:
    problem, x, y = flipped()
    found = {cls.__name__: accuracy(fitted(cls, problem), x, y) for cls in (Feda, AllFeatures, TargetKFeatures)}
    assert found["Feda"] > found["AllFeatures"] + 0.1
    assert found["Feda"] >= found["TargetKFeatures"] - 0.01


def test_feda_is_the_same_on_sparse_vectors() -> None:
    (dense, x, _), (sparse, same, _) = flipped(), flipped(sparse=True)
    assert fitted(Feda, sparse).predict(same) == pytest.approx(fitted(Feda, dense).predict(x), abs=2e-2)


def test_the_machines_are_those_of_liblinear() -> None:
    problem, x, _ = flipped()
    theirs = LinearSVC(dual=True, max_iter=100_000, tol=1e-6, random_state=0).fit(problem.source_x, problem.source_y)
    ours = SquaredHinge(2).fit(problem.source_x, problem.source_y).decision_function(x)
    assert ours[:, 1] == pytest.approx(theirs.decision_function(x), abs=1e-3)
    assert ours[:, 0] == pytest.approx(-ours[:, 1], abs=1e-3)


def test_a_strong_prior_leaves_the_source_as_it_is_and_a_weak_one_moves_it() -> None:
    problem, x, _ = flipped()
    (labelled, y) = problem.labelled
    start = np.full((len(y), 2), 0.3)
    moved = [SquaredHinge(2).fit(labelled, y, c=c, prior=start).decision_function(x) for c in (1e-9, 1.0)]
    assert np.abs(moved[0]).max() < 1e-5
    assert np.abs(moved[1]).max() > 0.5


@pytest.mark.parametrize("cls", [Prior, LinInt])
def test_a_mixture_beats_the_source_and_is_not_far_from_the_target(cls: Any) -> None:
    problem, x, y = flipped(labelled=30)
    assert accuracy(fitted(cls, problem), x, y) > 0.8


def test_unlabelled_examples_draw_source_and_target_weights_together() -> None:
    problem, _, _ = flipped()

    def disagreement(weight: float) -> float:
        weights = fitted(EaPlusPlus, problem, weight=weight)._machines._weights
        return float(np.abs(problem.target_x @ (weights[4:8] - weights[8:12])).mean())

    assert disagreement(0) > 2 * disagreement(0.1) > 4 * disagreement(10)


def test_a_number_is_chosen_on_held_out_labels() -> None:
    y = np.array([0, 0, 0, 1, 1, 2])
    held: list[list[bool]] = []

    def right(mask: Any) -> list[int]:
        held.append(mask.tolist())
        return [1, 3, 2]

    assert choose((0.1, 0.2, 0.3), y, right) == 0.2
    assert [sum(mask) for mask in held] == [2, 2, 1]
    assert not any(mask[5] for mask in held)  # the only one of its class
    assert choose((0.1, 0.2, 0.3), np.array([0, 1, 2]), right) == 0.1  # with one shot nothing can be held out

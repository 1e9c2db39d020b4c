"""Subspace alignment against its definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from dabench_plugins import subspace_alignment
from dabench_plugins.subspace_alignment import DEFAULT, DIMENSIONS, SubspaceAlignment, align
from pydantic import ValidationError

from dabench.data.arrays import csr
from dabench.execution.readout import Readout
from dabench.methods.problem import Problem

Array = np.ndarray


def _problem(rows: int = 120, columns: int = 6) -> Any:
    """Three classes in a plane of the source; in the target the plane lies elsewhere."""
    generator = np.random.default_rng(0)
    y = np.arange(rows) % 3
    centres = 4 * np.array([[1, 0], [-0.5, 0.9], [-0.5, -0.9]])
    planar = [centres[y] + generator.normal(scale=0.6, size=(rows, 2)) for _ in range(2)]
    turns = [np.linalg.qr(generator.normal(size=(columns, columns)))[0][:2] for _ in range(2)]
    source, target = (
        (p @ t + generator.normal(scale=0.2, size=(rows, columns))).astype(np.float32)
        for p, t in zip(planar, turns, strict=True)
    )
    return Problem("unsupervised", 3, source, y, target, None, lambda x: x), y


def _fitted(
    problem: Any, kind: str = "linear_svm", labels: list[Array] | None = None, **options: Any
) -> tuple[SubspaceAlignment, list[Array]]:
    """A fitted method, and the features that its classifiers were fitted on; their labels are added to `labels`."""
    seen: list[Array] = []

    class Spy(Readout):
        def fit(self, x: Any, y: Any) -> Readout:
            seen.append(x)
            if labels is not None:
                labels.append(y)
            return super().fit(x, y)

    method = SubspaceAlignment(SubspaceAlignment.Options(**options), lambda: Spy(kind, problem.classes, 0))
    method.fit(problem)
    return method, seen


def _principal(x: Array, dimension: int) -> Array:
    """The first principal axes, from the eigenvectors of the covariance."""
    values, vectors = np.linalg.eigh(np.cov(x, rowvar=False))
    return vectors[:, np.argsort(values)[::-1][:dimension]]


def test_it_is_the_definition() -> None:
    problem, _ = _problem()
    _, (aligned,) = _fitted(problem, dimension=2)
    source, target = (np.asarray(x, dtype=float) for x in (problem.source_x, problem.target_x))
    source, target = ((x - x.mean(0)) / x.std(0) for x in (source, target))
    own, other = _principal(source, 2), _principal(target, 2)
    expected = source @ own @ own.T @ other
    assert np.allclose(np.abs(aligned), np.abs(expected), atol=1e-4)  # the sign of an axis of the target is free
    similarity = source @ own @ own.T @ other @ other.T @ target.T  # and the similarity of the paper is free of it
    method, _ = _fitted(problem, dimension=2)
    assert np.allclose(aligned @ (target @ method._axes).T, similarity, atol=1e-3)


def test_the_alignment_is_the_nearest_that_there_is() -> None:
    generator = np.random.default_rng(1)
    own, other = (np.linalg.qr(generator.normal(size=(5, 5)))[0] for _ in range(2))
    matrix = align(own[:, :2].T @ own, own.T @ other, 2)  # the rows are the axes themselves, so what is left is M
    best = np.linalg.lstsq(own[:, :2], other[:, :2], rcond=None)[0]
    assert np.allclose(matrix, best)


def test_with_equal_domains_nothing_is_lost() -> None:
    problem, y = _problem()
    same = Problem("unsupervised", 3, problem.source_x, y, problem.source_x, None, lambda x: x)
    method, (aligned,) = _fitted(same, dimension=6)
    x = np.asarray(problem.source_x, dtype=float)
    gram = ((x - x.mean(0)) / x.std(0)) @ ((x - x.mean(0)) / x.std(0)).T
    assert np.allclose(aligned @ aligned.T, gram, atol=1e-3)
    assert np.mean(method.predict(problem.source_x).argmax(1) == y) > 0.95


def test_without_zscores_the_columns_are_centred_only() -> None:
    problem, _ = _problem()
    _, (aligned,) = _fitted(problem, dimension=2, zscore=False)
    source, target = (np.asarray(x, dtype=float) - x.mean(0) for x in (problem.source_x, problem.target_x))
    own, other = _principal(source, 2), _principal(target, 2)
    assert np.allclose(np.abs(aligned), np.abs(source @ own @ own.T @ other), atol=1e-4)


def test_the_dimension_is_chosen_on_the_source_alone() -> None:
    problem, _ = _problem(columns=12)
    method, seen = _fitted(problem)
    folds, (final,) = seen[:-1], seen[-1:]
    assert method.dimension == final.shape[1]
    assert {x.shape[1] for x in folds} == {d for d in DIMENSIONS if d < 12} | {12}
    assert {len(x) for x in folds} == {60}
    shares = {d: np.mean([_share(problem, d, half) for half in (0, 1)]) for d in (2, 5, 10, 12)}
    assert method.dimension == max(shares, key=lambda d: (shares[d], -d))


def _share(problem: Any, dimension: int, half: int) -> float:
    """The share of one half of the aligned source that a classifier of the other half gets right, by hand."""
    _, (aligned,) = _fitted(problem, dimension=dimension)
    y = problem.source_y
    half_of = np.arange(len(y)) // 3 % 2  # labels go round, so every second example of a class
    train, test = half_of == half, half_of != half
    model = Readout("linear_svm", 3, 0).fit(aligned[train], y[train])
    return float(np.mean(model.decision_function(aligned[test]).argmax(1) == y[test]))


@pytest.mark.slow
def test_the_search_costs_at_most_seven_fits_of_a_thousand_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[int] = []
    axes = subspace_alignment.principal_axes

    def counted(x: Array, count: int) -> Array:
        found.append(count)
        return axes(x, count)

    monkeypatch.setattr(subspace_alignment, "principal_axes", counted)
    for rows in (300, 3000):
        problem, _ = _problem(rows, columns=200)
        found.clear()
        _, seen = _fitted(problem)
        assert sum(len(x) for x in seen[:-1]) == 7 * min(rows, 1000)
        assert found == [max(DIMENSIONS)] * 2, "the axes of each domain are found once, and no more than are tried"


def test_fewer_dimensions_than_classes_take_are_not_tried() -> None:
    generator = np.random.default_rng(0)
    x, z = (generator.normal(size=(90, 12)).astype(np.float32) for _ in range(2))
    for classes, tried in ((3, {2, 5, 10, 12}), (9, {10, 12}), (12, {12}), (30, {12})):
        y = np.arange(90) % classes
        _, seen = _fitted(Problem("unsupervised", classes, x, y, z, None, lambda x: x))
        assert {v.shape[1] for v in seen} == tried | {seen[-1].shape[1]}
        assert len(seen) == (1 if len(tried) == 1 else 2 * len(tried) + 1), "a single choice needs no search"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["linear_svm", "linear_svm_cv", "libsvm_cv", "nearest_neighbour"])
def test_a_class_with_one_row_takes_no_part_in_the_search(kind: str) -> None:
    problem, y = _problem(columns=12)
    alone = np.concatenate([np.flatnonzero(y != 2), np.flatnonzero(y == 2)[:1]])
    lonely = Problem("unsupervised", 3, problem.source_x[alone], y[alone], problem.target_x, None, lambda x: x)
    labels: list[Array] = []
    method, _ = _fitted(lonely, kind, labels)
    *folds, final = labels
    assert {tuple(np.unique(fold)) for fold in folds} == {(0, 1)}, "every fold has every class that takes part"
    assert set(final) == {0, 1, 2}
    without = Problem(
        "unsupervised", 3, lonely.source_x[:-1], lonely.source_y[:-1], problem.target_x, None, lambda x: x
    )
    assert {x.shape[1] for x in _fitted(without, kind)[1]} == {x.shape[1] for x in _fitted(lonely, kind)[1]}
    assert method.predict(problem.target_x).shape == (120, 3)


@pytest.mark.parametrize(("columns", "dimension"), [(30, DEFAULT), (7, 7)])
def test_where_nothing_can_be_chosen_the_dimension_is_20(columns: int, dimension: int) -> None:
    generator = np.random.default_rng(0)
    x, z = (generator.normal(size=(60, columns)).astype(np.float32) for _ in range(2))
    method, seen = _fitted(Problem("unsupervised", 2, x, np.arange(60) // 59, z, None, lambda x: x))
    assert (method.dimension, len(seen)) == (dimension, 1)


def test_one_row_has_no_principal_axes() -> None:
    problem, y = _problem()
    single = Problem("unsupervised", 3, problem.source_x, y, problem.target_x[:1], None, lambda x: x)
    with pytest.raises(
        ValueError, match="two rows of each domain for principal axes: the source has 120, the target 1"
    ):
        _fitted(single)


@pytest.mark.parametrize(("rows", "columns"), [(50, 8), (8, 50)])
def test_the_principal_axes_are_the_eigenvectors_of_the_covariance(rows: int, columns: int) -> None:
    x = np.random.default_rng(0).normal(size=(rows, columns)) * np.linspace(1, 3, columns)
    x -= x.mean(axis=0)
    axes = subspace_alignment.principal_axes(x, 3)
    assert np.allclose(np.abs(axes), np.abs(_principal(x, 3)), atol=1e-8)


@pytest.mark.parametrize(("rows", "columns", "wanted", "got"), [(30, 1, 80, 1), (9, 40, 80, 8), (60, 6, 3, 3)])
def test_the_dimension_is_at_most_what_the_data_have(rows: int, columns: int, wanted: int, got: int) -> None:
    generator = np.random.default_rng(0)
    x, z = (generator.normal(size=(rows, columns)).astype(np.float32) for _ in range(2))
    method, _ = _fitted(Problem("unsupervised", 3, x, np.arange(rows) % 3, z, None, lambda x: x), dimension=wanted)
    assert method.dimension == got
    assert method.predict(z).shape == (rows, 3)


def test_sparse_vectors_are_the_same_as_dense_ones() -> None:
    problem, y = _problem()
    sparse = Problem("unsupervised", 3, csr(problem.source_x), y, csr(problem.target_x), None, lambda x: x)
    one, other = (_fitted(p, dimension=3)[0] for p in (problem, sparse))
    assert np.array_equal(one.predict(problem.target_x), other.predict(csr(problem.target_x)))
    wide = csr(np.eye(4, 20_000))
    too_wide = Problem("unsupervised", 2, wide, np.array([0, 1, 0, 1]), wide, None, lambda x: x)
    with pytest.raises(ValueError, match="20000 columns are too many"):
        _fitted(too_wide)


def test_a_prediction_depends_on_its_row_alone() -> None:
    problem, _ = _problem()
    method, _ = _fitted(problem)
    together = method.predict(problem.target_x)
    alone = np.concatenate([method.predict(problem.target_x[i : i + 1]) for i in range(10)])
    assert np.allclose(together[:10], alone, atol=1e-6)


@pytest.mark.parametrize("wrong", [0, -3, "target_accuracy", 2.5])
def test_other_dimensions_are_refused(wrong: object) -> None:
    with pytest.raises(ValidationError, match="dimension"):
        SubspaceAlignment.Options(dimension=wrong)

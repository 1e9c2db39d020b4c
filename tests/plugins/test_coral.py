"""CORAL against independent formulae: matrix powers of scipy, and moments of what comes out."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pytest
from dabench_plugins.coral import Coral
from numpy.typing import NDArray
from scipy.linalg import fractional_matrix_power

from dabench.data.arrays import csr
from dabench.execution.readout import Readout
from dabench.methods.problem import Problem

Array = NDArray[np.floating[Any]]
SHAPES = {"tall": (60, 40, 5), "wide": (12, 9, 30)}
BOTH_SHAPES = pytest.mark.parametrize("shape", SHAPES)
BOTH_KERNELS = pytest.mark.parametrize("kernel", ["plain", "asymmetric"])


class Seen:
    """The classifier of the suite, which keeps what it is given."""

    def __init__(self, classes: int) -> None:
        self.kinds: list[str] = []
        self.fitted: list[Array] = []
        self.asked: list[Array] = []
        self._classes = classes

    def __call__(self, kind: str = "linear_svm") -> Readout:
        self.kinds.append(kind)
        seen = self

        class Spy(Readout):
            def fit(self, x: Any, y: Any, weight: Any = None) -> Readout:
                seen.fitted.append(x)
                return super().fit(x, y, weight)

            def decision_function(self, x: Any) -> NDArray[np.float32]:
                seen.asked.append(x)
                return super().decision_function(x)

        return Spy(kind, self._classes, 0)


def _problem(source: Array, target: Array, y: NDArray[np.int64]) -> Problem[Any, Any]:
    classes = int(y.max()) + 1
    return Problem("unsupervised", classes, source.astype(np.float32), y, target.astype(np.float32), None, lambda x: x)


def _shifted(shape: str) -> Problem[Any, Any]:
    """Two classes, and domains that differ in mean and covariance."""
    rows, target_rows, columns = SHAPES[shape]
    generator = np.random.default_rng(0)
    y = np.arange(rows) % 2
    source = generator.normal(size=(rows, columns)) + 2 * y[:, None] * np.eye(columns)[0] + 3
    target = generator.normal(size=(target_rows, columns)) @ generator.normal(size=(columns, columns)) - 5
    return _problem(source, target, y)


def _fitted(problem: Problem[Any, Any], **options: Any) -> tuple[Coral, Seen]:
    seen = Seen(problem.classes)
    method = Coral(Coral.Options(**options), seen)
    method.fit(problem)
    return method, seen


def _aligned(problem: Problem[Any, Any], **options: Any) -> Array:
    return _fitted(problem, **options)[1].fitted[0]


def _matrix(problem: Problem[Any, Any], source_ridge: float = 1.0, target_ridge: float = 1.0) -> Array:
    """(C_S + ridge)^(-1/2) (C_T + ridge)^(1/2)."""
    columns = np.eye(problem.source_x.shape[1])
    whiten = np.cov(problem.source_x.astype(float), rowvar=False) + source_ridge * columns
    colour = np.cov(problem.target_x.astype(float), rowvar=False) + target_ridge * columns
    return np.real(fractional_matrix_power(whiten, -0.5) @ fractional_matrix_power(colour, 0.5))


def _means(problem: Problem[Any, Any]) -> tuple[Array, Array]:
    return problem.source_x.mean(axis=0, dtype=float), problem.target_x.mean(axis=0, dtype=float)


def test_the_aligned_source_has_the_targets_mean_and_covariance() -> None:
    problem = _shifted("tall")
    aligned = _aligned(problem, ridge=1e-6)
    np.testing.assert_allclose(aligned.mean(axis=0), _means(problem)[1], atol=1e-4)
    np.testing.assert_allclose(np.cov(aligned.T), np.cov(problem.target_x.T), rtol=1e-2, atol=1e-2)


@BOTH_SHAPES
def test_it_is_algorithm_1_between_centred_domains(shape: str) -> None:
    """With more columns than rows it works in the span of the rows, and the formula is the same."""
    problem = _shifted(shape)
    source_mean, target_mean = _means(problem)
    expected = (problem.source_x - source_mean) @ _matrix(problem) + target_mean
    np.testing.assert_allclose(_aligned(problem), expected, atol=1e-4)


@BOTH_SHAPES
def test_without_centring_it_is_algorithm_1_to_the_letter(shape: str) -> None:
    problem = _shifted(shape)
    np.testing.assert_allclose(_aligned(problem, centre=False), problem.source_x @ _matrix(problem), atol=1e-4)


@pytest.mark.slow
@BOTH_SHAPES
@BOTH_KERNELS
def test_between_domains_of_mean_0_centring_changes_nothing(shape: str, kernel: str) -> None:
    problem = _shifted(shape)
    source_mean, target_mean = _means(problem)
    centred = _problem(problem.source_x - source_mean, problem.target_x - target_mean, problem.source_y)
    (method, seen), (other, plain) = (_fitted(centred, kernel=kernel, centre=centre) for centre in (True, False))
    np.testing.assert_allclose(seen.fitted[0], plain.fitted[0], atol=1e-4)
    for fitted in (method, other):
        fitted.predict(centred.target_x)
    np.testing.assert_allclose(seen.asked[0], plain.asked[0], atol=1e-4)


@pytest.mark.slow
@BOTH_SHAPES
@BOTH_KERNELS
def test_where_the_source_lies_does_not_matter(shape: str, kernel: str) -> None:
    problem = _shifted(shape)
    moved = _problem(problem.source_x + np.arange(problem.source_x.shape[1]), problem.target_x, problem.source_y)
    one, other = (_fitted(p, kernel=kernel)[1].fitted[0] for p in (problem, moved))
    np.testing.assert_allclose(one, other, atol=1e-3)


@BOTH_KERNELS
def test_a_target_that_has_moved_past_the_boundary_is_found(kernel: str) -> None:
    """Two Gaussians move by twice their distance: with the means of old all are called one class."""
    generator = np.random.default_rng(0)
    y = np.arange(200) % 2
    source, target = (np.stack([3.0 * y, 0 * y], 1) + generator.normal(scale=0.5, size=(200, 2)) for _ in range(2))
    problem = _problem(source, target + np.array([6, 0]), y)

    def accuracy(**options: Any) -> float:
        return float(np.mean(_fitted(problem, kernel=kernel, **options)[0].predict(problem.target_x).argmax(1) == y))

    assert accuracy() > 0.98
    assert accuracy(centre=False) == pytest.approx(0.5)


@pytest.mark.parametrize("centre", [True, False])
def test_the_asymmetric_kernel_is_that_of_the_script(centre: bool) -> None:
    """K_train = X_S A X_S^T and K_test = X_S A X_T^T, one row of it for each target example."""
    generator = np.random.default_rng(0)
    y = np.arange(60) % 3
    target_y = np.arange(40) % 3
    source = generator.normal(size=(60, 4)) + 2 * np.eye(3, 4)[y]
    target = 2 * generator.normal(size=(40, 4)) + 3 * np.eye(3, 4)[target_y]
    problem = _problem(source, target, y)
    method, seen = _fitted(problem, kernel="asymmetric", centre=centre)
    scores = method.predict(problem.target_x)
    source_mean, target_mean = _means(problem) if centre else (0, 0)
    left, right = problem.source_x - source_mean, problem.target_x - target_mean
    assert seen.kinds == ["kernel_svm_cv"]
    np.testing.assert_allclose(seen.fitted[0], left @ _matrix(problem) @ left.T, atol=1e-4)
    np.testing.assert_allclose(seen.asked[0], (left @ _matrix(problem) @ right.T).T, atol=1e-4)
    assert not np.allclose(seen.fitted[0], seen.fitted[0].T, atol=0.1)
    assert np.mean(scores.argmax(1) == target_y) > 0.6


def test_the_plain_form_asks_for_the_suites_classifier() -> None:
    _, seen = _fitted(_shifted("tall"))
    assert seen.kinds == ["linear_svm"]


@BOTH_SHAPES
def test_a_ridge_in_units_of_the_variance_does_not_depend_on_the_scale(shape: str) -> None:
    problem = _shifted(shape)
    variances = [x.astype(float).var(axis=0, ddof=1).mean() for x in (problem.source_x, problem.target_x)]
    source_mean, target_mean = _means(problem)
    expected = (problem.source_x - source_mean) @ _matrix(problem, *(0.5 * v for v in variances)) + target_mean
    aligned = _aligned(problem, ridge=0.5, ridge_unit="mean_variance")
    np.testing.assert_allclose(aligned, expected, atol=1e-4)
    small = _problem(problem.source_x / 1000, problem.target_x, problem.source_y)
    np.testing.assert_allclose(_aligned(small, ridge=0.5, ridge_unit="mean_variance"), aligned, atol=1e-3)


def test_a_ridge_that_leaves_small_features_as_they_are_is_noted(caplog: pytest.LogCaptureFixture) -> None:
    generator = np.random.default_rng(0)
    source, target = generator.normal(size=(80, 200)), generator.normal(size=(80, 200)) * np.linspace(0.5, 2, 200)
    unit = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in (source, target)]
    y = np.arange(80) % 2
    with caplog.at_level(logging.INFO):
        _fitted(_problem(source, target, y))
        _fitted(_problem(*unit, y), ridge_unit="mean_variance")
        _fitted(_problem(source, source, y))  # nothing to change, and the ridge is not why
    assert not caplog.records
    with caplog.at_level(logging.INFO):
        _fitted(_problem(*unit, y))
    (record,) = caplog.records
    assert record.name.startswith("dabench.run")  # so it is in the log of the run
    assert "the ridge 1 is large beside the mean variance of its columns, 0.005" in record.getMessage()


def test_one_row_has_no_covariance() -> None:
    problem = _shifted("tall")
    with pytest.raises(ValueError, match="the source has 60, the target 1"):
        _fitted(_problem(problem.source_x, problem.target_x[:1], problem.source_y))


def test_columns_that_do_not_vary_have_no_variance_to_count_in() -> None:
    problem = _shifted("tall")
    constant = _problem(problem.source_x, np.full_like(problem.target_x, 0.1), problem.source_y)
    with pytest.raises(ValueError, match="do not vary: coral needs ridge_unit absolute"):
        _fitted(constant, ridge_unit="mean_variance")
    np.testing.assert_array_less(np.abs(_aligned(constant) - 0.1), 4)


def test_sparse_vectors_are_the_same_as_dense_ones() -> None:
    problem = _shifted("wide")
    sparse = Problem(
        "unsupervised", 2, csr(problem.source_x), problem.source_y, csr(problem.target_x), None, lambda x: x
    )
    np.testing.assert_array_equal(_aligned(sparse), _aligned(problem))
    wide = csr(np.eye(4, 20_000))
    with pytest.raises(ValueError, match="20000 columns are too many"):
        _fitted(Problem("unsupervised", 2, wide, np.array([0, 1, 0, 1]), wide, None, lambda x: x))

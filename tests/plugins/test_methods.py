"""The losses of the built-in methods against their papers' formulae."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from dabench_plugins.coral import Coral
from dabench_plugins.dann import ReverseGradient
from dabench_plugins.source_only import SourceOnlyFeatures
from scipy.linalg import fractional_matrix_power
from torch.nn.functional import binary_cross_entropy_with_logits

from dabench import Batch
from dabench.data.arrays import csr
from dabench.execution.deep_run import build
from dabench.execution.execute import open_pair
from dabench.execution.readout import Readout
from dabench.methods.problem import Problem
from dabench.planning.jobs import RunOptions, make_jobs
from dabench.plugin.registry import Registry
from tests.support.toy_runs import plan_of


def _method(registry: Registry, folder: Path, name: str, *sets: str) -> tuple[Any, Batch]:
    plan = plan_of(registry, [name], seeds=[0], sets=sets)
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    job = next(job for job in jobs if job.method.name == name)
    data = open_pair(job, torch.device("cpu"))
    problem = data.problem
    rows = torch.arange(20)
    batch = Batch(
        source_x=problem.prepare(problem.source_x[rows]),
        source_y=problem.source_y[rows],
        target_x=problem.prepare(problem.target_x[rows]),
        target_y=None,
        source_index=rows,
        target_index=rows,
        step=12,
        progress=0.5,
    )
    return build(job, data, job.method.load()).eval(), batch


def test_deep_coral_is_the_papers_equation_1(registry: Registry, tmp_path: Path) -> None:
    method, batch = _method(registry, tmp_path, "deep_coral", "deep_coral.weight=3")
    source = method.predict(batch.source_x).detach().double().numpy()
    target = method.predict(batch.target_x).detach().double().numpy()
    n, d = source.shape

    def covariance(x: np.ndarray) -> np.ndarray:  # as the paper writes it, eq. 2 and 3
        ones = np.ones((1, n))
        return (x.T @ x - (ones @ x).T @ (ones @ x) / n) / (n - 1)

    expected = np.square(covariance(source) - covariance(target)).sum() / (4 * d * d)
    losses = method.losses(batch)
    assert losses["coral"].item() == pytest.approx(3 * expected, rel=1e-4)
    assert set(losses) == {"class", "coral"}


def test_the_reversal_turns_gradients_around_and_nothing_else() -> None:
    x = torch.tensor([1.0, -2.0], requires_grad=True)
    y = ReverseGradient.apply(x, 0.3)
    assert torch.equal(y, x)
    (y * torch.tensor([1.0, 5.0])).sum().backward()
    assert torch.allclose(x.grad, torch.tensor([-0.3, -1.5]))


def test_danns_ramp_scales_only_what_reaches_the_features(registry: Registry, tmp_path: Path) -> None:
    method, batch = _method(registry, tmp_path, "dann")
    ramp = 2 / (1 + np.exp(-10 * batch.progress)) - 1
    method.losses(batch)["domain"].backward()
    head = [parameter.grad.clone() for parameter in method.domain.parameters()]
    trunk = [parameter.grad.clone() for parameter in method.network.trunk.parameters()]
    method.zero_grad()
    features = method.features(torch.cat([batch.source_x, batch.target_x]))
    labels = torch.cat([torch.zeros(20, 1), torch.ones(20, 1)])
    binary_cross_entropy_with_logits(method.domain(features), labels).backward()
    for got, plain in zip(head, method.domain.parameters(), strict=True):
        assert torch.allclose(got, plain.grad, atol=1e-7)
    for got, plain in zip(trunk, method.network.trunk.parameters(), strict=True):
        assert torch.allclose(got, -ramp * plain.grad, atol=1e-7)


def test_danns_ramp_starts_at_zero(registry: Registry, tmp_path: Path) -> None:
    from dataclasses import replace

    method, batch = _method(registry, tmp_path, "dann")
    method.losses(replace(batch, progress=0.0))["domain"].backward()
    assert all(not parameter.grad.any() for parameter in method.network.trunk.parameters())
    assert any(parameter.grad.any() for parameter in method.domain.parameters())


def _coral(ridge: float) -> tuple[Coral, Any]:
    generator = np.random.default_rng(0)
    mix = generator.normal(size=(5, 5))
    y = np.arange(400) % 2
    source = generator.normal(size=(400, 5)) + 2 * y[:, None] * np.eye(5)[0]
    target = generator.normal(size=(300, 5)) @ mix
    problem = Problem("unsupervised", 2, source.astype(np.float32), y, target.astype(np.float32), None, lambda x: x)
    seen: list[np.ndarray] = []

    class Spy(Readout):
        def fit(self, x: Any, y: Any) -> Readout:
            seen.append(x)
            return super().fit(x, y)

    method = Coral(Coral.Options(ridge=ridge), lambda: Spy("linear_svm", 2, 0))
    method.fit(problem)
    return method, (problem, seen[0])


def test_coral_gives_the_source_the_targets_covariance() -> None:
    _, (problem, aligned) = _coral(ridge=1e-6)
    assert np.allclose(np.cov(aligned.T), np.cov(problem.target_x.T), rtol=1e-2, atol=1e-2)


def test_coral_follows_algorithm_1_with_lambda_1() -> None:
    from scipy.linalg import fractional_matrix_power, inv, sqrtm

    _, (problem, aligned) = _coral(ridge=1.0)
    source = np.cov(problem.source_x.astype(float).T) + np.eye(5)
    target = np.cov(problem.target_x.astype(float).T) + np.eye(5)
    expected = problem.source_x @ inv(sqrtm(source)) @ sqrtm(target)
    assert np.allclose(aligned, expected, atol=1e-4)
    assert np.allclose(inv(sqrtm(source)), fractional_matrix_power(source, -0.5))


def test_coral_of_wide_vectors_is_coral() -> None:
    """With more columns than rows it works in the span of the rows; algorithm 1 of the paper says the same."""
    generator = np.random.default_rng(0)
    source, target = (generator.normal(scale=scale, size=(rows, 30)) for scale, rows in ((1.0, 12), (3.0, 9)))
    coral = Coral(Coral.Options(ridge=0.5), lambda: None)
    whiten, colour = (np.cov(x, rowvar=False) + 0.5 * np.eye(30) for x in (source, target))
    expected = source @ fractional_matrix_power(whiten, -0.5) @ fractional_matrix_power(colour, 0.5)
    got = coral._wide_power(coral._wide_power(source, source, -0.5), target, 0.5)
    np.testing.assert_allclose(got, expected, atol=1e-8)


def test_coral_says_when_sparse_vectors_are_too_wide() -> None:
    x = csr(np.eye(4, 20_000))
    y = np.array([0, 1, 0, 1])
    problem = Problem("unsupervised", 2, x, y, x, None, prepare=lambda rows: rows)
    with pytest.raises(ValueError, match="20000 columns are too many"):
        Coral(Coral.Options(), lambda: None).fit(problem)


def test_corals_asymmetric_kernel_is_that_of_the_script() -> None:
    """K_train = X_r A X_r^T and K_test = X_r A X_t^T, one row of it for each target example."""
    generator = np.random.default_rng(0)
    y = np.arange(60) % 3
    source = (generator.normal(size=(60, 4)) + 2 * np.eye(3, 4)[y]).astype(np.float32)
    target = (2 * generator.normal(size=(40, 4)) + 3 * np.eye(3, 4)[np.arange(40) % 3]).astype(np.float32)
    problem = Problem("unsupervised", 3, source, y, target, None, lambda x: x)
    seen: dict[str, Any] = {}

    class Spy(Readout):
        def fit(self, x: Any, y: Any) -> Readout:
            seen["fit"] = x
            return super().fit(x, y)

        def decision_function(self, x: Any) -> Any:
            seen["predict"] = x
            return super().decision_function(x)

    def classifier(kind: str = "linear_svm") -> Readout:
        seen["kind"] = kind
        return Spy(kind, 3, 0)

    method = Coral(Coral.Options(kernel="asymmetric"), classifier)
    method.fit(problem)
    scores = method.predict(target)
    whiten, colour = (np.cov(x.astype(float), rowvar=False) + np.eye(4) for x in (source, target))
    matrix = fractional_matrix_power(whiten, -0.5) @ fractional_matrix_power(colour, 0.5)
    assert seen["kind"] == "kernel_svm_cv"
    assert np.allclose(seen["fit"], source @ matrix @ source.T, atol=1e-4)
    assert np.allclose(seen["predict"], (source @ matrix @ target.T).T, atol=1e-4)
    assert not np.allclose(seen["fit"], seen["fit"].T, atol=0.1)
    assert scores.shape == (40, 3)
    assert np.mean(scores.argmax(1) == np.arange(40) % 3) > 0.6


def test_the_plain_form_asks_for_the_suites_classifier() -> None:
    _, (problem, aligned) = _coral(ridge=1.0)
    assert aligned.shape == problem.source_x.shape


def test_source_onlys_rbf_svm_is_libsvms_default_kernel() -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(80, 5)).astype(np.float32)
    y = (np.square(x[:, :2]).sum(1) > 1.4).astype(np.int64)  # no line parts a disc from what is around it
    problem = Problem("unsupervised", 2, x, y, x, None, lambda rows: rows)

    def accuracy(**options: Any) -> float:
        method = SourceOnlyFeatures(
            SourceOnlyFeatures.Options(**options), lambda kind="linear_svm": Readout(kind, 2, 0)
        )
        method.fit(problem)
        return float(np.mean(method.predict(x).argmax(1) == y))

    assert accuracy() < 0.8
    assert accuracy(classifier="rbf_svm_cv") > 0.9

"""The losses of the built-in methods against their papers' formulae."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from dabench_plugins.dann import ReverseGradient
from dabench_plugins.source_only import SourceOnlyFeatures
from torch.nn.functional import binary_cross_entropy_with_logits

from dabench import Batch
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

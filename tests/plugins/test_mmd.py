"""MMD against double loops over its definition."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dabench_plugins.mmd import (
    FACTORS,
    Mmd,
    kernel,
    linear_mmd,
    median_squared_distance,
    quadratic_mmd,
    squared_distances,
)
from dabench_plugins.source_only import SourceOnly
from torch import Tensor

from tests.support.small_runs import logits_of, problem_of, stripes, trained

Array = np.ndarray


def _samples(rows: int = 7) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(rows, 4, generator=generator), torch.randn(rows, 4, generator=generator) * 1.5 + 0.5


def _by_hand(source: Array, target: Array) -> tuple[float, dict[tuple[str, str], Array]]:
    """The bandwidth, and the kernel of every pair, one by one."""
    pooled = np.concatenate([source, target])
    squared = [
        float(np.sum((pooled[i] - pooled[j]) ** 2)) for i in range(len(pooled)) for j in range(i + 1, len(pooled))
    ]
    median = sorted(squared)[(len(squared) - 1) // 2]

    def k(a: Array, b: Array) -> float:
        return float(np.mean([np.exp(-np.sum((a - b) ** 2) / (median * 2 ** (u / 2))) for u in range(-16, 17)]))

    sets = {"s": source, "t": target}
    return median, {(x, y): np.array([[k(a, b) for b in sets[y]] for a in sets[x]]) for x in sets for y in sets}


def test_there_are_33_kernels_from_a_256th_to_256_times_the_median() -> None:
    assert len(FACTORS) == 33
    assert (FACTORS[0], FACTORS[16], FACTORS[-1]) == (2**-8, 1, 2**8)
    assert np.allclose(np.diff(np.log2(FACTORS)), 0.5)


def test_the_quadratic_estimate_is_the_unbiased_one() -> None:
    source, target = _samples()
    median, k = _by_hand(source.double().numpy(), target.double().numpy())
    assert median_squared_distance(torch.cat([source, target])).item() == pytest.approx(median, rel=1e-5)
    n = len(source)
    within = sum(k[x, x][i, j] for x in "st" for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    between = sum(k["s", "t"][i, j] for i in range(n) for j in range(n)) / n**2
    assert quadratic_mmd(source, target).item() == pytest.approx(within - 2 * between, rel=1e-4)


@pytest.mark.parametrize("rows", [6, 7])
def test_the_linear_estimate_is_equation_4_of_the_paper(rows: int) -> None:
    source, target = _samples(rows)
    _, k = _by_hand(source.double().numpy(), target.double().numpy())
    quadruples = [
        k["s", "s"][i, i + 1] + k["t", "t"][i, i + 1] - k["s", "t"][i, i + 1] - k["s", "t"][i + 1, i]
        for i in range(0, rows - 1, 2)
    ]
    assert linear_mmd(source, target).item() == pytest.approx(np.mean(quadruples), rel=1e-4)


@pytest.mark.slow
def test_both_estimates_are_nought_in_the_mean_without_a_shift_and_not_with_one() -> None:
    generator = torch.Generator().manual_seed(1)
    estimates: dict[str, list[float]] = {"linear": [], "quadratic": [], "shifted": []}
    for _ in range(300):
        a, b = torch.randn(16, 3, generator=generator), torch.randn(16, 3, generator=generator)
        estimates["linear"].append(linear_mmd(a, b).item())
        estimates["quadratic"].append(quadratic_mmd(a, b).item())
        estimates["shifted"].append(quadratic_mmd(a, b + 1).item())
    means = {name: np.mean(values) for name, values in estimates.items()}
    errors = {name: np.std(values) / 300**0.5 for name, values in estimates.items()}
    assert abs(means["linear"]) < 3 * errors["linear"]
    assert abs(means["quadratic"]) < 3 * errors["quadratic"]
    assert means["shifted"] > 0.05
    assert errors["quadratic"] < errors["linear"]


@pytest.mark.slow
@pytest.mark.parametrize("estimate", [linear_mmd, quadratic_mmd])
def test_descending_brings_the_samples_together(estimate: object) -> None:
    source, target = _samples(64)
    moved = torch.zeros(4, requires_grad=True)
    for _ in range(100):
        (gradient,) = torch.autograd.grad(estimate(source, target + moved), moved)  # type: ignore[operator]
        moved = (moved - 0.5 * gradient).detach().requires_grad_()
    assert (target + moved - source).mean(0).norm() < 0.5 * (target - source).mean(0).norm()


def test_equal_points_and_one_column_make_finite_gradients() -> None:
    for x in (torch.ones(4, 3), torch.arange(4.0)[:, None]):
        for estimate in (linear_mmd, quadratic_mmd):
            leaf = x.clone().requires_grad_()
            loss = estimate(leaf, leaf + 0)
            (gradient,) = torch.autograd.grad(loss, leaf)
            assert torch.isfinite(loss)
            assert torch.isfinite(gradient).all()


def test_distances_are_those_of_numpy() -> None:
    x, _ = _samples()
    expected = ((x[:, None] - x[None]) ** 2).sum(2)
    assert torch.allclose(squared_distances(x), expected, atol=1e-5)
    assert kernel(torch.zeros(3), torch.tensor(2.0)).tolist() == [1, 1, 1]


@pytest.mark.slow
@pytest.mark.parametrize("estimator", ["linear", "quadratic"])
def test_switched_off_it_is_source_only(estimator: str) -> None:
    (x, y), (target, _) = stripes(64, 1), stripes(64, 2)
    problem = problem_of(x, y, target)
    plain = trained(SourceOnly, problem, plain=True, steps=20)
    off = trained(Mmd, problem, plain=True, steps=20, weight=0, estimator=estimator)
    on = trained(Mmd, problem, plain=True, steps=20, weight=1, estimator=estimator)
    assert torch.equal(logits_of(off, problem, target), logits_of(plain, problem, target))
    assert not torch.equal(logits_of(on, problem, target), logits_of(plain, problem, target))


def test_the_layers_that_are_asked_for_are_compared() -> None:
    (x, y), (target, _) = stripes(32, 1), stripes(32, 2)
    problem = problem_of(x, y, target)
    method = trained(Mmd, problem, steps=1)
    batch = _batch_of(method, problem)
    parts = {}
    for layers in (("features",), ("hidden",), ("logits",), ("features", "hidden", "logits")):
        method.options = Mmd.Options(layers=layers, estimator="quadratic")
        parts[layers] = method.losses(batch)["mmd"].item()
    *single, together = parts.values()
    assert len(set(single)) == 3
    assert together == pytest.approx(sum(single), rel=1e-5)
    source, aim = (method.features(x) for x in (batch.source_x, batch.target_x))
    assert parts["features",] == pytest.approx(quadratic_mmd(source, aim).item(), rel=1e-4)


def test_a_batch_of_one_is_refused() -> None:
    (x, y), (target, _) = stripes(9, 1), stripes(9, 2)
    with pytest.raises(ValueError, match=r"batches of two or more \(budget.batch\)"):
        trained(Mmd, problem_of(x, y, target), steps=1, batch=1)


def _batch_of(method: Mmd, problem: object) -> object:
    from dabench import Batch

    rows = torch.arange(16)
    source, target = (problem.prepare(x[rows]) for x in (problem.source_x, problem.target_x))  # type: ignore[attr-defined]
    return Batch(source, problem.source_y[rows], target, None, rows, rows, 0, 0.0)  # type: ignore[attr-defined]

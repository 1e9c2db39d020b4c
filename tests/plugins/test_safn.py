"""Adaptive feature norm against its formulae."""

from __future__ import annotations

import pytest
import torch
from dabench_plugins.safn import Safn

from tests.support.small_runs import batch_of, built, problem_of, stripes

(X, Y), (TARGET, _) = stripes(32, 0), stripes(32, 1)
PROBLEM = problem_of(X, Y, TARGET)


def test_every_embedding_is_pulled_outwards_alike() -> None:
    method = built(Safn, PROBLEM, step=0.5)
    norms = torch.tensor([0.0, 1.0, 7.0], requires_grad=True)
    loss = method._gap(norms)
    loss.backward()
    assert loss.item() == pytest.approx(0.25)
    assert norms.grad is not None
    assert norms.grad.tolist() == pytest.approx([-2 * 0.5 / 3] * 3)


def test_with_a_radius_the_mean_length_is_what_counts() -> None:
    method = built(Safn, PROBLEM, radius=5.0)
    assert method._gap(torch.tensor([1.0, 3.0])).item() == pytest.approx(9)


def test_both_domains_have_a_norm_loss() -> None:
    method = built(Safn, PROBLEM, plain=True, radius=25.0, weight=0.1)
    batch = batch_of(PROBLEM, method)
    lengths = [method.embed(x).norm(dim=1).mean().item() for x in (batch.source_x, batch.target_x)]
    expected = 0.1 * sum((length - 25) ** 2 for length in lengths)
    assert method.losses(batch)["norm"].item() == pytest.approx(expected, rel=1e-4)

"""CMD against its formula."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dabench_plugins.cmd import Cmd, discrepancy

from tests.support.small_runs import batch_of, built, problem_of, stripes

(X, Y), (TARGET, _) = stripes(32, 0), stripes(32, 1)
PROBLEM = problem_of(X, Y, TARGET)


@pytest.mark.parametrize("moments", [1, 3, 5])
def test_the_discrepancy_is_that_of_the_paper(moments: int) -> None:
    generator = np.random.default_rng(0)
    a, b = generator.uniform(-1, 1, (9, 4)), 0.5 * generator.uniform(-1, 1, (7, 4)) + 0.2
    expected = np.linalg.norm(a.mean(axis=0) - b.mean(axis=0)) / 2
    for k in range(2, moments + 1):
        ca, cb = (((x - x.mean(axis=0)) ** k).mean(axis=0) for x in (a, b))
        expected += np.linalg.norm(ca - cb) / 2**k
    assert discrepancy(torch.tensor(a), torch.tensor(b), moments).item() == pytest.approx(expected, rel=1e-5)


def test_equal_samples_have_none_and_a_finite_gradient() -> None:
    a = torch.rand(6, 3, requires_grad=True)
    found = discrepancy(a, a.detach().clone(), 5)
    found.backward()
    assert found.item() < 1e-5
    assert a.grad is not None
    assert torch.isfinite(a.grad).all()


def test_it_is_taken_of_tanh_of_the_hidden_layer() -> None:
    method = built(Cmd, PROBLEM, plain=True, weight=3.0)
    batch = batch_of(PROBLEM, method)
    hidden = [torch.tanh(method.embed(x)) for x in (batch.source_x, batch.target_x)]
    assert method.losses(batch)["cmd"].item() == pytest.approx(3 * discrepancy(*hidden, 5).item(), rel=1e-4)

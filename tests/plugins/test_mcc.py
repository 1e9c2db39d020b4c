"""MCC against its formulae."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dabench_plugins.dann import Dann
from dabench_plugins.mcc import Mcc, confusion
from scipy.special import softmax

from tests.support.small_runs import batch_of, built, problem_of, stripes

(X, Y), (TARGET, _) = stripes(32, 0), stripes(32, 1)
PROBLEM = problem_of(X, Y, TARGET)


def by_hand(logits: np.ndarray, temperature: float) -> float:
    q = softmax(logits / temperature, axis=1)
    rows, classes = q.shape
    certainty = 1 + np.exp((q * np.log(q)).sum(axis=1))
    weight = rows * certainty / certainty.sum()
    total = 0.0
    for j in range(classes):
        row = [sum(weight[i] * q[i, j] * q[i, k] for i in range(rows)) for k in range(classes)]
        total += sum(value for k, value in enumerate(row) if k != j) / sum(row)
    return total / classes


@pytest.mark.parametrize("temperature", [1.0, 2.5])
def test_the_confusion_is_that_of_the_paper(temperature: float) -> None:
    logits = 3 * torch.randn(9, 4, generator=torch.Generator().manual_seed(0))
    assert confusion(logits, temperature).item() == pytest.approx(by_hand(logits.double().numpy(), temperature), 1e-5)


def test_sure_predictions_of_one_class_each_are_not_confused_and_even_ones_are_as_much_as_can_be() -> None:
    assert confusion(50 * torch.eye(4), 1.0).item() == pytest.approx(0, abs=1e-6)
    assert confusion(torch.zeros(6, 4), 1.0).item() == pytest.approx(3 / 4)


def test_a_class_that_gets_no_weight_at_all_is_no_division_by_zero() -> None:
    logits = torch.tensor([[0.0, -1e4], [1.0, -1e4]], requires_grad=True)
    confusion(logits, 1.0).backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_the_gradient_makes_a_doubtful_row_surer() -> None:
    logits = torch.tensor([[0.5, 0.0], [4.0, 0.0], [0.0, 4.0]], requires_grad=True)
    confusion(logits, 1.0).backward()
    assert logits.grad is not None
    assert logits.grad[0, 0] < 0 < logits.grad[0, 1]


def test_the_losses_are_of_the_source_and_of_the_target() -> None:
    method = built(Mcc, PROBLEM, plain=True, weight=3.0, temperature=2.0).train()
    batch = batch_of(PROBLEM, method)
    losses = method.losses(batch)
    assert set(losses) == {"class", "confusion"}
    expected = 3 * confusion(method.predict(batch.target_x), 2.0)
    assert losses["confusion"].item() == pytest.approx(expected.item(), rel=1e-4)


def test_the_domain_loss_is_that_of_dann() -> None:
    method, dann = built(Mcc, PROBLEM, plain=True, domain=0.5).train(), built(Dann, PROBLEM, plain=True).train()
    batch = batch_of(PROBLEM, method, progress=0.3)
    ours, theirs = method.losses(batch)["domain"], 0.5 * dann.losses(batch)["domain"]
    assert ours.item() == pytest.approx(theirs.item(), rel=1e-6)
    for loss in (ours, theirs):
        loss.backward()
    for a, b in zip(method.network.trunk.parameters(), dann.network.trunk.parameters(), strict=True):
        assert torch.allclose(a.grad, b.grad, rtol=1e-4, atol=1e-8)

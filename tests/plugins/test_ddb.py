"""Deliberated domain bridging against its formulae."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from dabench_plugins.ddb import Ddb, by_confidence
from dabench_plugins.mixtures import box_shares, whole_shares
from scipy.special import log_softmax, softmax

from tests.support.small_runs import batch_of, built, logits_of, problem_of, stripes, trained

(X, Y), (TARGET, _) = stripes(32, 0), stripes(32, 1)
PROBLEM = problem_of(X, Y, TARGET)


def of(network: Any, x: torch.Tensor) -> np.ndarray:
    return network.classify(network.features(x)).detach().double().numpy()


def cross_entropy(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    return -log_softmax(logits, axis=1)[np.arange(len(y)), y]


def test_the_surer_prediction_counts_more() -> None:
    mean = by_confidence(torch.tensor([[0.9, 0.1]]), torch.tensor([[0.4, 0.6]]))
    assert mean.tolist()[0] == pytest.approx([(0.81 + 0.24) / 1.5, (0.09 + 0.36) / 1.5])


@pytest.mark.parametrize("confidence", [0.0, 0.36, 0.99])
def test_the_losses_of_the_teachers(confidence: float) -> None:
    method = built(Ddb, PROBLEM, plain=True, weight=2.0, area=0.5, confidence=confidence).train()
    batch = batch_of(PROBLEM, method)
    torch.manual_seed(3)
    losses = {name: loss.item() for name, loss in method.losses(batch).items()}
    torch.manual_seed(3)
    y, expected = batch.source_y.numpy(), {}
    for name, teacher, shares in (
        ("coarse", method.coarse, box_shares(batch.source_x, 0.5)),
        ("fine", method.fine, whole_shares(batch.source_x)),
    ):
        said = softmax(of(teacher, batch.target_x), axis=1)  # in its first step the average is the teacher
        sure = (said.max(1) >= confidence).mean()
        mean = shares.flatten(1).mean(1).double().numpy()
        mixed = of(teacher, shares * batch.source_x + (1 - shares) * batch.target_x)
        labels = mean * cross_entropy(mixed, y) + sure * (1 - mean) * cross_entropy(mixed, said.argmax(1))
        expected[f"class {name}"] = cross_entropy(of(teacher, batch.source_x), y).mean()
        expected[f"mixed {name}"] = 2 * labels.mean()
    assert losses == pytest.approx(expected, rel=1e-4)


def test_the_losses_of_the_student() -> None:
    method = built(Ddb, PROBLEM, plain=True, weight=2.0).train()
    batch = batch_of(PROBLEM, method)
    losses = {name: loss.item() for name, loss in method.of_student(batch).items()}
    said = [softmax(of(teacher, batch.target_x), axis=1) for teacher in (method.coarse, method.fine)]
    weights = [one.max(1, keepdims=True) for one in said]
    mean = sum(weight * one for weight, one in zip(weights, said, strict=True)) / sum(weights)
    expected = {
        "class": cross_entropy(of(method.network, batch.source_x), batch.source_y.numpy()).mean(),
        "distillation": -2 * (mean * log_softmax(of(method.network, batch.target_x), axis=1)).sum(1).mean(),
    }
    assert losses == pytest.approx(expected, rel=1e-4)


def test_rounds_alternate_and_the_next_begins_with_the_student() -> None:
    method = built(Ddb, PROBLEM, rounds=3).train()
    names = [stage.name for stage in method.stages()]
    assert names == [f"{who} {number}" for number in (1, 2, 3) for who in ("teachers", "student")]
    weights = [network.output.weight for network in (method.network, method.coarse, method.fine)]
    assert not torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[1], weights[2])
    method.of_next_teachers(batch_of(PROBLEM, method))
    assert torch.equal(weights[0], weights[1])
    assert torch.equal(weights[0], weights[2])


def test_the_student_predicts() -> None:
    method = trained(Ddb, PROBLEM, steps=8)
    x = PROBLEM.prepare(TARGET)
    assert np.allclose(logits_of(method, PROBLEM, TARGET).numpy(), of(method.network, x), atol=1e-5)
    assert not np.allclose(of(method.network, x), of(method.coarse, x), atol=1e-2)

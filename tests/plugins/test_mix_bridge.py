"""FixBi against its formulae."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from dabench_plugins.mix_bridge import MixBridge, punishment, sure_rows
from scipy.special import log_softmax, softmax

from tests.support.small_runs import batch_of, built, logits_of, problem_of, stripes

(X, Y), (TARGET, _) = stripes(32, 0), stripes(32, 1)
PROBLEM = problem_of(X, Y, TARGET)


def of(network: Any, x: torch.Tensor) -> np.ndarray:
    return network.classify(network.features(x)).detach().double().numpy()


def cross_entropy(logits: np.ndarray, y: np.ndarray) -> np.ndarray:
    return -log_softmax(logits, axis=1)[np.arange(len(y)), y]


def test_sure_is_what_is_not_far_below_the_mean() -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 3.0], [0.1, 0.0], [4.0, 0.0]])
    highest = softmax(logits.double().numpy(), axis=1).max(axis=1)
    for deviations in (0.0, 0.5, 2.0):
        bar = highest.mean() - deviations * highest.std(ddof=1)
        assert sure_rows(logits, deviations).tolist() == (highest >= bar).tolist()


def test_the_punishment_is_that_of_the_likeliest_class_being_wrong() -> None:
    logits = torch.tensor([[2.0, 0.0, 1.0], [0.0, 3.0, 0.0], [1.0, 0.0, 0.5]])
    rows = torch.tensor([True, False, True])
    highest = softmax(logits.double().numpy() / 5, axis=1).max(axis=1)
    expected = -np.log(1 - highest[[0, 2]]).mean()
    assert punishment(logits, rows, torch.tensor(5.0)).item() == pytest.approx(expected, rel=1e-5)
    assert punishment(logits, ~rows & False, torch.tensor(5.0)).item() == 0


@pytest.mark.parametrize("progress", [0.2, 0.7])
def test_the_losses_of_the_bridge(progress: float) -> None:
    method = built(MixBridge, PROBLEM, plain=True, weight=2.0, ratio=0.8, deviations=0.5).train()
    batch = batch_of(PROBLEM, method, progress=progress)
    losses = {name: loss.item() for name, loss in method.losses(batch).items()}
    networks, y = (method.network, method.second), batch.source_y.numpy()
    said = [of(network, batch.target_x) for network in networks]
    highest = [softmax(logits, axis=1).max(axis=1) for logits in said]
    sure = [p >= p.mean() - 0.5 * p.std(ddof=1) for p in highest]
    source = target = between = 0.0
    for own, share in enumerate((0.8, 0.2)):
        mixed = of(networks[own], share * batch.source_x + (1 - share) * batch.target_x)
        source += share * cross_entropy(mixed, y).mean()
        target += 2 * (1 - share) * cross_entropy(mixed, said[own].argmax(1)).mean()
        if progress < 0.5:
            between -= 2 * np.log(1 - softmax(said[own] / 5, axis=1).max(axis=1))[~sure[own]].mean()
        else:
            between += 2 * cross_entropy(said[own], said[1 - own].argmax(1))[sure[1 - own]].mean()
    if progress >= 0.5:
        first, second = (of(network, (batch.source_x + batch.target_x) / 2) for network in networks)
        between += 2 * np.square(first - second).mean()
    assert losses == pytest.approx({"source": source, "target": target, "between": between}, rel=1e-4)


def test_both_networks_predict() -> None:
    method = built(MixBridge, PROBLEM).eval()
    x = PROBLEM.prepare(TARGET)
    expected = sum(softmax(of(network, x), axis=1) for network in (method.network, method.second))
    assert np.allclose(np.exp(logits_of(method, PROBLEM, TARGET).numpy()), expected, atol=1e-5)


def test_the_networks_begin_apart() -> None:
    method = built(MixBridge, PROBLEM)
    first, second = (next(network.parameters()) for network in (method.network, method.second))
    assert not torch.equal(first, second)

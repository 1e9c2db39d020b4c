"""MCD against its steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from dabench_plugins.mcd import Mcd, discrepancy
from scipy.special import softmax

from tests.support.small_runs import batch_of, built, dim_and_noisy, problem_of, stripes

(X, Y), (TARGET, _) = stripes(96, 0), stripes(96, 1)
PROBLEM = problem_of(X, Y, dim_and_noisy(TARGET))
PARTS = ("trunk", "hidden", "output")


def test_the_discrepancy_is_the_mean_distance_of_probabilities() -> None:
    first, second = (torch.randn(5, 4, generator=torch.Generator().manual_seed(seed)) for seed in (0, 1))
    a, b = (softmax(logits.double().numpy(), axis=1) for logits in (first, second))
    assert discrepancy(first, second).item() == pytest.approx(np.abs(a - b).mean(), rel=1e-5)


def test_the_classifiers_begin_with_other_weights_and_predict_together() -> None:
    method = built(Mcd, PROBLEM).eval()
    assert not torch.equal(method.network.output.weight, method.second.output.weight)
    x = PROBLEM.prepare(PROBLEM.target_x)
    features = method.features(x)
    assert torch.equal(method.predict(x), method.classify(features) + method.second.classify(features))


def test_each_part_of_a_step_trains_what_it_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A: all, less class loss. B: the classifiers, which differ more. C: the features, and they differ less."""
    method: Any = built(Mcd, PROBLEM, plain=True, repeats=2).train()
    batch = batch_of(PROBLEM, method)
    method.optimisers = {
        name: torch.optim.SGD(parameters, lr=0.1) for name, parameters in method.parameter_groups().items()
    }
    update, seen = method.update, []

    def state() -> dict[str, torch.Tensor]:
        return {name: value.clone() for name, value in method.state_dict().items()}

    def measured() -> tuple[float, float]:
        with torch.no_grad():
            source, target = method.features(batch.source_x), method.features(batch.target_x)
            return method._class_loss(source, batch.source_y).item(), method._discrepancy(target).item()

    def noted(loss: torch.Tensor, *groups: str) -> None:
        before, old = measured(), state()
        update(loss, *groups)
        moved = {name.split(".")[1] for name, value in state().items() if not torch.equal(value, old[name])}
        seen.append((before, measured(), moved))

    monkeypatch.setattr(method, "update", noted)
    losses = method.step(batch)
    a, b, *c = seen
    assert a[0][0] > a[1][0]
    assert a[2] == {"trunk", "hidden", "output"}
    assert b[2] == {"hidden", "output"}
    assert b[1][0] - b[1][1] < b[0][0] - b[0][1]
    assert len(c) == 2
    for before, after, moved in c:
        assert moved == {"trunk"}
        assert after[1] < before[1]
    assert losses["class"].item() == pytest.approx(a[0][0], rel=1e-5)
    assert losses["discrepancy"].item() == pytest.approx(c[-1][0][1], rel=1e-5)


@pytest.mark.parametrize("weight", [0.0, 2.0])
def test_the_weight_is_that_of_the_discrepancy(weight: float) -> None:
    method: Any = built(Mcd, PROBLEM, plain=True, weight=weight, repeats=1).train()
    batch = batch_of(PROBLEM, method)
    losses: list[float] = []
    method.update = lambda loss, *groups: losses.append(loss.item())
    method.step(batch)
    differ = method._discrepancy(method.features(batch.target_x)).item()
    assert losses[1] == pytest.approx(losses[0] - weight * differ, rel=1e-5)
    assert losses[2] == pytest.approx(weight * differ, rel=1e-5)

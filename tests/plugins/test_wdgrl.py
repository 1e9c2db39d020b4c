"""WDGRL against its formulae."""

from __future__ import annotations

import pytest
import torch
from dabench_plugins.wdgrl import Wdgrl

from tests.support.small_runs import batch_of, built, problem_of, stripes

(X, Y), (TARGET, _) = stripes(32, 0), stripes(32, 1)
PROBLEM = problem_of(X, Y, TARGET)


class Linear(torch.nn.Module):
    """A critic whose slope is known."""

    def __init__(self, slope: torch.Tensor) -> None:
        super().__init__()
        self.slope = torch.nn.Parameter(slope)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x @ self.slope[:, None]


def test_distance_and_slope_of_a_critic_that_is_known() -> None:
    method = built(Wdgrl, PROBLEM)
    method.critic = Linear(torch.tensor([3.0, 4.0]))
    source, target = torch.tensor([[1.0, 0.0], [1.0, 2.0]]), torch.tensor([[0.0, 0.0], [0.0, 1.0]])
    assert method._distance(source, target).item() == pytest.approx((3 + 11) / 2 - 4 / 2)
    slope = method._slope(source, target)
    assert slope.item() == pytest.approx((5 - 1) ** 2)
    slope.backward()
    assert method.critic.slope.grad.tolist() == pytest.approx([2 * 4 * 3 / 5, 2 * 4 * 4 / 5])


def test_the_critic_learns_some_times_and_then_the_network_once() -> None:
    method = built(Wdgrl, PROBLEM, plain=True, critic_steps=3, weight=2.0).train()
    batch = batch_of(PROBLEM, method)
    seen: list[tuple[str, ...]] = []
    totals: list[float] = []

    def noted(loss: torch.Tensor, *groups: str) -> None:
        seen.append(groups)
        totals.append(loss.item())

    method.update = noted
    losses = method.step(batch)
    assert seen == [("critic",)] * 3 + [()]
    source, target = method.embed(batch.source_x), method.embed(batch.target_x)
    distance = method._distance(source, target).item()
    assert losses["wasserstein"].item() == pytest.approx(2 * distance, rel=1e-3, abs=1e-6)
    assert totals[-1] == pytest.approx(sum(loss.item() for loss in losses.values()), rel=1e-5)
    assert totals[0] > 10 * 0.1  # a new critic is flat: the penalty is nearly its weight


def test_the_critic_learns_to_tell_the_domains_apart() -> None:
    method = built(Wdgrl, PROBLEM, plain=True, critic_steps=30).train()
    batch = batch_of(PROBLEM, method)
    method.optimisers = {
        name: torch.optim.SGD(parameters, lr=0.01 if name == "critic" else 0.0)
        for name, parameters in method.parameter_groups().items()
    }
    with torch.no_grad():
        hidden = [method.embed(x) for x in (batch.source_x, batch.target_x)]
    before = method._distance(*hidden).item()
    method.step(batch)
    assert method._distance(*hidden).item() > before

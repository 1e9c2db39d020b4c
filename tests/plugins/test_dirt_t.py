"""DIRT-T: VADA's refinement."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from dabench_plugins.dirt_t import DirtT, is_due
from torch.nn.functional import cross_entropy

from dabench.seeding import drawing_from
from tests.support.small_runs import CPU, batch_of, built, dim_and_noisy, logits_of, problem_of, stripes, trained

(X, Y), (TARGET, _) = stripes(96, 0), stripes(96, 1)
PROBLEM = problem_of(X, Y, dim_and_noisy(TARGET))


def test_the_losses_of_the_refinement_are_those_of_the_paper() -> None:
    method = built(DirtT, PROBLEM, plain=True, cluster=0.3, anchor=0.5).train()
    with torch.no_grad():
        for parameter in method.average.parameters():
            parameter.mul_(1.5)  # the average says something else than the network
    batch = batch_of(PROBLEM, method)
    with drawing_from(0, "losses", CPU):
        losses = method.refinement_losses(batch)
    network, average = method.network, method.average.network
    logits = network.classify(network.features(batch.target_x))
    said = average.classify(average.features(batch.target_x)).softmax(1)
    assert losses["anchor"].item() == pytest.approx(0.5 * cross_entropy(logits, said).item(), rel=1e-5)
    entropy = torch.distributions.Categorical(logits=logits).entropy().mean()
    assert losses["entropy"].item() == pytest.approx(0.3 * entropy.item(), rel=1e-5)
    assert losses["target_smooth"].item() > 0.3 * entropy.item()


def test_the_teacher_changes_when_it_is_due_and_then_only() -> None:
    method = built(DirtT, PROBLEM, plain=True, teachers=4).train()
    batch = batch_of(PROBLEM, method)
    for step, due in ((0, True), (1, False), (24, False), (25, True)):
        with torch.no_grad():
            method.average.network.output.bias.add_(1)
        method.refinement_losses(replace(batch, step=step, progress=step / 100))
        same = torch.equal(method.teacher.network.output.bias, method.average.network.output.bias)
        assert same == due, step


@pytest.mark.parametrize(("steps", "times", "wanted"), [(80, 16, 16), (7, 16, 7), (100, 16, 17), (30, 1, 1)])
def test_what_is_done_so_many_times_is_spread_over_the_stage(steps: int, times: int, wanted: int) -> None:
    batch = batch_of(PROBLEM, built(DirtT, PROBLEM))
    at = (replace(batch, step=step, progress=step / steps) for step in range(steps))
    assert sum(is_due(one, times) for one in at) == wanted


@pytest.mark.slow
def test_in_the_second_stage_the_network_learns_alone() -> None:
    still, refined = (trained(DirtT, PROBLEM, steps=40, anchor=anchor) for anchor in (0.0, 1.0))
    assert torch.equal(still.domain[0].weight, refined.domain[0].weight)
    before, after = (logits_of(method, PROBLEM, PROBLEM.target_x) for method in (still, refined))
    assert not torch.equal(before, after)


def test_the_average_keeps_its_memory_as_the_second_stage_begins() -> None:
    method = built(DirtT, PROBLEM, plain=True, decay=0.998)
    batch = batch_of(PROBLEM, method)
    _, second = method.stages()
    method.enter(second)
    method.optimisers = {"main": torch.optim.SGD(method.network.parameters(), lr=1.0)}
    old = method.average.network.output.bias.clone()
    method.step(replace(batch, step=0))
    new = method.network.output.bias.detach()
    assert torch.allclose(method.average.network.output.bias, 0.998 * old + 0.002 * new, atol=1e-7)

"""ADDA: its two stages and two losses."""

from __future__ import annotations

import pytest
import torch
from dabench_plugins.adda import Adda
from torch.nn.functional import softplus

from tests.support.small_runs import batch_of, built, dim_and_noisy, logits_of, problem_of, stripes, trained

(X, Y), (TARGET, _) = stripes(96, 0), stripes(96, 1)
PROBLEM = problem_of(X, Y, dim_and_noisy(TARGET))


@pytest.mark.slow
def test_the_second_stage_begins_as_a_copy_and_trains_the_target_below_the_classifier() -> None:
    method = trained(Adda, PROBLEM, steps=40)
    for name, same in (("output", True), ("hidden", False), ("trunk", False)):
        pairs = zip(getattr(method.network, name).parameters(), getattr(method.target, name).parameters(), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs) == same, name
    x = PROBLEM.prepare(PROBLEM.target_x)
    expected = method.target.classify(method.target.features(x))
    assert torch.equal(logits_of(method, PROBLEM, PROBLEM.target_x), expected)


def test_the_losses_are_those_of_the_paper() -> None:
    method = built(Adda, PROBLEM, plain=True)
    first, second = method.stages()
    assert (first.uses_source, second.uses_source) == (True, True)
    method.enter(second)
    method.update = lambda loss, *groups: None
    batch = batch_of(PROBLEM, method)
    losses = method.step(batch)
    source, target = method.network.embed(batch.source_x), method.target.embed(batch.target_x)
    assert torch.equal(method.target.embed(batch.source_x), source)  # the copy
    told = (softplus(method.domain(source)).mean() + softplus(-method.domain(target)).mean()) / 2
    assert losses["domain"].item() == pytest.approx(told.item(), rel=1e-5)
    assert losses["fooled"].item() == pytest.approx(softplus(method.domain(target)).mean().item(), rel=1e-5)

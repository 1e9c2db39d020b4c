"""Two tasks: their losses by hand, whose turn it is, and what a step without a task leaves alone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from dabench_plugins.cross_stitch import CrossStitch
from dabench_plugins.hard_sharing import HardSharing
from dabench_plugins.soft_sharing import SoftSharing
from torch.nn.functional import cross_entropy

from dabench import Batch
from dabench.methods.problem import LabelledBatch
from tests.support.few_labels import few_labels, tuning
from tests.support.small_runs import batch_of, trained

SHARING = [HardSharing, SoftSharing, CrossStitch]


def batch(method: Any, step: int = 0) -> Batch:
    problem = few_labels()
    x, y = problem.labelled
    labelled = LabelledBatch(problem.prepare(x), y, torch.arange(len(y)))
    return replace(batch_of(problem, method), step=step, few_shot=labelled)


@pytest.mark.parametrize("cls", SHARING)
def test_both_tasks_have_their_cross_entropy(cls: Any) -> None:
    method = tuning(cls, plain=True)
    both = batch(method)
    losses = method.losses(both)
    x, y = both.labelled
    source = cross_entropy(method.predict_source(both.source_x), both.source_y)
    assert losses["source"].item() == pytest.approx(source.item(), rel=1e-5)
    assert losses["target"].item() == pytest.approx(cross_entropy(method.predict(x), y).item(), rel=1e-5)


def test_the_weights_of_uncertainty() -> None:
    method = tuning(HardSharing, plain=True, weights="uncertainty")
    plain = tuning(HardSharing, plain=True)
    with torch.no_grad():
        method.log_variances.copy_(torch.tensor([0.5, 9.0]))
    weighted, bare = method.losses(batch(method)), plain.losses(batch(plain))
    for name, s in (("source", 0.5), ("target", 5.0)):  # 9 is more than it may be
        expected = math.exp(-s) * bare[name].item() + s / 2
        assert weighted[name].item() == pytest.approx(expected, rel=1e-5)


def test_the_best_variance_is_what_is_left_of_the_loss() -> None:
    """The minimum of exp(-s) L + s / 2 lies at s = log(2 L)."""
    method = tuning(HardSharing, weights="uncertainty")
    loss = torch.tensor(0.7)
    with torch.no_grad():
        method.log_variances.fill_(math.log(1.4))
    method.weighted(loss, 0).backward()
    assert method.log_variances.grad.abs().max() < 1e-6


@pytest.mark.parametrize("cls", SHARING)
def test_alternating_tasks_take_turns(cls: Any) -> None:
    method = tuning(cls, batches="alternating")
    turns = [set(method.losses(batch(method, step))) & {"source", "target"} for step in range(4)]
    assert turns == [{"source"}, {"target"}, {"source"}, {"target"}]


@pytest.mark.parametrize("cls", SHARING)
@pytest.mark.parametrize("batches", ["mixed", "alternating"])
def test_every_weight_learns(cls: Any, batches: str) -> None:
    start, end = (
        trained(cls, few_labels(), steps=steps, batch=8, batches=batches, weights="uncertainty").state_dict()
        for steps in (2, 8)
    )
    weights = [name for name, value in end.items() if value.is_floating_point() and "running" not in name]
    assert "log_variances" in weights
    assert not [name for name in weights if torch.equal(start[name], end[name])]

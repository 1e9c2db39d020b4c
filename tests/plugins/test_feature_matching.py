"""Feature matching and what it is compared with: initialisation, losses, and what each of them trains."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from dabench_plugins.feature_matching import FeatureMatching
from dabench_plugins.fine_tune import FineTune
from dabench_plugins.target_k import TargetK
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Problem
from dabench.config.settings import Budget, Optimiser, Schedule
from dabench.data.resident import Normaliser, Rows
from dabench.execution.training import TrainingRecipe, train
from dabench.methods.problem import Paired
from dabench.seeding import drawing_from
from tests.support.small_runs import CPU, accuracy, batch_of, built, dim_and_noisy, problem_of, stripes


def _problem(narrow: bool = False) -> Problem[Tensor, Tensor]:
    """Stripes in the source, the same stripes dim and noisy in the target; twenty more are simultaneous."""
    x, y = stripes(300, seed=0)
    paired, paired_y = stripes(20, seed=1)
    target, paired_target = dim_and_noisy(stripes(200, seed=2)[0]), dim_and_noisy(paired)
    if narrow:
        target, paired_target = target[:, :2], paired_target[:, :2]
    return replace(
        problem_of(x, y, target),
        track="paired",
        paired=Paired(paired, paired_target, paired_y),
        prepare_target=Normaliser("mean", Rows(target)),
    )


def _steps(method: Any, problem: Problem[Tensor, Tensor], steps: int, of: int = 20) -> Any:
    """Train it for the first steps of a longer training."""
    recipe = TrainingRecipe(Optimiser(name="sgd", lr=0.05), Schedule(), Budget(steps=of, batch=16, checkpoints=of))
    with drawing_from(0, "training", CPU):
        for event in train(method, problem, recipe, seed=0):
            if event.losses is not None and event.step == steps:
                break
    return method.eval()


def _weights(network: Any) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


def test_the_losses_by_hand() -> None:
    problem = _problem()
    method = built(FeatureMatching, problem, plain=True, weight=3.0)
    batch = batch_of(problem, method, paired=torch.arange(16))
    source_x, target_x, y = batch.paired
    losses = method.losses(batch)
    source, target = method.network, method.target
    assert losses["source"].item() == pytest.approx(
        cross_entropy(source.output(source.embed(batch.source_x)), batch.source_y).item(), rel=1e-5
    )
    assert losses["target"].item() == pytest.approx(cross_entropy(target.output(target.embed(target_x)), y).item())
    apart = source.embed(source_x) - target.embed(target_x)
    assert losses["matching"].item() == pytest.approx(3 * apart.square().mean(1).mean().item(), rel=1e-5)
    sum(losses.values()).backward()  # type: ignore[union-attr]
    assert all(parameter.grad is not None for parameter in method.parameters())  # no side is held fixed


def test_simultaneous_samples_are_prepared_each_for_its_domain() -> None:
    problem = _problem()
    batch = batch_of(problem, built(TargetK, problem), paired=torch.tensor([3, 5]))
    source_x, target_x, y = batch.paired
    assert problem.paired_source_x is not None
    assert problem.paired_target_x is not None
    assert torch.equal(source_x, problem.prepare(problem.paired_source_x[[3, 5]]))
    assert torch.equal(target_x, problem.prepared_target(problem.paired_target_x[[3, 5]]))
    assert not torch.equal(target_x, problem.prepare(problem.paired_target_x[[3, 5]]))
    assert y.tolist() == [0, 2]


def test_the_target_starts_as_a_copy_of_what_the_source_has_learned() -> None:
    problem = _problem()
    method = built(FeatureMatching, problem)
    fresh = _weights(method.target)
    _steps(method, problem, 10)  # the whole first stage
    assert all(torch.equal(value, fresh[name]) for name, value in method.target.state_dict().items())
    batch = batch_of(problem, method, paired=torch.arange(16))
    method.transfer_losses(batch)
    learned = _weights(method.network)
    assert all(torch.equal(value, learned[name]) for name, value in method.target.named_parameters())
    assert any(not torch.equal(value, fresh[name]) for name, value in method.target.named_parameters())


@pytest.mark.slow
def test_without_matching_the_target_is_fine_tuned_to_the_bit() -> None:
    """At the source's rate; where both domains have one shape, the network itself goes on."""
    problem = _problem()
    tuned = _steps(built(FineTune, problem, rate=1.0), problem, 20)
    unmatched = _steps(built(FeatureMatching, problem, weight=0.0), problem, 20)
    matched = _steps(built(FeatureMatching, problem), problem, 20)
    of_tuned = _weights(tuned.network)
    assert tuned.target is None
    assert all(torch.equal(value, of_tuned[name]) for name, value in unmatched.target.state_dict().items())
    assert any(not torch.equal(value, of_tuned[name]) for name, value in matched.target.state_dict().items())


def test_fine_tuning_leaves_the_source_as_it_was_where_the_target_has_a_network_of_its_own() -> None:
    problem = _problem(narrow=True)
    half, whole = (_steps(built(FineTune, problem, rate=1.0), problem, steps) for steps in (10, 20))
    learned, fresh = _weights(half.network), _weights(half.target)
    assert all(torch.equal(value, learned[name]) for name, value in whole.network.state_dict().items())
    assert any(not torch.equal(value, fresh[name]) for name, value in whole.target.named_parameters())
    half.begin()
    now = _weights(half.target)
    assert torch.equal(now["trunk.0.weight"], fresh["trunk.0.weight"])
    assert all(torch.equal(now[name], learned[name]) for name in now if name != "trunk.0.weight")


def test_layers_that_do_not_fit_keep_their_weights() -> None:
    problem = _problem(narrow=True)
    method = built(FeatureMatching, problem, plain=True)
    fresh = _weights(method.target)
    method._initialise_target()
    now, learned = _weights(method.target), _weights(method.network)
    assert now["trunk.0.weight"].shape[1] == 2
    assert torch.equal(now["trunk.0.weight"], fresh["trunk.0.weight"])
    assert all(torch.equal(now[name], learned[name]) for name in now if name != "trunk.0.weight")


@pytest.mark.slow
def test_training_from_scratch_sees_the_labelled_target_alone() -> None:
    problem = _problem()
    other = replace(problem, source_x=problem.source_x.flip(0), target_x=problem.target_x.flip(0))
    first, second = (_steps(built(TargetK, given), given, 40) for given in (problem, other))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    assert problem.paired_target_x is not None
    assert problem.paired_y is not None
    target = replace(problem, prepare=problem.prepared_target)
    assert accuracy(first, target, problem.paired_target_x, problem.paired_y) > 0.6

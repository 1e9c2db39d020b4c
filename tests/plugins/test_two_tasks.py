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
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, Problem
from dabench.methods.problem import LabelledBatch
from tests.support.few_labels import few_labels, tuning
from tests.support.small_runs import batch_of, built, trained

SHARING = [HardSharing, SoftSharing, CrossStitch]


def batch(method: Any, step: int = 0, problem: Problem[Tensor, Tensor] | None = None) -> Batch:
    problem = problem or few_labels()
    assert problem.few_shot is not None
    x, y = problem.labelled
    labelled = LabelledBatch(problem.prepare(x), y, torch.arange(len(y)), problem.few_shot.aux)
    return replace(batch_of(problem, method), step=step, few_shot=labelled)


def with_second(*, of_target: bool = False) -> Problem[Tensor, Tensor]:
    """The problem with second labels of the source, five of them, and perhaps those of the labelled target examples."""
    plain = few_labels()
    assert plain.few_shot is not None
    few_shot = replace(plain.few_shot, aux={"font": torch.arange(6) % 5} if of_target else {})
    return replace(plain, source_aux={"font": torch.arange(60) % 5, "slant": torch.arange(60) % 2}, few_shot=few_shot)


def learning(cls: Any, problem: Problem[Tensor, Tensor], **options: Any) -> Any:
    """A method with font as its second task, in its last stage."""
    method = built(cls, problem, plain=True, second="font", **options)
    method.enter(method.stages()[-1])
    return method


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


@pytest.mark.parametrize("cls", SHARING)
@pytest.mark.parametrize("of_target", [False, True])
def test_classes_of_both_domains_and_second_labels_are_two_tasks(cls: Any, of_target: bool) -> None:
    problem = with_second(of_target=of_target)
    method = learning(cls, problem)
    both = batch(method, problem=problem)
    losses = method.losses(both)
    x, y = both.labelled
    x, y = torch.cat([both.source_x, x]), torch.cat([both.source_y, y])
    second = torch.cat([torch.arange(16), torch.arange(6)]) % 5 if of_target else torch.arange(16) % 5
    assert losses["class"].item() == pytest.approx(cross_entropy(method.predict(x), y).item(), rel=1e-5)
    said = method.head(x[: len(second)], 1)
    assert said.shape == (len(second), 5)
    assert losses["second"].item() == pytest.approx(cross_entropy(said, second).item(), rel=1e-5)


@pytest.mark.parametrize("cls", SHARING)
def test_the_classes_are_predicted_in_both_domains(cls: Any) -> None:
    method = learning(cls, with_second()).eval()
    x = few_labels().prepare(few_labels().target_x[:5])
    assert torch.equal(method.predict(x), method.head(x, 0))
    assert torch.equal(method.predict_source(x), method.predict(x))
    assert torch.allclose(method.network.output(method.embed(x)), method.predict(x), atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("cls", SHARING)
@pytest.mark.parametrize("batches", ["mixed", "alternating"])
def test_every_weight_of_classes_and_second_labels_learns(cls: Any, batches: str) -> None:
    start, end = (
        trained(
            cls, with_second(), steps=steps, batch=8, batches=batches, weights="uncertainty", second="font"
        ).state_dict()
        for steps in (2, 8)
    )
    weights = [name for name, value in end.items() if value.is_floating_point() and "running" not in name]
    assert not [name for name in weights if torch.equal(start[name], end[name])]


def test_classifiers_of_different_labels_are_not_drawn_together() -> None:
    method = learning(SoftSharing, with_second())
    with torch.no_grad():
        method.second.output.weight.add_(1)
    assert method.distance().item() == 0
    with torch.no_grad():
        method.second.hidden[0].bias.add_(2)
    assert method.distance().item() == pytest.approx(4 * 32)


@pytest.mark.parametrize("cls", SHARING)
def test_second_labels_that_are_not_there_are_an_error_that_names_those_that_are(cls: Any) -> None:
    with pytest.raises(ValueError, match="the source has no second labels 'fount', but font, slant"):
        built(cls, with_second(), second="fount")
    with pytest.raises(ValueError, match=r"no second labels 'font', nor any others: .* DomainArrays\(aux=\.\.\.\)"):
        built(cls, few_labels(), second="font")

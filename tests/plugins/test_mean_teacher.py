"""Mean teacher against its formulae, and what the teacher is."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dabench_plugins.mean_teacher import MeanTeacher, confident, consistency, imbalance
from dabench_plugins.source_augmented import SourceAugmented
from dabench_plugins.source_only import SourceOnly
from torch import Tensor

from tests.support.small_runs import accuracy, batch_of, built, dim_and_noisy, logits_of, problem_of, stripes, trained

OFF = {"weight": 0, "view": "none", "noise": 0, "decay": 0}


def _probabilities(rows: int = 6) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(0)
    student, teacher = (2 * torch.randn(rows, 4, generator=generator) for _ in range(2))
    return student.softmax(1), teacher.softmax(1)


def test_consistency_is_the_squared_distance_of_sure_rows_over_all_rows() -> None:
    student, teacher = _probabilities()
    s, t = student.double().numpy(), teacher.double().numpy()
    sure = [max(row) > 0.6 for row in t]
    assert 0 < sum(sure) < len(sure)
    expected = sum(np.mean((s[i] - t[i]) ** 2) for i in range(6) if sure[i]) / 6
    assert consistency(student, teacher, 0.6).item() == pytest.approx(expected, rel=1e-5)
    assert confident(teacher, 0.6).tolist() == [float(is_sure) for is_sure in sure]


def test_a_row_at_the_threshold_is_not_sure() -> None:
    assert confident(torch.tensor([[0.75, 0.25], [0.8, 0.2]]), 0.75).tolist() == [0, 1]


def test_imbalance_is_the_binary_cross_entropy_with_equal_shares() -> None:
    student, _ = _probabilities()
    share = student.double().numpy().mean(0)
    expected = -sum(0.25 * np.log(p) + 0.75 * np.log(1 - p) for p in share)
    assert imbalance(student).item() == pytest.approx(expected, rel=1e-5)
    equal = torch.full((3, 4), 0.25)
    assert imbalance(equal) < imbalance(student)


def test_the_losses_are_weighted_as_the_options_say() -> None:
    problem = _problem()
    parts = {}
    for name, options in {"plain": {}, "balanced": {"class_balance": 0.5}}.items():
        method = built(MeanTeacher, problem, weight=2, view="none", noise=0, confidence=0.3, **options).train()
        parts[name] = method.losses(batch_of(problem, method))
    assert set(parts["plain"]) == {"class", "consistency"}
    batch = batch_of(problem, method)
    with torch.no_grad():  # the teacher is still the student, and both see the same images here
        probabilities = method.classify(method.features(batch.target_x)).softmax(1)
    assert parts["plain"]["consistency"].item() == pytest.approx(0, abs=1e-9)
    sure = confident(probabilities, 0.3).mean().item()
    assert sure > 0
    assert parts["balanced"]["balance"].item() == pytest.approx(
        2 * 0.5 * sure * imbalance(probabilities).item(), rel=1e-4
    )


def test_the_gradient_stops_at_the_teacher_who_keeps_statistics_of_the_target() -> None:
    problem = _problem()
    method = built(MeanTeacher, problem, confidence=0.1, noise=0).train()
    with torch.no_grad():
        method.network.output.weight.add_(0.1)
    batch = batch_of(problem, method)
    sum(method.losses(batch).values()).backward()
    assert all(parameter.grad is None for parameter in method.average.parameters())
    assert all(parameter.grad is not None for parameter in method.network.parameters())
    norm = method.average.network.trunk[1]
    with torch.no_grad():
        entering = method.average.network.trunk[:1](batch.target_x_teacher)
    assert torch.allclose(norm.running_mean, 0.1 * entering.mean((0, 2, 3)), atol=1e-6)


def test_the_teacher_follows_and_predicts() -> None:
    problem = _problem()
    method = trained(MeanTeacher, problem, steps=10, decay=0.9)
    weights = method.network.output.weight, method.average.network.output.weight
    assert not torch.allclose(*weights)
    before = logits_of(method, problem, problem.target_x)
    with torch.no_grad():
        weights[0].zero_()
    assert torch.equal(logits_of(method, problem, problem.target_x), before)
    embedded = method.embed(problem.prepare(problem.target_x))
    assert torch.allclose(method.average.network.output(embedded), before, atol=1e-5)


@pytest.mark.slow
def test_switched_off_it_is_source_only() -> None:
    problem = _problem()
    plain = trained(SourceOnly, problem, plain=True, steps=15)
    off = trained(MeanTeacher, problem, plain=True, steps=15, **OFF)
    assert torch.equal(logits_of(off, problem, problem.target_x), logits_of(plain, problem, problem.target_x))
    options = {**OFF, "decay": 0.9, "confidence": 0}
    off, on = (trained(MeanTeacher, problem, plain=True, steps=15, **{**options, "weight": w}) for w in (0, 3))
    assert torch.equal(off.network.output.weight, plain.network.output.weight)
    assert not torch.equal(on.network.output.weight, plain.network.output.weight)


@pytest.mark.slow
@pytest.mark.parametrize(
    "option",
    [{"weight": 6}, {"confidence": 0.9}, {"decay": 0.2}, {"class_balance": 0.1}, {"view": "shift"}, {"noise": 0}],
)
def test_every_option_does_something(option: dict[str, object]) -> None:
    """Once the teacher is sure of something, which here it always is."""
    problem = _problem()
    default, changed = (trained(MeanTeacher, problem, steps=6, **{"confidence": 0, **o}) for o in ({}, option))
    logits = [logits_of(method, problem, problem.target_x) for method in (default, changed)]
    assert not torch.equal(*logits)


@pytest.mark.slow
def test_it_gains_over_source_only_with_the_same_augmentation_and_averaging() -> None:
    """And by what its loss asks for: with batch norm, statistics of the target alone gain a lot."""
    (x, y), (target, _), (test, test_y) = (stripes(rows, rows, side=16) for rows in (240, 241, 300))
    problem, shifted = problem_of(x, y, dim_and_noisy(target, 80)), dim_and_noisy(test, 80)
    accuracies = []
    for seed in range(2):
        methods = (
            trained(SourceAugmented, problem, seed, steps=120, view="affine", noise=0.1, decay=0.9),
            trained(MeanTeacher, problem, seed, steps=120, confidence=0.6, decay=0.9, weight=0),
            trained(MeanTeacher, problem, seed, steps=120, confidence=0.6, decay=0.9),
        )
        accuracies.append([accuracy(method, problem, shifted, test_y) for method in methods])
    augmented, without_loss, method = np.mean(accuracies, axis=0)
    assert 1 - method < 0.6 * (1 - augmented)  # of the errors that are left, not a number of points
    assert 1 - method < 0.75 * (1 - without_loss)


def _problem() -> object:
    (x, y), (target, _) = stripes(64, 1), stripes(64, 2)
    return problem_of(x, y, dim_and_noisy(target))

"""UDA against its formulae."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from dabench_plugins.source_augmented import SourceAugmented
from dabench_plugins.source_only import SourceOnly
from dabench_plugins.uda import Uda, annealed, consistency, signal_threshold
from scipy.special import log_softmax, softmax

from tests.support.small_runs import accuracy, batch_of, built, dim_and_noisy, logits_of, problem_of, stripes, trained

OFF = {"weight": 0, "weak": "none", "decay": 0}


def _logits(seed: int, rows: int = 8) -> torch.Tensor:
    return 2 * torch.randn(rows, 4, generator=torch.Generator().manual_seed(seed))


def test_consistency_is_the_divergence_from_the_sharpened_prediction_of_sure_rows_over_all_rows() -> None:
    weak, strong = _logits(0), _logits(1)
    w, s = weak.double().numpy(), strong.double().numpy()
    sure = softmax(w, axis=1).max(axis=1) > 0.7
    sharpened = softmax(w / 0.4, axis=1)
    assert 0 < sure.sum() < (sharpened.max(axis=1) > 0.7).sum()  # the mask is taken before sharpening
    divergence = (sharpened * (np.log(sharpened) - log_softmax(s, axis=1))).sum(axis=1)
    assert consistency(weak, strong, 0.4, 0.7).item() == pytest.approx(divergence[sure].sum() / 8, rel=1e-5)
    assert consistency(weak, weak, 1.0, 0.0).item() == pytest.approx(0, abs=1e-6)


def test_the_gradient_goes_to_the_augmented_images_alone() -> None:
    weak, strong = (_logits(seed).requires_grad_() for seed in (0, 1))
    consistency(weak, strong, 0.4, 0.5).backward()
    assert weak.grad is None
    expected = (strong.softmax(1) - (weak / 0.4).softmax(1)) / 8  # of the cross-entropy with a constant
    sure = weak.softmax(1).max(1).values > 0.5
    assert torch.allclose(strong.grad, expected * sure[:, None], atol=1e-6)


@pytest.mark.parametrize(
    ("schedule", "at_start", "in_the_middle", "at_end"),
    [
        ("linear", 0.1, 0.1 + 0.9 * 0.5, 1),
        ("log", 0.1, 0.1 + 0.9 * (1 - math.exp(-2.5)), 1 - 0.9 * math.exp(-5)),
        ("exp", 0.1 + 0.9 * math.exp(-5), 0.1 + 0.9 * math.exp(-2.5), 1),
    ],
)
def test_the_schedules_of_the_training_signal(
    schedule: str, at_start: float, in_the_middle: float, at_end: float
) -> None:
    values = [signal_threshold(schedule, progress, 10) for progress in (0.0, 0.5, 1.0)]  # type: ignore[arg-type]
    assert values == pytest.approx([at_start, in_the_middle, at_end])


def test_source_examples_that_are_known_too_well_are_left_out() -> None:
    logits, y = _logits(2), torch.tensor([0, 1, 2, 3, 0, 1, 2, 3])
    own = log_softmax(logits.double().numpy(), axis=1)[np.arange(8), y]
    kept = np.exp(own) <= 0.4
    assert 0 < kept.sum() < 8
    assert annealed(logits, y, 0.4).item() == pytest.approx(-own[kept].mean(), rel=1e-5)
    assert annealed(logits, y, 1.0).item() == pytest.approx(-own.mean(), rel=1e-5)
    assert annealed(50 * torch.eye(4), torch.arange(4), 0.25).item() == 0  # none is left


def test_the_losses_are_made_of_the_declared_views() -> None:
    (x, y), (target, _) = stripes(32, 1), stripes(32, 2)
    problem = problem_of(x, y, target)
    method = built(Uda, problem, plain=True, weight=3, confidence=0.2, tsa="linear").train()
    assert dict(method.views) == {"weak": "shift", "strong": "randaugment"}
    batch = batch_of(problem, method, progress=0.25)
    losses = method.losses(batch)
    logits = {
        name: method.classify(method.features(getattr(batch, name)))
        for name in ("source_x_weak", "target_x_weak", "target_x_strong")
    }
    divergence = consistency(logits["target_x_weak"], logits["target_x_strong"], 0.4, 0.2)
    assert divergence.item() > 0
    assert losses["consistency"].item() == pytest.approx(3 * divergence.item(), rel=1e-4)
    expected = annealed(logits["source_x_weak"], batch.source_y, signal_threshold("linear", 0.25, 3))
    assert losses["class"].item() == pytest.approx(expected.item(), rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("method", [Uda, SourceAugmented])
def test_the_average_predicts(method: type) -> None:
    (x, y), (target, _) = stripes(32, 1), stripes(32, 2)
    problem = problem_of(x, y, target)
    made = trained(method, problem, steps=12)
    for ours, theirs in ((made.average.network.trunk[1], made.network.trunk[1]),):
        assert not torch.equal(ours.running_mean, theirs.running_mean)
    before = logits_of(made, problem, target)
    with torch.no_grad():
        made.network.output.weight.zero_()
    assert torch.equal(logits_of(made, problem, target), before)
    embedded = made.embed(problem.prepare(target))
    assert torch.allclose(made.average.network.output(embedded), before, atol=1e-5)


@pytest.mark.slow
def test_switched_off_they_are_source_only() -> None:
    (x, y), (target, _) = stripes(64, 1), stripes(64, 2)
    problem = problem_of(x, y, target)
    plain = trained(SourceOnly, problem, plain=True, steps=15)
    off = trained(Uda, problem, plain=True, steps=15, **OFF)
    on = trained(Uda, problem, plain=True, steps=15, **{**OFF, "weight": 1, "confidence": 0})
    same = trained(SourceAugmented, problem, plain=True, steps=15, view="none", decay=0)
    logits = [logits_of(method, problem, target) for method in (plain, off, same, on)]
    assert torch.equal(logits[0], logits[1])
    assert torch.equal(logits[0], logits[2])
    assert not torch.equal(logits[0], logits[3])


@pytest.mark.slow
@pytest.mark.parametrize("option", [{"view": "affine"}, {"noise": 0.1}, {"decay": 0.9}])
def test_every_option_of_the_augmented_baseline_does_something(option: dict[str, object]) -> None:
    (x, y), (target, _) = stripes(64, 1), stripes(64, 2)
    problem = problem_of(x, y, target)
    plain, changed = (
        trained(SourceAugmented, problem, plain=True, steps=8, **{"view": "none", "decay": 0, **option})
        for option in ({}, option)
    )
    assert not torch.equal(logits_of(plain, problem, target), logits_of(changed, problem, target))


@pytest.mark.slow
def test_uda_gains_over_source_only_with_the_same_augmentation_and_averaging() -> None:
    """And by what its loss asks for: with batch norm, statistics of the target alone gain a lot."""
    (x, y), (target, _), (test, test_y) = (stripes(rows, rows, side=8) for rows in (240, 241, 300))
    problem, shifted = problem_of(x, y, dim_and_noisy(target, 50)), dim_and_noisy(test, 50)
    accuracies = []
    for seed in range(2):
        methods = (
            trained(SourceAugmented, problem, seed, steps=120, view="shift", decay=0.9),
            trained(Uda, problem, seed, steps=120, decay=0.9, weight=0),
            trained(Uda, problem, seed, steps=120, decay=0.9),
        )
        accuracies.append([accuracy(method, problem, shifted, test_y) for method in methods])
    augmented, without_loss, method = np.mean(accuracies, axis=0)
    assert 1 - method < 0.6 * (1 - augmented)  # of the errors that are left, not a number of points
    assert 1 - method < 0.75 * (1 - without_loss)

"""FixMatch and AdaMatch against their formulae."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from dabench_plugins.fixmatch import FixMatch, agreement
from scipy.special import log_softmax, softmax
from torch.nn.functional import cross_entropy

from dabench.seeding import drawing_from
from tests.support.small_runs import CPU, batch_of, built, dim_and_noisy, problem_of, stripes

(X, Y), (TARGET, _) = stripes(96, 0), stripes(96, 1)
PROBLEM = problem_of(X, Y, dim_and_noisy(TARGET))


def logits_of(method: Any, x: torch.Tensor) -> torch.Tensor:
    """Of the network that learns; `predict` asks its average."""
    logits: torch.Tensor = method.classify(method.features(x))
    return logits


def _logits(seed: int, rows: int = 8) -> torch.Tensor:
    return 2 * torch.randn(rows, 4, generator=torch.Generator().manual_seed(seed))


def test_agreement_is_the_cross_entropy_with_the_sure_classes_over_all_rows() -> None:
    weak, strong = softmax(_logits(0).double().numpy(), axis=1), _logits(1)
    sure = weak.max(axis=1) > 0.7
    assert 0 < sure.sum() < 8
    each = -log_softmax(strong.double().numpy(), axis=1)[np.arange(8), weak.argmax(axis=1)]
    assert agreement(torch.tensor(weak), strong, 0.7).item() == pytest.approx(each[sure].sum() / 8, rel=1e-5)


def test_the_losses_are_made_of_the_declared_views() -> None:
    method = built(FixMatch, PROBLEM, plain=True, weight=3, confidence=0.2).train()
    assert dict(method.views) == {"weak": "shift", "strong": "randaugment"}
    batch = batch_of(PROBLEM, method)
    losses = method.losses(batch)
    source, weak, strong = (
        logits_of(method, getattr(batch, name)) for name in ("source_x_weak", "target_x_weak", "target_x_strong")
    )
    assert losses["class"].item() == pytest.approx(cross_entropy(source, batch.source_y).item(), rel=1e-4)
    assert losses["consistency"].item() == pytest.approx(3 * agreement(weak.softmax(1), strong, 0.2).item(), rel=1e-4)


def test_no_gradient_goes_to_the_weakly_augmented_images() -> None:
    """The gradient is that of a cross-entropy whose labels are constants."""
    method = built(FixMatch, PROBLEM, plain=True, confidence=0.0).train()
    batch = batch_of(PROBLEM, method)
    method.losses(batch)["consistency"].backward()
    got = method.network.output.weight.grad.clone()
    method.zero_grad()
    labels = logits_of(method, batch.target_x_weak).argmax(1)
    cross_entropy(logits_of(method, batch.target_x_strong), labels).backward()
    assert torch.allclose(got, method.network.output.weight.grad, atol=1e-5)


def test_adamatch_is_the_paper_in_one_step() -> None:
    method = built(FixMatch, PROBLEM, plain=True, relative=True, confidence=0.5).train()
    batch = batch_of(PROBLEM, method, progress=0.25)
    with torch.no_grad():
        method.network.output.weight.mul_(8)
    weak, strong = (logits_of(method, getattr(batch, f"source_x_{view}")) for view in ("weak", "strong"))
    losses = method.losses(batch)  # without batch norm both logits of the source are the same
    classes = [cross_entropy(logits, batch.source_y).item() for logits in (weak, strong)]
    assert losses["class"].item() == pytest.approx(np.mean(classes), rel=1e-4)
    on_source = weak.softmax(1).detach().double().numpy()
    on_target = logits_of(method, batch.target_x_weak).softmax(1).detach().double().numpy()
    means = [0.1 / 3 + 0.9 * p.mean(axis=0) for p in (on_source, on_target)]
    assert np.allclose(method.source_mean.numpy(), means[0], atol=1e-5)
    aligned = on_target * means[0] / means[1]
    aligned /= aligned.sum(axis=1, keepdims=True)
    threshold = 0.5 * on_source.max(axis=1).mean()
    assert (aligned.max(axis=1) > threshold).any()
    strong = logits_of(method, batch.target_x_strong)
    expected = 0.5 * agreement(torch.tensor(aligned), strong, threshold).item()  # the ramp at a quarter is a half
    assert losses["consistency"].item() == pytest.approx(expected, rel=1e-4)


def test_the_sources_logits_lie_between_those_with_statistics_of_both_and_of_its_own() -> None:
    """And only what passes together moves the running statistics."""
    method = built(FixMatch, PROBLEM, relative=True).train()
    batch = batch_of(PROBLEM, method)
    views = [getattr(batch, f"{domain}_x_{view}") for domain in ("source", "target") for view in ("weak", "strong")]
    with method.statistics_kept(), torch.no_grad():
        both, alone = logits_of(method, torch.cat(views))[:32], logits_of(method, torch.cat(views[:2]))
    y = batch.source_y.repeat(2)
    ends = [cross_entropy(both + share * (alone - both), y).item() for share in (0.0, 1.0)]
    assert abs(ends[0] - ends[1]) > 1e-4
    with drawing_from(0, "between", CPU):
        share = torch.rand_like(alone)
    with drawing_from(0, "between", CPU):
        got = method.losses(batch)["class"].item()
    assert got == pytest.approx(cross_entropy(alone + share * (both - alone), y).item(), rel=1e-4)
    norm = method.network.trunk[1]
    with torch.no_grad():
        channels = method.network.trunk[0](torch.cat(views)).transpose(0, 1).flatten(1)
    assert torch.allclose(norm.running_mean, norm.momentum * channels.mean(1), atol=1e-5)

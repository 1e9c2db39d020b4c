"""Tent: what it minimises, and what it leaves alone."""

from __future__ import annotations

import pytest
import torch
from dabench_plugins.entropy import entropy
from dabench_plugins.tent import Tent

from tests.support.small_runs import batch_of, built, dim_and_noisy, logits_of, problem_of, stripes, trained

(X, Y), (TARGET, _) = stripes(96, 0), stripes(96, 1)
PROBLEM = problem_of(X, Y, dim_and_noisy(TARGET))


def test_entropy_is_that_of_the_distribution() -> None:
    logits = torch.tensor([[0.0, 0.0, 0.0], [1.0, 2.0, -1.0], [200.0, 0.0, -200.0]])
    assert torch.allclose(entropy(logits), torch.distributions.Categorical(logits=logits).entropy(), atol=1e-6)


@pytest.mark.slow
def test_the_second_stage_lowers_entropy_by_scale_and_shift_alone() -> None:
    def end(rate: float) -> Tent:
        method: Tent = trained(Tent, PROBLEM, steps=80, share=0.5, rate=rate)
        return method

    still, moved = end(0.0), end(1.0)
    changed = {
        name
        for (name, a), (_, b) in zip(still.network.named_parameters(), moved.network.named_parameters(), strict=True)
        if not torch.equal(a, b)
    }
    assert changed == {"trunk.1.weight", "trunk.1.bias", "trunk.5.weight", "trunk.5.bias"}
    before, after = (entropy(logits_of(method, PROBLEM, PROBLEM.target_x)).mean() for method in (still, moved))
    assert after < 0.9 * before


def test_the_loss_is_the_mean_entropy_of_the_batch() -> None:
    method = built(Tent, PROBLEM).eval()
    batch = batch_of(PROBLEM, method)
    expected = torch.distributions.Categorical(logits=method.predict(batch.target_x)).entropy().mean()
    assert method.target_losses(batch)["entropy"].item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.slow
def test_batch_norm_ends_with_statistics_of_the_target() -> None:
    method = trained(Tent, PROBLEM, steps=100, share=0.6, rate=0.0)
    with torch.no_grad():
        channels = method.network.trunk[0](PROBLEM.prepare(PROBLEM.target_x)).transpose(0, 1).flatten(1)
    assert torch.allclose(method.network.trunk[1].running_mean, channels.mean(1), atol=0.05)

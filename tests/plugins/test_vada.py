"""VADA against its formulae, and what its terms do."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import torch
from dabench_plugins.source_only import SourceOnly
from dabench_plugins.vada import Vada, unit
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from dabench import Problem
from dabench.seeding import drawing_from
from tests.support.small_runs import CPU, batch_of, built, dim_and_noisy, logits_of, problem_of, stripes, trained

NOTHING = {"weight": 0, "cluster": 0, "source_smooth": 0}


@cache
def _problem() -> Problem[Tensor, Tensor]:
    (x, y), (target, _) = stripes(120, 0), stripes(90, 1)
    return problem_of(x, y, dim_and_noisy(target))


def _losses(method: Any) -> dict[str, Tensor]:
    with drawing_from(0, "losses", CPU):
        losses: dict[str, Tensor] = method.losses(batch_of(_problem(), method))
    return losses


def test_rows_are_scaled_to_length_1_and_zeros_stay() -> None:
    x = torch.stack([torch.full((2, 3), 2.0), torch.zeros(2, 3), torch.full((2, 3), 1e-30)])
    assert unit(x).flatten(1).norm(dim=1).tolist() == pytest.approx([1, 0, 1])


def test_losses_are_those_of_the_paper() -> None:
    method = built(Vada, _problem(), plain=True, cluster=0.3, source_smooth=0.5).train()
    batch, losses = batch_of(_problem(), method), _losses(method)
    source, target = (method.network.features(x) for x in (batch.source_x, batch.target_x))
    on_source, on_target = (method.network.classify(features) for features in (source, target))
    assert losses["class"].item() == pytest.approx(cross_entropy(on_source, batch.source_y).item(), rel=1e-5)
    domains = [
        binary_cross_entropy_with_logits(method.domain(features), torch.full((16, 1), float(is_target)))
        for is_target, features in enumerate((source, target))
    ]
    assert losses["domain"].item() == pytest.approx(torch.stack(domains).mean().item(), rel=1e-5)
    entropy = torch.distributions.Categorical(logits=on_target).entropy().mean()
    assert losses["entropy"].item() == pytest.approx(0.3 * entropy.item(), rel=1e-5)
    # A cross-entropy is at least the entropy of the prediction that it starts from.
    assert losses["target_smooth"].item() > 0.3 * entropy.item()
    entropy = torch.distributions.Categorical(logits=on_source).entropy().mean()
    assert losses["source_smooth"].item() > 0.5 * entropy.item()


def test_the_reversed_gradient_is_weighted_and_that_of_the_domain_classifier_is_not() -> None:
    def gradients(weight: float) -> tuple[Tensor, Tensor]:
        method = built(Vada, _problem(), plain=True, weight=weight, cluster=0, source_smooth=0).train()
        _losses(method)["domain"].backward()
        (head,) = [item for name, item in method.domain.named_parameters() if name.endswith("weight")][-1:]
        assert method.network.trunk[0].weight.grad is not None
        assert head.grad is not None
        return method.network.trunk[0].weight.grad, head.grad

    (few, head), (many, same) = gradients(0.1), gradients(0.4)
    assert torch.allclose(many, 4 * few, rtol=1e-4)
    assert few.abs().sum() > 0
    assert torch.equal(head, same)


@pytest.mark.slow
def test_the_adversarial_direction_changes_predictions_more_than_a_random_one() -> None:
    """Once the network knows something."""
    method = trained(SourceOnly, _problem(), steps=60, plain=True)
    vada = built(Vada, _problem(), plain=True, radius=1.0)
    vada.network.load_state_dict(method.network.state_dict())
    x = _problem().prepare(_problem().source_x)
    now = vada.network.classify(vada.network.features(x))
    with drawing_from(0, "direction", CPU):
        worst = vada._smoothness(x, now).item()
        random = x + unit(torch.randn_like(x))
    moved = cross_entropy(vada.network.classify(vada.network.features(random)), now.softmax(1)).item()
    still = cross_entropy(now, now.softmax(1)).item()
    assert worst - still > 5 * abs(moved - still)


def test_running_statistics_are_those_of_the_target() -> None:
    method = built(Vada, _problem()).train()
    batch, norm = batch_of(_problem(), method), method.network.trunk[1]
    _losses(method)
    with torch.no_grad():
        channels = method.network.trunk[0](batch.target_x).transpose(0, 1).flatten(1)
    assert torch.allclose(norm.running_mean, norm.momentum * channels.mean(1), atol=1e-5)
    assert norm.momentum == 0.1


@pytest.mark.slow
def test_each_term_does_what_it_is_for() -> None:
    """Sure predictions on the target; predictions that an adversary can change less."""

    def entropy(**options: Any) -> float:
        method = trained(Vada, _problem(), steps=40, decay=0.9, **NOTHING | options)
        logits = logits_of(method, _problem(), _problem().target_x)
        return float(torch.distributions.Categorical(logits=logits).entropy().mean())

    def change(**options: Any) -> float:
        method = trained(Vada, _problem(), steps=40, decay=0.9, **NOTHING | options)
        x = _problem().prepare(_problem().source_x)
        now = method.network.classify(method.network.features(x))
        with drawing_from(0, "direction", CPU):
            gained: Tensor = method._smoothness(x, now) - cross_entropy(now, now.softmax(1))
        return gained.item()

    assert entropy(cluster=3.0) < 0.7 * entropy()
    assert change(source_smooth=1.0) < 0.7 * change()


@pytest.mark.slow
def test_the_average_predicts() -> None:
    method = trained(Vada, _problem(), steps=10, decay=0.9)
    before = logits_of(method, _problem(), _problem().target_x)
    with torch.no_grad():
        method.network.output.weight.zero_()
    assert torch.equal(logits_of(method, _problem(), _problem().target_x), before)
    embedded = method.embed(_problem().prepare(_problem().target_x))
    assert torch.allclose(method.average.network.output(embedded), before, atol=1e-5)

"""CDAN against its formulae."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from dabench_plugins.cdan import RANDOM, Cdan, certainty
from dabench_plugins.critic import hidden_width
from torch.nn.functional import binary_cross_entropy_with_logits

from tests.support.small_runs import batch_of, built, problem_of, stripes

(X, Y), (TARGET, _) = stripes(32, 0), stripes(32, 1)
PROBLEM = problem_of(X, Y, TARGET)


def test_the_classifier_of_domains_sees_every_product_of_a_hidden_unit_and_a_probability() -> None:
    method = built(Cdan, PROBLEM, plain=True)
    hidden, probabilities = torch.randn(5, 32), torch.rand(5, 3)
    joint = method.joint(hidden, probabilities)
    expected = [np.outer(p, h).flatten() for p, h in zip(probabilities.numpy(), hidden.numpy(), strict=True)]
    assert np.allclose(joint.numpy(), expected, atol=1e-6)
    assert method.domain[0].in_features == 3 * 32


def test_random_projections_keep_inner_products_in_the_mean() -> None:
    method = built(Cdan, PROBLEM, plain=True, product="random")
    generator = torch.Generator().manual_seed(1)
    hidden, probabilities = torch.rand(4, 32, generator=generator), torch.rand(4, 3, generator=generator)
    joint = method.joint(hidden, probabilities)
    assert joint.shape == (4, RANDOM)
    exact = (hidden @ hidden.T) * (probabilities @ probabilities.T)
    assert torch.allclose(joint @ joint.T, exact, rtol=0.5)


def test_certain_examples_count_more_and_both_domains_alike() -> None:
    logits = torch.tensor([[0.0, 0.0], [9.0, -9.0], [1.0, 0.0]])
    p = 1 / (1 + math.exp(-1))
    entropies = [math.log(2), 0.0, -p * math.log(p) - (1 - p) * math.log(1 - p)]
    first = np.array([1 + math.exp(-entropy) for entropy in entropies[:2]])
    assert certainty(logits, 2).tolist() == pytest.approx([*(first / first.sum() / 2), 0.5], abs=1e-6)


@pytest.mark.parametrize("entropy", [False, True])
def test_the_domain_loss_is_the_weighted_mean_over_both_domains(entropy: bool) -> None:
    method = built(Cdan, PROBLEM, plain=True, entropy=entropy, weight=2.0).eval()  # without dropout
    batch = batch_of(PROBLEM, method, progress=0.5)
    each = []
    for x, is_target in ((batch.source_x, 0.0), (batch.target_x, 1.0)):
        logits = method.predict(x)
        domain = method.domain(method.joint(method.embed(x), logits.softmax(1)))[:, 0]
        loss = binary_cross_entropy_with_logits(domain, torch.full((16,), is_target), reduction="none")
        weight = certainty(logits, 16) if entropy else torch.full((16,), 1 / 32)  # of one domain alone: half of all
        each.append((weight * loss).sum())
    assert method.losses(batch)["domain"].item() == pytest.approx(2 * sum(each).item(), rel=1e-4)


def test_the_gradient_is_reversed_on_the_features_and_none_goes_through_the_probabilities() -> None:
    method = built(Cdan, PROBLEM, plain=True).eval()
    batch = batch_of(PROBLEM, method, progress=1.0)
    method.losses(batch)["domain"].backward()
    assert all(parameter.grad is None for parameter in method.network.output.parameters())
    reversed_ = method.network.hidden[0].weight.grad.clone()
    method.zero_grad()
    both = torch.cat([batch.source_x, batch.target_x])
    domain = method.domain(method.joint(method.embed(both), method.predict(both).softmax(1).detach()))
    labels = torch.cat([torch.zeros(16, 1), torch.ones(16, 1)])
    binary_cross_entropy_with_logits(domain, labels).backward()
    ramp = 2 / (1 + math.exp(-10)) - 1
    assert torch.allclose(reversed_, -ramp * method.network.hidden[0].weight.grad, atol=1e-7)


def test_the_width_of_the_hidden_layer_is_found_without_a_trace() -> None:
    network = built(Cdan, PROBLEM).network.train()
    assert hidden_width(network) == 32
    assert network.hidden.training

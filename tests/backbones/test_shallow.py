"""The network for vectors: one hidden layer of sigmoid units, as the paper's algorithm begins it."""

from __future__ import annotations

import torch

from dabench.backbones.shallow import Shallow


def test_one_hidden_layer_is_features_and_embedding() -> None:
    torch.manual_seed(0)
    network = Shallow((7,), 3, Shallow.Options(hidden=5))
    x = 10 * torch.randn(4, 7)
    first, weight = network.trunk[1], network.output.weight
    assert sum(parameter.numel() for parameter in network.parameters()) == 7 * 5 + 5 + 5 * 3 + 3
    hidden = torch.sigmoid(x @ first.weight.T)  # biases begin at 0
    torch.testing.assert_close(network.features(x), hidden)
    torch.testing.assert_close(network.embed(x), hidden)
    torch.testing.assert_close(network.classify(hidden), hidden @ weight.T)
    assert first.weight.abs().max() <= (6 / (7 + 5)) ** 0.5
    assert first.weight.abs().max() > 0.9 * (6 / (7 + 5)) ** 0.5
    assert network.feature_size == 5


def test_the_domain_classifier_is_logistic_regression_that_begins_undecided() -> None:
    head = Shallow((7,), 2, Shallow.Options(hidden=5)).domain_head()
    assert sum(parameter.numel() for parameter in head.parameters()) == 5 + 1
    assert torch.equal(head(torch.rand(4, 5)), torch.zeros(4, 1))

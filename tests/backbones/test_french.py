"""The MNIST network of French et al.: its sizes as in their code."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from dabench.backbones.french import FrenchMnist


@pytest.mark.parametrize(("side", "features"), [(28, 1024), (32, 64 * 5 * 5)])
def test_three_convolutions_and_a_hidden_layer(side: int, features: int) -> None:
    network = FrenchMnist((3, side, side), 10, FrenchMnist.Options(dropout=0.25))
    weights = [tuple(layer.weight.shape) for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    assert weights == [(32, 3, 5, 5), (64, 32, 3, 3), (64, 64, 3, 3), (256, features), (10, 256)]
    assert [layer.num_features for layer in network.modules() if isinstance(layer, nn.BatchNorm2d)] == [32, 64, 64]
    assert [layer.p for layer in network.modules() if isinstance(layer, nn.Dropout2d)] == [0.25]
    x = torch.rand(2, 3, side, side)
    assert network.features(x).shape == (2, features)
    assert network.embed(x).shape == (2, 256)
    assert network.classify(network.features(x)).shape == (2, 10)
    assert network.domain_head()(network.features(x)).shape == (2, 1)

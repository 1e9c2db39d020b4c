"""Networks of methods that judge the last hidden layer: domain classifiers and critics."""

from __future__ import annotations

import torch
from torch import nn

from dabench import Backbone


def hidden_width(network: Backbone) -> int:
    """The width H of the last hidden layer of a network that is still on the CPU, as in `setup`."""
    training = network.hidden.training
    with torch.no_grad():
        width: int = network.hidden.eval()(torch.zeros(1, network.feature_size)).shape[1]
    network.hidden.train(training)
    return width


def critic(inputs: int, widths: tuple[int, ...], dropout: float = 0.0) -> nn.Sequential:
    """A new network, (N, inputs) -> (N, 1), with hidden layers of these widths, ReLU and, if wanted, dropout behind."""
    layers: list[nn.Module] = []
    for width in widths:
        layers += [nn.Linear(inputs, width), nn.ReLU(), *([nn.Dropout(dropout)] if dropout else [])]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, 1))

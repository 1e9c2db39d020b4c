"""Pooling comes before what changes no order: less to compute, with the same bits."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from dabench.backbones.base import Backbone
from dabench.backbones.french import FrenchMnist
from dabench.backbones.ganin import DigitsBn, GaninGtsrb, GaninMnist, GaninSvhn
from dabench.backbones.mini_cnn import MiniCnn
from dabench.backbones.sensor_cnn import SensorCnn

LATE = (nn.ReLU, nn.Dropout2d)  # increasing for each channel of an image
POOLING = (nn.MaxPool1d, nn.MaxPool2d)
NETWORKS = [
    (MiniCnn, (3, 16, 16), MiniCnn.Options(batch_norm=True, dropout=0.5)),
    (MiniCnn, (3, 16, 16), MiniCnn.Options(convolutions=3)),
    (GaninMnist, (3, 32, 32), GaninMnist.Options()),
    (GaninSvhn, (3, 32, 32), GaninSvhn.Options()),
    (GaninGtsrb, (3, 40, 40), GaninGtsrb.Options()),
    (DigitsBn, (3, 32, 32), DigitsBn.Options()),
    (FrenchMnist, (3, 32, 32), FrenchMnist.Options()),
    (SensorCnn, (3, 128), SensorCnn.Options()),
]


def _as_usual(trunk: nn.Sequential) -> nn.Sequential:
    """The same layers, with every pooling behind the activation and dropout that follow it."""
    layers = list(trunk)
    for _ in layers:
        for place, (first, second) in enumerate(pairwise(layers)):
            if isinstance(first, POOLING) and isinstance(second, LATE):
                layers[place : place + 2] = [second, first]
    return nn.Sequential(*layers)


def _passed(network: Backbone, trunk: nn.Module, x: Tensor) -> list[Tensor]:
    torch.manual_seed(1)
    network.zero_grad()
    out = trunk(x).flatten(1)
    (out * torch.linspace(-1, 1, out.shape[1])).sum().backward()
    return [out, *(parameter.grad for parameter in trunk.parameters() if parameter.grad is not None)]


@pytest.mark.slow
@pytest.mark.parametrize(("cls", "shape", "options"), NETWORKS, ids=lambda value: getattr(value, "__name__", ""))
def test_pooling_first_gives_the_same_bits(
    cls: type[Backbone], shape: tuple[int, ...], options: Backbone.Options
) -> None:
    torch.manual_seed(0)
    network = cls(shape, 10, options).to(memory_format=torch.channels_last)
    usual = _as_usual(network.trunk)  # type: ignore[arg-type]  # all of them are sequences
    assert [type(layer) for layer in usual] != [type(layer) for layer in network.trunk]  # type: ignore[arg-type]
    x = torch.randn(9, *shape)
    ours, theirs = _passed(network, network.trunk, x), _passed(network, usual, x)
    assert len(ours) > 4
    assert all(torch.equal(one, other) for one, other in zip(ours, theirs, strict=True))

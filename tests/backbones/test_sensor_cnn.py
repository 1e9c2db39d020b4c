"""Where the sensors meet in the network for sensor windows."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from scipy.special import log_softmax

from dabench.backbones.sensor_cnn import SensorCnn, multiplied
from dabench.errors import DataError


def net(fusion: str, channels: int = 6, **options: object) -> SensorCnn:
    torch.manual_seed(0)
    return SensorCnn((channels, 32), 4, SensorCnn.Options(channels=8, hidden=10, fusion=fusion, **options)).eval()


@pytest.mark.parametrize("fusion", ["early", "intermediate", "late", "multiplicative"])
def test_every_fusion_has_as_many_features_and_hidden_units(fusion: str) -> None:
    network, x = net(fusion), torch.randn(5, 6, 32)
    features = network.features(x)
    assert features.shape == (5, network.feature_size) == (5, 16)
    assert network.embed(x).shape == (5, 10)
    assert network.classify(features).shape == (5, 4)


def test_the_sensors_pass_apart_until_they_meet() -> None:
    x = torch.randn(5, 6, 32)
    other = torch.cat([x[:, :3], torch.randn(5, 3, 32)], 1)
    for fusion, apart in (("early", False), ("intermediate", True), ("late", True)):
        network = net(fusion)
        same = (network.features(x) == network.features(other)).all(0)
        assert same[:8].all() == apart
        assert not same[8:].all()
    late, middle = net("late"), net("intermediate")
    assert torch.equal(late.embed(x)[:, :5], late.embed(other)[:, :5])
    assert not (middle.embed(x) == middle.embed(other)).any(0).all()


def test_late_fusion_is_the_mean_of_two_networks() -> None:
    network, x = net("late", modalities=(2, 4)), torch.randn(3, 6, 32)
    logits = []
    for part, own in enumerate(x.split([2, 4], 1)):
        features = network.trunk.parts[part](own).flatten(1)
        logits.append(network.output.outputs[part](network.hidden.parts[part](features)))
    assert torch.allclose(network.classify(network.features(x)), (logits[0] + logits[1]) / 2, atol=1e-6)


@pytest.mark.parametrize("sensors", [2, 3])
def test_multiplicative_merging_is_that_of_the_paper(sensors: int) -> None:
    logs = log_softmax(np.random.default_rng(0).normal(size=(sensors, 5, 4)), axis=2)
    expected = np.zeros((5, 4))
    for own in range(sensors):
        doubt = np.prod([1 - np.exp(logs[other]) for other in range(sensors) if other != own], axis=0)
        expected += doubt ** (0.5 / (sensors - 1)) * logs[own]
    assert multiplied(torch.tensor(logs)).numpy() == pytest.approx(expected)


def test_the_gradient_is_finite_where_a_sensor_is_quite_sure() -> None:
    logits = torch.tensor([[[200.0, 0.0]], [[0.0, 1.0]]], requires_grad=True)
    multiplied(logits.log_softmax(2)).sum().backward()
    assert torch.isfinite(logits.grad).all()


@pytest.mark.parametrize(("channels", "modalities"), [(3, (3, 3)), (6, (3, 2)), (6, (6,)), (6, ()), (6, (6, 0))])
def test_a_sensor_that_is_lacking_is_told(channels: int, modalities: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=re.escape(f"the examples have {channels}: set backbone.options.modalities")):
        net("late", channels, modalities=modalities)
    net("early", channels, modalities=modalities)

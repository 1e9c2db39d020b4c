"""The networks of Ganin & Lempitsky: their sizes counted by hand, and that they take digits of both sizes."""

import pytest
import torch
from torch import nn

from dabench.backbones.ganin import DigitsBn, GaninGtsrb, GaninMnist, GaninSvhn
from dabench.errors import DataError


def build(backbone, side=32, classes=10, **options):
    return backbone((3, side, side), classes, backbone.Options(**options))


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def layer(inputs: int, outputs: int, kernel: int = 1) -> int:
    """Parameters of a convolution, or with kernel 1 of a linear layer."""
    return inputs * outputs * kernel * kernel + outputs


@pytest.mark.parametrize(("side", "features"), [(32, 48 * 5 * 5), (28, 48 * 4 * 4)])
def test_the_mnist_network(side, features):
    network = build(GaninMnist, side)
    assert network.feature_size == features
    assert count(network.trunk) == layer(3, 32, 5) + layer(32, 48, 5)
    assert count(network.hidden) == layer(features, 100) + layer(100, 100)
    assert count(network.output) == layer(100, 10)
    assert count(network.domain_head()) == layer(features, 100) + layer(100, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("side", "features"), [(32, 128 * 8 * 8), (28, 128 * 7 * 7)])
def test_the_svhn_network(side, features):
    network = build(GaninSvhn, side)
    assert network.feature_size == features
    assert count(network.trunk) == layer(3, 64, 5) + layer(64, 64, 5) + layer(64, 128, 5)
    assert count(network.hidden) == layer(features, 3072) + layer(3072, 2048)
    assert count(network.output) == layer(2048, 10)
    assert count(network.domain_head()) == layer(features, 1024) + layer(1024, 1024) + layer(1024, 1)


def test_the_gtsrb_network():
    network = build(GaninGtsrb, classes=43)
    assert network.feature_size == 256
    assert count(network.trunk) == layer(3, 96, 5) + layer(96, 144, 3) + layer(144, 256, 5)
    assert count(network.hidden) == layer(256, 512)
    assert count(network.output) == layer(512, 43)
    assert count(network.domain_head()) == layer(256, 1024) + layer(1024, 1024) + layer(1024, 1)


def test_the_stronger_network_adds_batch_norm_alone():
    plain, strong = build(GaninMnist), build(DigitsBn)
    assert count(strong) == count(plain) + 2 * (32 + 48)
    assert strong.feature_size == plain.feature_size


@pytest.mark.slow
@pytest.mark.parametrize("side", [28, 32])
@pytest.mark.parametrize("backbone", [GaninMnist, GaninSvhn, DigitsBn])
def test_shapes_on_digits_of_both_sizes(backbone, side):
    network = build(backbone, side)
    x = torch.rand(2, 3, side, side)
    features = network.features(x)
    assert features.shape == (2, network.feature_size)
    assert network.classify(features).shape == (2, 10)
    assert network.embed(x).shape[0] == 2
    assert network.domain_head()(features).shape == (2, 1)


def test_building_leaves_batch_norm_as_new_and_in_training():
    network = build(DigitsBn)
    assert all(module.training for module in network.modules())
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    assert len(norms) == 2
    for norm in norms:
        assert norm.num_batches_tracked == 0
        assert not norm.running_mean.any()


@pytest.mark.slow
def test_dropout_can_be_set():
    assert [module.p for module in build(DigitsBn, dropout=0.25).modules() if isinstance(module, nn.Dropout2d)] == [
        0.25
    ]
    assert [module.p for module in build(GaninSvhn, dropout=0).modules() if isinstance(module, nn.Dropout)] == [0, 0]


def test_images_that_are_too_small_are_refused():
    with pytest.raises(DataError, match=r"\(3, 28, 28\) are too small"):
        build(GaninGtsrb, side=28)

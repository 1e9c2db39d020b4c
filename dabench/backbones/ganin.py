"""The three networks of Ganin & Lempitsky (2015), Fig. 4, and a stronger variant of the first.

The paper states no padding. The MNIST network has none, like LeNet after which it is made. The SVHN network keeps
the size (padding 2), like the network of Srivastava et al. (2014) after which it is made. The GTSRB network has
none, which ends at 1x1 for 32x32 images, as in Ciresan et al. (2012).
"""

from __future__ import annotations

import torch
from pydantic import Field
from torch import nn

from dabench.backbones.base import Backbone
from dabench.errors import DataError


class GaninMnist(Backbone):
    """The network for pairs whose source is MNIST. Its domain classifier is the default one: 100 units, then one."""

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Backbone.Options) -> None:
        super().__init__(input_shape, classes, options)
        self.trunk = nn.Sequential(
            nn.Conv2d(input_shape[0], 32, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(32, 48, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
        )
        self.feature_size = flat_size(self.trunk, input_shape)
        self.hidden = nn.Sequential(nn.Linear(self.feature_size, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU())
        self.output = nn.Linear(100, classes)


class GaninSvhn(Backbone):
    """The network for pairs of SVHN. The paper also bounds the norms of the weights, and does not say how: left out
    here.
    """

    class Options(Backbone.Options):
        """Options.

        Attributes:
            dropout: rate behind each hidden layer. The paper uses dropout and states no rate.
        """

        dropout: float = Field(0.5, ge=0, lt=1)

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        super().__init__(input_shape, classes, options)
        self.trunk = nn.Sequential(
            nn.Conv2d(input_shape[0], 64, 5, padding=2),
            nn.MaxPool2d(3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(64, 64, 5, padding=2),
            nn.MaxPool2d(3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(64, 128, 5, padding=2),
            nn.ReLU(),
        )
        self.feature_size = flat_size(self.trunk, input_shape)
        self.hidden = nn.Sequential(
            nn.Linear(self.feature_size, 3072),
            nn.ReLU(),
            nn.Dropout(options.dropout),
            nn.Linear(3072, 2048),
            nn.ReLU(),
            nn.Dropout(options.dropout),
        )
        self.output = nn.Linear(2048, classes)

    def domain_head(self) -> nn.Module:
        """A new domain classifier: two layers of 1024 units, then one."""
        return wide_domain_head(self.feature_size)


class GaninGtsrb(Backbone):
    """The network for traffic signs. Takes images of 32x32 pixels or more."""

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Backbone.Options) -> None:
        super().__init__(input_shape, classes, options)
        self.trunk = nn.Sequential(
            nn.Conv2d(input_shape[0], 96, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(96, 144, 3),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(144, 256, 5),
            nn.MaxPool2d(2),
            nn.ReLU(),
        )
        self.feature_size = flat_size(self.trunk, input_shape)
        self.hidden = nn.Sequential(nn.Linear(self.feature_size, 512), nn.ReLU())
        self.output = nn.Linear(512, classes)

    def domain_head(self) -> nn.Module:
        """A new domain classifier: two layers of 1024 units, then one."""
        return wide_domain_head(self.feature_size)


class DigitsBn(Backbone):
    """The MNIST network with batch normalisation, and dropout of whole channels behind the second convolution.

    Dropping channels steadies adversarial training: with batch normalisation alone, accuracy wanders.
    """

    class Options(Backbone.Options):
        """Options.

        Attributes:
            dropout: rate at which channels are dropped.
        """

        dropout: float = Field(0.5, ge=0, lt=1)

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        super().__init__(input_shape, classes, options)
        self.trunk = nn.Sequential(
            nn.Conv2d(input_shape[0], 32, 5),
            nn.BatchNorm2d(32),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Conv2d(32, 48, 5),
            nn.BatchNorm2d(48),
            nn.MaxPool2d(2),
            nn.Dropout2d(options.dropout),
            nn.ReLU(),
        )
        self.feature_size = flat_size(self.trunk, input_shape)
        self.hidden = nn.Sequential(nn.Linear(self.feature_size, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU())
        self.output = nn.Linear(100, classes)


def wide_domain_head(feature_size: int) -> nn.Module:
    """The domain classifier of the SVHN and GTSRB networks, features (N, F) -> one logit (N, 1)."""
    return nn.Sequential(
        nn.Linear(feature_size, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1024),
        nn.ReLU(),
        nn.Linear(1024, 1),
    )


def flat_size(trunk: nn.Module, input_shape: tuple[int, ...]) -> int:
    """The number of features that a trunk makes of one example.

    Raises:
        DataError: the images are too small for it.
    """
    try:
        with torch.no_grad():
            features = trunk.eval()(
                torch.zeros(1, *input_shape)
            )  # in evaluation mode batch norm learns nothing from it
    except RuntimeError as error:
        raise DataError(f"images of the shape {input_shape} are too small for this backbone: {error}") from error
    trunk.train()
    return int(features.numel())

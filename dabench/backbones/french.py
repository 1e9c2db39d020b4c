"""The MNIST network of French, Mackiewicz & Fisher (2018), as their code has it: a stronger one than Ganin's."""

from __future__ import annotations

from pydantic import Field
from torch import nn

from dabench.backbones.base import Backbone
from dabench.backbones.ganin import flat_size


class FrenchMnist(Backbone):
    """Three convolutions with batch norm and one hidden layer of 256 units. It is made for images of 28x28 pixels.

    Whole channels are dropped behind the convolutions, where theirs drops single features: that steadies adversarial
    training.
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
            nn.Conv2d(32, 64, 3),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.Conv2d(64, 64, 3),
            nn.BatchNorm2d(64),
            nn.MaxPool2d(2),
            nn.ReLU(),
            nn.Dropout2d(options.dropout),
        )
        self.feature_size = flat_size(self.trunk, input_shape)
        self.hidden = nn.Sequential(nn.Linear(self.feature_size, 256), nn.ReLU())
        self.output = nn.Linear(256, classes)

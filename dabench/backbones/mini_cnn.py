"""The network of the mini suite."""

from __future__ import annotations

from pydantic import Field
from torch import nn

from dabench.backbones.base import Backbone


class MiniCnn(Backbone):
    """Two small convolutions and one hidden layer; the features of an image have mean 0 and deviation 1.

    Without that last step the adversarial game of DANN drives the size of the features to infinity.
    """

    class Options(Backbone.Options):
        """Options.

        Attributes:
            batch_norm: after each convolution.
            dropout: probability that a channel of the second convolution is dropped (Dropout2d).
            hidden: units of the hidden layer.
        """

        batch_norm: bool = False
        dropout: float = Field(0.0, ge=0, lt=1)
        hidden: int = Field(64, ge=1)

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        super().__init__(input_shape, classes, options)
        channels, height, width = input_shape
        self.feature_size = 32 * (height // 4) * (width // 4)
        self.trunk = nn.Sequential(
            nn.Conv2d(channels, 16, 3, padding=1),
            nn.BatchNorm2d(16) if options.batch_norm else nn.Identity(),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1),
            nn.BatchNorm2d(32) if options.batch_norm else nn.Identity(),
            nn.Dropout2d(options.dropout),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.LayerNorm(self.feature_size, elementwise_affine=False),
        )
        self.hidden = nn.Sequential(nn.Linear(self.feature_size, options.hidden), nn.ReLU())
        self.output = nn.Linear(options.hidden, classes)

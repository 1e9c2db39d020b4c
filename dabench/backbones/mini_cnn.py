"""The network of the mini suite."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import Field
from torch import nn

from dabench.backbones.base import Backbone
from dabench.errors import DataError

WIDTHS = (16, 32, 48)  # channels of the convolutions


class MiniCnn(Backbone):
    """Two or three small convolutions and one hidden layer; the features of an image have mean 0 and deviation 1.

    Without that last step the adversarial game of DANN drives the size of the features to infinity.
    """

    class Options(Backbone.Options):
        """Options.

        Attributes:
            convolutions: each of 3x3, and followed by pooling to half the size.
            batch_norm: after each convolution.
            dropout: probability that a channel of the last convolution is dropped (Dropout2d).
            hidden: units of the hidden layer.
        """

        convolutions: Literal[2, 3] = 2
        batch_norm: bool = False
        dropout: float = Field(0.0, ge=0, lt=1)
        hidden: int = Field(64, ge=1)

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        super().__init__(input_shape, classes, options)
        if len(input_shape) != 3:
            raise DataError(f"mini_cnn takes images (C, H, W), not examples of the shape {input_shape}")
        channels, height, width = input_shape
        widths = (channels, *WIDTHS[: options.convolutions])
        layers: list[nn.Module] = []
        for number, (before, after) in enumerate(pairwise(widths), 1):
            layers.append(nn.Conv2d(before, after, 3, padding=1))
            if options.batch_norm:
                layers.append(nn.BatchNorm2d(after))
            layers.append(nn.MaxPool2d(2))  # before the rest, which then has a quarter to do, with the same result
            if number == options.convolutions:
                layers.append(nn.Dropout2d(options.dropout))
            layers.append(nn.ReLU())
        shrink = 2**options.convolutions
        self.feature_size = widths[-1] * (height // shrink) * (width // shrink)
        self.trunk = nn.Sequential(*layers, nn.Flatten(), nn.LayerNorm(self.feature_size, elementwise_affine=False))
        self.hidden = nn.Sequential(nn.Linear(self.feature_size, options.hidden), nn.ReLU())
        self.output = nn.Linear(options.hidden, classes)

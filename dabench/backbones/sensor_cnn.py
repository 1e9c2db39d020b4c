"""A network for windows of body-worn sensors."""

from __future__ import annotations

from pydantic import Field
from torch import nn

from dabench.backbones.base import Backbone
from dabench.errors import DataError


class SensorCnn(Backbone):
    """Three convolutions over time with batch norm, averaged over the window, and one hidden layer.

    Averaging makes the features independent of where in the window a movement begins.
    """

    class Options(Backbone.Options):
        """Options.

        Attributes:
            channels: of the first convolution; the later ones have twice as many.
            hidden: units of the hidden layer.
        """

        channels: int = Field(32, ge=1)
        hidden: int = Field(64, ge=1)

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        """Build the layers.

        Args:
            input_shape: (channels, time).
            classes: number of classes.
            options: validated.

        Raises:
            DataError: the examples are no windows.
        """
        super().__init__(input_shape, classes, options)
        if len(input_shape) != 2:
            raise DataError(f"sensor_cnn takes windows (channels, time), not examples of the shape {input_shape}")
        inputs, _ = input_shape
        first, later = options.channels, 2 * options.channels
        self.trunk = nn.Sequential(
            nn.Conv1d(inputs, first, 9, padding=4),
            nn.BatchNorm1d(first),
            nn.MaxPool1d(2),
            nn.ReLU(),
            nn.Conv1d(first, later, 5, padding=2),
            nn.BatchNorm1d(later),
            nn.MaxPool1d(2),
            nn.ReLU(),
            nn.Conv1d(later, later, 5, padding=2),
            nn.BatchNorm1d(later),
            nn.ReLU(),
            nn.AdaptiveAvgPool1d(1),
        )
        self.feature_size = later
        self.hidden = nn.Sequential(nn.Linear(later, options.hidden), nn.ReLU())
        self.output = nn.Linear(options.hidden, classes)

"""A network for vectors, such as the rows of a table."""

from __future__ import annotations

from pydantic import Field
from torch import nn

from dabench.backbones.base import Backbone
from dabench.errors import DataError


class Mlp(Backbone):
    """Two hidden layers, the first with batch norm: its outputs are the features that methods adapt."""

    class Options(Backbone.Options):
        """Options.

        Attributes:
            features: units of the first layer.
            hidden: units of the second.
        """

        features: int = Field(64, ge=1)
        hidden: int = Field(64, ge=1)

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        super().__init__(input_shape, classes, options)
        if len(input_shape) != 1:
            raise DataError(f"mlp takes vectors (D,), not examples of the shape {input_shape}")
        width = options.features
        self.trunk = nn.Sequential(nn.Linear(input_shape[0], width), nn.BatchNorm1d(width), nn.ReLU())
        self.feature_size = width
        self.hidden = nn.Sequential(nn.Linear(width, options.hidden), nn.ReLU())
        self.output = nn.Linear(options.hidden, classes)

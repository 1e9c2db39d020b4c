"""A network for windows of body-worn sensors, whose signals it merges early or late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer
from torch import Tensor, nn
from torch.nn.functional import log_softmax

from dabench.backbones.base import Backbone
from dabench.errors import DataError

MERGING = ("fusion", "modalities")
Fusion = Literal["early", "intermediate", "late", "multiplicative"]


class SensorCnn(Backbone):
    """Three convolutions over time with batch norm, averaged over the window, and one hidden layer.

    Averaging makes the features independent of where in the window a movement begins. The sensors pass the convolutions
    together (early fusion), or each has its own, and they meet in the hidden layer (intermediate) or in the scores
    (late, multiplicative). With a network for each sensor, each has its share of the channels and hidden units: all
    fusions have as many features.
    """

    class Options(Backbone.Options):
        """Options.

        Attributes:
            channels: of the first convolution; the later ones have twice as many.
            hidden: units of the hidden layer.
            fusion: where the sensors meet. `late`: the mean of their logits. `multiplicative`: of every class the sum
                over sensors of its log probability, which counts less the surer the other sensors are (Liu, Li, Xu &
                Natarajan 2018, arXiv:1805.11730, with beta 0.5). Methods take their losses of these scores as of any;
                the paper minimises the negative score of the right class.
            modalities: channels of each sensor, in order; HAPT has an accelerometer's three and a gyroscope's three.
        """

        channels: int = Field(32, ge=1)
        hidden: int = Field(64, ge=1)
        fusion: Fusion = "early"
        modalities: tuple[int, ...] = (3, 3)

        @model_serializer(mode="wrap")
        def _where_they_are_merged(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
            """Write both only where sensors have networks of their own: the hash of all other settings stays."""
            content: dict[str, Any] = plain(self)
            return {name: value for name, value in content.items() if self.fusion != "early" or name not in MERGING}

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        """Build the layers.

        Args:
            input_shape: (channels, time).
            classes: number of classes.
            options: validated.

        Raises:
            DataError: the examples are no windows, or have other channels than the sensors to be merged.
        """
        super().__init__(input_shape, classes, options)
        if len(input_shape) != 2:
            raise DataError(f"sensor_cnn takes windows (channels, time), not examples of the shape {input_shape}")
        inputs = [input_shape[0]] if options.fusion == "early" else _sensors(input_shape[0], options)
        apart = len(inputs)
        first, hidden = (max(1, size // apart) for size in (options.channels, options.hidden))
        later = 2 * first
        trunks = [_convolutions(channels, first, later) for channels in inputs]
        self.feature_size = apart * later
        self.trunk = trunks[0] if apart == 1 else SideBySide(trunks, inputs)
        if options.fusion in ("early", "intermediate"):
            self.hidden = nn.Sequential(nn.Linear(self.feature_size, options.hidden), nn.ReLU())
            self.output = nn.Linear(options.hidden, classes)
        else:
            layers = [nn.Sequential(nn.Linear(later, hidden), nn.ReLU()) for _ in inputs]
            self.hidden = SideBySide(layers, [later] * apart)
            outputs = [nn.Linear(hidden, classes) for _ in inputs]
            self.output = MergedScores(outputs, hidden, multiplicative=options.fusion == "multiplicative")


class SideBySide(nn.Module):
    """A module for each part of an example; what they return is joined."""

    def __init__(self, modules: Sequence[nn.Module], sizes: Sequence[int]) -> None:
        """Keep the modules.

        Args:
            modules: one for each part.
            sizes: of the parts, along the first axis of an example.
        """
        super().__init__()
        self.parts = nn.ModuleList(modules)
        self._sizes = list(sizes)

    def forward(self, x: Tensor) -> Tensor:
        """Examples (N, D, ...) -> outputs (N, E, ...), D and E summed over the parts."""
        return torch.cat([part(own) for part, own in zip(self.parts, torch.split(x, self._sizes, 1), strict=True)], 1)


class MergedScores(nn.Module):
    """A classifier for each part of the hidden layer, whose scores are merged."""

    def __init__(self, outputs: Sequence[nn.Module], size: int, *, multiplicative: bool) -> None:
        """Keep the classifiers.

        Args:
            outputs: one for each part.
            size: of each part.
            multiplicative: instead of the mean of the logits.
        """
        super().__init__()
        self.outputs = nn.ModuleList(outputs)
        self._size, self._multiplicative = size, multiplicative

    def forward(self, x: Tensor) -> Tensor:
        """Hidden layers beside each other (N, M * size) -> scores (N, C)."""
        each = torch.stack(
            [output(own) for output, own in zip(self.outputs, torch.split(x, self._size, 1), strict=True)]
        )
        return multiplied(log_softmax(each, 2)) if self._multiplicative else each.mean(0)


def multiplied(logs: Tensor, beta: float = 0.5) -> Tensor:
    """Multiplicative merging of log probabilities (M, N, C) of M sensors: scores (N, C).

    That of a class is the sum over sensors of the log probability times (product of 1 - p of the other sensors) to the
    power beta / (M - 1): a sensor need not know what another is sure of. Gradients flow through the products, too.
    """
    doubts = torch.log1p(-logs.exp().clamp_max(1 - 1e-6))
    others = doubts.sum(0, keepdim=True) - doubts
    return (torch.exp(others * beta / (len(logs) - 1)) * logs).sum(0)


def _sensors(channels: int, options: SensorCnn.Options) -> list[int]:
    """The channels of each sensor.

    Raises:
        DataError: they do not sum to those of the examples, or there is one sensor.
    """
    sizes = list(options.modalities)
    if len(sizes) < 2 or min(sizes) < 1 or sum(sizes) != channels:
        raise DataError(
            f"sensor_cnn with fusion: {options.fusion} merges sensors of {' + '.join(map(str, sizes)) or 'no'} "
            f"channels, and the examples have {channels}: set backbone.options.modalities to the channels of each "
            "sensor, or take fusion: early where a sensor is lacking"
        )
    return sizes


def _convolutions(inputs: int, first: int, later: int) -> nn.Sequential:
    return nn.Sequential(
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

"""Residual networks of torchvision, pretrained or not, frozen or trained with the rest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from torch import nn
from torchvision.models import get_model, get_model_weights

from dabench.backbones.pretrained import Pretrained
from dabench.backbones.weight_places import DEFAULT, NONE, fetched

HEAD = "fc."  # the classifier of 1,000 classes, which is left out


class ResNet(Pretrained):
    """A residual network of torchvision; the features are those behind its global average."""

    class Options(Pretrained.Options):
        """Options of every pretrained network."""

        architecture: ClassVar[str]

        @classmethod
        def title(cls, given: Mapping[str, Any]) -> str:
            """The network, as torchvision calls it."""
            return cls.architecture

        @classmethod
        def default_weights(cls, given: Mapping[str, Any]) -> Path:
            """The file of torchvision's best weights."""
            return cls._published("DEFAULT")

        @classmethod
        def weights_path(cls, given: Mapping[str, Any]) -> Path:
            """The file of the weights, downloaded if torchvision publishes it and it is not there."""
            weights = given.get("weights", DEFAULT)
            of_torchvision = weights in get_model_weights(cls.architecture).__members__
            return cls._published(weights) if of_torchvision else super().weights_path(given)

        @classmethod
        def _published(cls, weights: str) -> Path:
            setting = f"{{name: {cls.architecture}, options: {{weights: none}}}}"
            return fetched(cls.architecture, get_model_weights(cls.architecture)[weights].url, setting)

    @classmethod
    def body(cls, options: Any) -> tuple[nn.Module, int]:
        """The network with its weights and without its classifier, and how many features it has.

        Raises:
            DataError: the weights are not those of this network.
        """
        network = get_model(options.architecture, weights=None)
        width = int(network.fc.in_features)
        network.fc = nn.Identity()
        if options.weights != NONE:
            weights = cls.weights_of(options)
            try:
                network.load_state_dict({name: found for name, found in weights.items() if not name.startswith(HEAD)})
            except RuntimeError as error:
                raise cls.other_network(options, error) from error
        return network, width


class ResNet18(ResNet):
    """18 layers, 512 features."""

    class Options(ResNet.Options):
        """Options of every `ResNet`."""

        architecture = "resnet18"


class ResNet34(ResNet):
    """34 layers, 512 features."""

    class Options(ResNet.Options):
        """Options of every `ResNet`."""

        architecture = "resnet34"


class ResNet50(ResNet):
    """50 layers, 2,048 features."""

    class Options(ResNet.Options):
        """Options of every `ResNet`."""

        architecture = "resnet50"


class ResNet101(ResNet):
    """101 layers, 2,048 features."""

    class Options(ResNet.Options):
        """Options of every `ResNet`."""

        architecture = "resnet101"

"""Residual networks of torchvision, pretrained or not, frozen or trained with the rest."""

from __future__ import annotations

from typing import Any, ClassVar

import torch
import torchvision
from pydantic import Field, field_validator, model_validator
from torch import Tensor, nn
from torchvision.models import get_model

from dabench.backbones.base import Backbone
from dabench.backbones.torchvision_weights import NONE, find_weights, sha256_of
from dabench.backbones.weight_file import read_weights
from dabench.errors import DataError
from dabench.seeding import drawing_from

HEAD = "fc."  # the classifier of 1,000 classes, which is left out


class ImageNetScale(nn.Module):
    """Images in [0, 1] as the weights of ImageNet want them; grey ones get three channels."""

    MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(self.MEAN)[:, None, None], persistent=False)
        self.register_buffer("std", torch.tensor(self.STD)[:, None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Images (N, 1 or 3, H, W) -> (N, 3, H, W)."""
        scaled: Tensor = (x - self.mean) / self.std
        return scaled


class ResNet(Backbone):
    """A residual network without its classifier, and a bottleneck layer on it that is always trained.

    The bottleneck is a linear layer with batch norm and ReLU, as is usual in adaptation on pretrained networks: it
    gives methods features to adapt also where the network is frozen. Images are scaled here, as on ImageNet.
    """

    class Options(Backbone.Options):
        """Options.

        Attributes:
            weights: `default` for torchvision's best ones, a file with a state dict of this network, or `none`: random
                ones, which are the same for every seed where they are frozen.
            weights_sha256: of that file; measured where it is not given, and part of the settings.
            frozen: never train the network: every picture passes it once, and what comes out is kept for all runs.
            bottleneck: units of the layer on top; 0 for none. Frozen and without a bottleneck a network has features
                that nothing can change: for feature methods such as coral.
        """

        architecture: ClassVar[str]

        weights: str = "default"
        weights_sha256: str = Field("", pattern="^[0-9a-f]*$")
        frozen: bool = False
        bottleneck: int = Field(256, ge=0)

        @field_validator("weights", mode="before")
        @classmethod
        def _none(cls, value: Any) -> Any:
            return NONE if value is None else value

        @model_validator(mode="before")
        @classmethod
        def _measured(cls, value: Any) -> Any:
            weights = value.get("weights", "default") if isinstance(value, dict) else None
            if not isinstance(weights, str) or weights == NONE:
                return value
            path = find_weights(cls.architecture, weights)
            given, measured = value.get("weights_sha256", ""), sha256_of(path)
            if given and given != measured:
                raise ValueError(f"the weights {path} are not those with the sha256 {given}")
            return {**value, "weights_sha256": measured}

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        """Build the layers.

        Args:
            input_shape: of an image; where the network is frozen, (F,) of what comes out of it.
            classes: number of classes.
            options: validated.
        """
        super().__init__(input_shape, classes, options)
        body: list[nn.Module] = []
        width = input_shape[0]
        if not options.frozen:
            _check_image(options.architecture, input_shape)
            network, width = _network(options)
            body = [ImageNetScale(), network]
        if options.bottleneck:
            body += [nn.Linear(width, options.bottleneck), nn.BatchNorm1d(options.bottleneck), nn.ReLU()]
            width = options.bottleneck
        self.trunk = nn.Sequential(*body)
        self.feature_size = width
        self.hidden = nn.Identity()
        self.output = nn.Linear(width, classes)

    @classmethod
    def frozen_key(cls, options: Any) -> str | None:
        """The weights of a frozen network; random ones depend on the version that draws them."""
        if not options.frozen:
            return None
        weights = options.weights_sha256 or f"random {torch.__version__} {torchvision.__version__}"
        return f"{options.architecture} {weights}"

    @classmethod
    def frozen_part(cls, input_shape: tuple[int, ...], options: Any) -> nn.Module:
        """The frozen network, images (N, C, H, W) in [0, 1] -> (N, F)."""
        _check_image(options.architecture, input_shape)
        with drawing_from(0, f"frozen:{options.architecture}", torch.device("cpu")):
            network, _ = _network(options)
        return nn.Sequential(ImageNetScale(), network).eval().requires_grad_(False)


class ResNet18(ResNet):
    """18 layers, 512 features."""

    class Options(ResNet.Options):
        """Those of every `ResNet`."""

        architecture = "resnet18"


class ResNet34(ResNet):
    """34 layers, 512 features."""

    class Options(ResNet.Options):
        """Those of every `ResNet`."""

        architecture = "resnet34"


class ResNet50(ResNet):
    """50 layers, 2,048 features."""

    class Options(ResNet.Options):
        """Those of every `ResNet`."""

        architecture = "resnet50"


class ResNet101(ResNet):
    """101 layers, 2,048 features."""

    class Options(ResNet.Options):
        """Those of every `ResNet`."""

        architecture = "resnet101"


def _network(options: Any) -> tuple[nn.Module, int]:
    """A network with its weights and without its classifier, and how many features it has.

    Raises:
        DataError: the weights are not those of this network.
    """
    network = get_model(options.architecture, weights=None)
    width = int(network.fc.in_features)
    network.fc = nn.Identity()
    if options.weights != NONE:
        path = find_weights(options.architecture, options.weights)
        state = {name: tensor for name, tensor in read_weights(path).items() if not name.startswith(HEAD)}
        try:
            network.load_state_dict(state)
        except RuntimeError as error:
            why = " ".join(" ".join(str(error).split()).split(": ", 1)[-1].split()[:25])
            raise DataError(f"{path} does not hold the weights of {options.architecture}: {why} …") from error
    return network, width


def _check_image(architecture: str, shape: tuple[int, ...]) -> None:
    if len(shape) != 3 or shape[0] not in (1, 3):
        raise DataError(f"{architecture} takes images of 1 or 3 channels (C, H, W), not examples of the shape {shape}")

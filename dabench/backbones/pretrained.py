"""A pretrained network of a library with a bottleneck layer on it, frozen or trained with the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
import torchvision
from pydantic import Field, field_validator, model_validator
from torch import Tensor, nn
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional

from dabench.backbones.base import Backbone
from dabench.backbones.ganin import wide_domain_head
from dabench.backbones.weight_file import read_weights
from dabench.backbones.weight_names import read_names, renamed
from dabench.backbones.weight_places import DEFAULT, NONE, find_weights, sha256_of
from dabench.errors import DataError
from dabench.seeding import drawing_from

Triple = tuple[float, float, float]
MEAN: Triple = (0.485, 0.456, 0.406)  # of ImageNet
STD: Triple = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class ImageInput:
    """The form of the images that weights were trained on.

    Attributes:
        size: pixels of each side; 0 for any.
        crop: share of each side of a picture that is cut out of its middle.
        interpolation: by which pictures are scaled, without aliasing.
        mean: of each channel.
        std: of each channel.
    """

    size: int = 0
    crop: float = 1.0
    interpolation: str = "bilinear"
    mean: Triple = MEAN
    std: Triple = STD


class Preprocessing(nn.Module):
    """Images in [0, 1] as weights want them; grey ones get three channels."""

    mean: Tensor
    std: Tensor

    def __init__(self, given: ImageInput) -> None:
        super().__init__()
        self._given, self._interpolation = given, InterpolationMode(given.interpolation)
        self.register_buffer("mean", torch.tensor(given.mean)[:, None, None], persistent=False)
        self.register_buffer("std", torch.tensor(given.std)[:, None, None], persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Images (N, 1 or 3, H, W) -> (N, 3, size, size), or of the size that is cut out where there is none."""
        if self._given.crop < 1:
            x = functional.center_crop(x, [max(1, round(side * self._given.crop)) for side in x.shape[-2:]])
        size = [self._given.size] * 2
        if self._given.size and list(x.shape[-2:]) != size:
            x = functional.resize(x, size, self._interpolation, antialias=True)
        scaled: Tensor = (x - self.mean) / self.std
        return scaled


class Pretrained(Backbone):
    """A network without its classifier, and a bottleneck layer on it that is always trained.

    The bottleneck is a linear layer with batch norm and ReLU, as is usual in adaptation on pretrained networks: it
    gives methods features to adapt also where the network is frozen. Images are scaled here, as the weights want them.
    A subclass says which network it is: `title`, `default_weights` and `body`.
    """

    class Options(Backbone.Options):
        """Options.

        Attributes:
            weights: `default` for the library's own, a file with a state dict of this network (`PACKAGE:PATH` for one
                of an installed package), or `none`: random ones, which are the same for every seed where they are
                frozen.
            weights_sha256: of that file; measured where it is not given, and part of the settings.
            names: a YAML file that says how the tensors of the file are called here, as `weights` is written; see
                `backbones.weight_names`.
            names_sha256: of that file, as `weights_sha256`.
            frozen: never train the network: every picture passes it once, and what comes out is kept for all runs.
            bottleneck: units of the layer on top; 0 for none. Frozen and without a bottleneck a network has features
                that nothing can change: for feature methods such as coral.
            size: pixels of each side that pictures are scaled to; 0 leaves them as they are.
            crop: share of each side of a picture that is cut out of its middle first; .875 makes 224 pixels of 256.
            interpolation: by which pictures are scaled.
            rate: share of the suite's learning rate at which the network itself learns. The field has a tenth for
                pretrained ones.
        """

        weights: str = DEFAULT
        weights_sha256: str = Field("", pattern="^[0-9a-f]*$")
        names: str = ""
        names_sha256: str = Field("", pattern="^[0-9a-f]*$")
        frozen: bool = False
        bottleneck: int = Field(256, ge=0)
        size: int = Field(0, ge=0)
        crop: float = Field(1.0, gt=0, le=1)
        interpolation: Literal["nearest", "bilinear", "bicubic"] = "bilinear"
        rate: float = Field(1.0, gt=0)

        @classmethod
        def title(cls, given: Mapping[str, Any]) -> str:
            """The network, as messages name it."""
            raise NotImplementedError

        @classmethod
        def default_weights(cls, given: Mapping[str, Any]) -> Path:
            """The file of the library's own weights, downloaded if need be."""
            raise NotImplementedError

        @field_validator("weights", mode="before")
        @classmethod
        def _none(cls, value: Any) -> Any:
            return NONE if value is None else value

        @model_validator(mode="before")
        @classmethod
        def _measured(cls, value: Any) -> Any:
            weights = value.get("weights", DEFAULT) if isinstance(value, dict) else None
            if not isinstance(weights, str) or weights == NONE:
                return value
            measured = {**value, "weights_sha256": _sha256(value, "weights", cls.weights_path(value))}
            names = value.get("names")
            if isinstance(names, str) and names:
                measured["names_sha256"] = _sha256(value, "names", find_weights(cls.title(value), names))
            return measured

        @classmethod
        def weights_path(cls, given: Mapping[str, Any]) -> Path:
            """The file of the weights."""
            weights = given.get("weights", DEFAULT)
            return cls.default_weights(given) if weights == DEFAULT else find_weights(cls.title(given), weights)

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
        self._slow: nn.Module | None = None
        self._rate = options.rate
        if not options.frozen:
            self._check_image(input_shape, options)
            self._slow, width = self.body(options)
            body = [Preprocessing(self.image_input(options)), self._slow]
        if options.bottleneck:
            body += [nn.Linear(width, options.bottleneck), nn.BatchNorm1d(options.bottleneck), nn.ReLU()]
            width = options.bottleneck
        self.trunk = nn.Sequential(*body)
        self.feature_size = width
        self.hidden = nn.Identity()
        self.output = nn.Linear(width, classes)

    @classmethod
    def image_input(cls, options: Any) -> ImageInput:
        """The form of the images that the weights want."""
        return ImageInput(options.size, options.crop, options.interpolation)

    @classmethod
    def body(cls, options: Any) -> tuple[nn.Module, int]:
        """The network with its weights and without its classifier, (N, 3, H, W) -> (N, F), and F."""
        raise NotImplementedError

    @classmethod
    def frozen_key(cls, options: Any) -> str | None:
        """The weights of a frozen network; random ones depend on the version that draws them."""
        if not options.frozen:
            return None
        weights = options.weights_sha256 or f"random {torch.__version__} {torchvision.__version__}"
        names = f" {options.names_sha256}" if options.names else ""
        return f"{options.title(options.model_dump())} {weights}{names} {cls.image_input(options)}"

    @classmethod
    def frozen_part(cls, input_shape: tuple[int, ...], options: Any) -> nn.Module:
        """The frozen network, images (N, C, H, W) in [0, 1] -> (N, F)."""
        cls._check_image(input_shape, options)
        title = options.title(options.model_dump())
        with drawing_from(0, f"frozen:{title}", torch.device("cpu")):
            network, _ = cls.body(options)
        return nn.Sequential(Preprocessing(cls.image_input(options)), network).eval().requires_grad_(False)

    def rate_factors(self) -> Iterable[tuple[nn.Module, float]]:
        """The pretrained part, with the option `rate`."""
        return [] if self._slow is None else [(self._slow, self._rate)]

    def domain_head(self) -> nn.Module:
        """A new domain classifier, features (N, F) -> one logit (N, 1).

        Two layers of 1024 units, as the field has it. Where the network is frozen, and far fewer weights are trained
        than these are, the default one.
        """
        return super().domain_head() if self._slow is None else wide_domain_head(self.feature_size)

    @staticmethod
    def weights_of(options: Any) -> dict[str, Any]:
        """The tensors of the options' file, by the network's names.

        Raises:
            DataError: one of the files is not what it should be.
        """
        given = options.model_dump()
        path = options.weights_path(given)
        weights = read_weights(path)
        if not options.names:
            return weights
        names = find_weights(options.title(given), options.names)
        return renamed(weights, read_names(names), f"{path} with the names of {names}")

    @staticmethod
    def other_network(options: Any, error: Exception) -> DataError:
        """The error for weights that are not those of the network."""
        given = options.model_dump()
        why = " ".join(" ".join(str(error).split()).split(": ", 1)[-1].split()[:25]) or type(error).__name__
        renames = f", with the names of {options.names}," if options.names else ""
        return DataError(
            f"{options.weights_path(given)}{renames} does not hold the weights of {options.title(given)}: {why} …"
        )

    @staticmethod
    def _check_image(shape: tuple[int, ...], options: Any) -> None:
        if len(shape) != 3 or shape[0] not in (1, 3):
            title = options.title(options.model_dump())
            raise DataError(f"{title} takes images of 1 or 3 channels (C, H, W), not examples of the shape {shape}")


def _sha256(given: Mapping[str, Any], key: str, path: Path) -> str:
    """The hash of a file, which is the one that is given, if one is."""
    expected, measured = given.get(f"{key}_sha256", ""), sha256_of(path)
    if expected and expected != measured:
        raise ValueError(f"the {key} {path} are not those with the sha256 {expected}")
    return measured

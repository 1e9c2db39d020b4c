"""The networks of timm, pretrained or not, frozen or trained with the rest. timm is an extra: `dabench[timm]`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from pydantic import model_validator
from torch import nn

from dabench.backbones.pretrained import MEAN, STD, ImageInput, Pretrained, Triple
from dabench.backbones.timm_weights import library_weights
from dabench.backbones.weight_places import NONE
from dabench.errors import DabenchError, UsageError, unknown

LISTING = 'python -c "import timm; print(*timm.list_models(), sep=chr(10))"'


class TimmNet(Pretrained):
    """Any network of timm by its name; the features are what it has before its classifier.

    Of every picture the middle is cut out, scaled to the size of the weights, and normalised by their mean and standard
    deviation, as timm does when it tests them.
    """

    class Options(Pretrained.Options):
        """Options.

        Those that say how images look are the weights' own where they are not given, and are part of the settings.

        Attributes:
            model: as timm calls it, with or without the tag of its weights: `resnet50`, `resnet50.a1_in1k`.
            mean: of each channel, that is subtracted.
            std: of each channel, that is divided by.
        """

        model: str
        mean: Triple = MEAN
        std: Triple = STD

        @classmethod
        def title(cls, given: Mapping[str, Any]) -> str:
            """The network, as a suite calls it."""
            return f"timm:{given.get('model', '')}"

        @classmethod
        def default_weights(cls, given: Mapping[str, Any]) -> Path:
            """The file of the model's own weights, of the hub or the link that timm names."""
            return library_weights(cls.title(given), _config(given["model"]))

        @model_validator(mode="before")
        @classmethod
        def _filled(cls, value: Any) -> Any:
            if not isinstance(value, dict):
                return value
            if not isinstance(value.get("model"), str):
                raise ValueError("timm needs the name of a `model`, as in timm:resnet50")
            config = _config(value["model"])
            shape = config.get("input_size") or (3, 224, 224)
            if shape[0] != 3:
                raise UsageError(f"timm's {value['model']} takes images of {shape[0]} channels, and needs to take 3")
            own = {"size": shape[-1], "crop": config["crop_pct"], "interpolation": config["interpolation"]}
            return own | {"mean": config["mean"], "std": config["std"]} | value

    @classmethod
    def image_input(cls, options: Any) -> ImageInput:
        """The form of the images that the weights want."""
        return ImageInput(options.size, options.crop, options.interpolation, options.mean, options.std)

    @classmethod
    def body(cls, options: Any) -> tuple[nn.Module, int]:
        """The network with its weights and without its classifier, and how many features it has.

        Raises:
            DataError: the weights are not those of this network.
        """
        network = _create(options)
        if options.weights != NONE:
            weights = cls.weights_of(options)
            heads = network.pretrained_cfg.get("classifier") or ()
            heads = (heads,) if isinstance(heads, str) else tuple(heads)
            # The classifier is left out below. With its own random one in place, timm is strict about all of the rest.
            own = {name: found for name, found in network.state_dict().items() if name.rpartition(".")[0] in heads}
            try:
                network = _create(options, state_dict=weights | own, label_offset=0)
            except Exception as error:  # timm converts what it takes for weights of other libraries, with any error
                raise cls.other_network(options, error) from error
        network.reset_classifier(0)
        return network, _width(network, options.size)

    @classmethod
    def frozen_key(cls, options: Any) -> str | None:
        """The weights of a frozen network, how it sees images, and the version of its code."""
        key = super().frozen_key(options)
        return key and f"{key} timm {timm().__version__}"


def timm() -> Any:
    """The library.

    Raises:
        DabenchError: it is not installed.
    """
    try:
        import timm as library
    except ImportError as error:
        raise DabenchError(
            f"the backbone timm needs timm, which is not installed ({error}): pip install 'dabench[timm]'"
        ) from error
    return library


def _config(model: str) -> dict[str, Any]:
    """The place of a model's weights and the form of the images that they want, as timm has it.

    Raises:
        UsageError: there is no such model, or no such tag.
    """
    library = timm()
    name, _, tag = model.partition(".")
    if not library.is_model(name) or name != name.strip():
        raise unknown("model of timm", model, library.list_models(), listing=LISTING)
    try:
        config = library.models.get_pretrained_cfg(model, allow_unregistered=False)
    except RuntimeError as error:
        tags = [known.partition(".")[2] for known in library.list_pretrained(f"{name}.*")]
        raise unknown(f"tag of timm's {name}", tag, tags) from error
    if config is None:
        raise UsageError(f"timm knows nothing of {model}'s images: neither their size nor their mean")
    found: dict[str, Any] = config.to_dict()
    return found


def _create(options: Any, **overlay: Any) -> Any:
    """A network of timm with its classifier; with a state dict in `overlay` with these weights."""
    library = timm()
    config = _config(options.model)
    shape = config.get("input_size") or (3, 224, 224)
    size = {"img_size": options.size} if config.get("fixed_input_size") and options.size != shape[-1] else {}
    return library.create_model(options.model, pretrained=bool(overlay), pretrained_cfg_overlay=overlay or None, **size)


def _width(network: nn.Module, size: int) -> int:
    """The number of features of an image. timm's `num_features` is another number in some networks."""
    was = network.training
    with torch.no_grad():
        width = network.eval()(torch.zeros(1, 3, size, size)).flatten(1).shape[1]
    network.train(was)
    return int(width)

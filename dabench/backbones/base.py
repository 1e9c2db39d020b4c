"""The network that all methods of a comparison share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Self

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from dabench.errors import warn_renamed


class Backbone(nn.Module):
    """A feature extractor and a label predictor.

    A subclass sets three modules in `__init__` and `feature_size`, the width F of the features.

    Attributes:
        trunk: examples (N, ...) -> last convolutional features; flattened to (N, F).
        hidden: features (N, F) -> last hidden layer (N, H).
        output: (N, H) -> logits (N, C).
        precision: of convolutions and matrix products while training, set by the harness. With `bf16` they run under
            torch.autocast in bfloat16; weights, what the network returns, losses and all predictions stay float32.
    """

    class Options(BaseModel):
        """Options of the backbone in a suite; a subclass adds fields."""

        model_config = ConfigDict(extra="forbid", frozen=True)

    trunk: nn.Module
    hidden: nn.Module
    output: nn.Module
    feature_size: int
    precision: Literal["fp32", "bf16"] = "fp32"

    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Options) -> None:
        """Build the layers.

        Args:
            input_shape: of one example, such as (3, 32, 32).
            classes: number of classes C.
            options: validated options of this backbone.
        """
        super().__init__()
        self._classes, self._options = classes, options

    def __init_subclass__(cls, **options: Any) -> None:
        """Take methods of old names for those of the new ones."""
        super().__init_subclass__(**options)
        for old, new in (("again", "clone_for_shape"), ("fixed_key", "frozen_key"), ("fixed_part", "frozen_part")):
            if old in cls.__dict__:
                warn_renamed(f"Backbone.{old}", new)
                setattr(cls, new, cls.__dict__[old])

    def clone_for_shape(self, input_shape: tuple[int, ...]) -> Self:
        """A new network of the same kind and options, for examples of another shape.

        Its weights are random: a method calls it in `setup`, where the harness seeds what is drawn.

        Args:
            input_shape: of one example.
        """
        network = type(self)(input_shape, self._classes, self._options)
        network.precision = self.precision
        return network

    def again(self, input_shape: tuple[int, ...]) -> Self:
        """`clone_for_shape`, by its old name."""
        warn_renamed("Backbone.again", "clone_for_shape")
        overridden = type(self).again is not Backbone.again  # then it is the override that calls this one
        return Backbone.clone_for_shape(self, input_shape) if overridden else self.clone_for_shape(input_shape)

    @classmethod
    def frozen_key(cls, options: Any) -> str | None:
        """The frozen weights, as a text that differs where they do; None if every layer is trained.

        Where it is not None, the harness sends every example through `frozen_part` once, keeps what comes out for all
        runs, and builds the backbone for examples of that shape.
        """
        return None

    @classmethod
    def frozen_part(cls, input_shape: tuple[int, ...], options: Any) -> nn.Module:
        """The frozen part, examples (N, ...) in [0, 1] -> (N, F), in evaluation mode and without gradients."""
        raise NotImplementedError(f"{cls.__name__} has no frozen part")

    def features(self, x: Tensor) -> Tensor:
        """Examples (N, ...) -> features (N, F)."""
        return self._pass(self.trunk, x).flatten(1)

    def embed(self, x: Tensor) -> Tensor:
        """Examples (N, ...) -> last hidden layer (N, H)."""
        return self._pass(self.hidden, self.features(x))

    def classify(self, features: Tensor) -> Tensor:
        """Features (N, F) -> logits (N, C)."""
        return self._pass(self.output, self._pass(self.hidden, features))

    def rate_factors(self) -> Iterable[tuple[nn.Module, float]]:
        """Parts that learn at a share of the suite's learning rate, with that share; none unless a subclass says so."""
        return ()

    def domain_head(self) -> nn.Module:
        """A new domain classifier, features (N, F) -> one logit (N, 1).

        That of the MNIST network of Ganin & Lempitsky (2015), Fig. 4, unless a subclass says otherwise.
        """
        return nn.Sequential(nn.Linear(self.feature_size, 100), nn.ReLU(), nn.Linear(100, 1))

    def _pass(self, module: nn.Module, x: Tensor) -> Tensor:
        if self.precision == "fp32" or not self.training:
            exact: Tensor = module(x)
            return exact
        with torch.autocast(x.device.type, torch.bfloat16):
            fast: Tensor = module(x)
        return fast.float()  # a loss, such as a covariance, needs its digits

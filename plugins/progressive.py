"""Progressive networks: a second column beside the frozen first (Rusu et al. 2016, arXiv:1606.04671)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from pydantic import Field
from torch import Tensor, nn

from dabench import Backbone, Problem

from .adapters import one_by_one
from .layers import weighted
from .source_then_target import SourceThenTarget


class Lateral(nn.Module):
    """A connection from the first column to a layer of the second: U ReLU(V (alpha h)), where V has few rows."""

    def __init__(self, layer: Any, width: int, alpha: float) -> None:
        """Make the connection to a layer, of which U has the shape."""
        super().__init__()
        out, into = layer.weight.shape[:2]
        self.alpha = nn.Parameter(torch.tensor(alpha))
        self.reduce = one_by_one(layer, into * getattr(layer, "groups", 1), width)
        if isinstance(layer, nn.Linear):
            self.across: Any = nn.Linear(width, out, bias=False)
        else:
            shape = {name: getattr(layer, name) for name in ("stride", "padding", "dilation")}
            self.across = type(layer)(width, out, layer.kernel_size, bias=False, **shape)

    def forward(self, h: Tensor) -> Tensor:
        """The inputs h of the first column's layer -> what is added to the outputs of the second column's."""
        added: Tensor = self.across(torch.relu(self.reduce(self.alpha * h)))
        return added


class Progressive(SourceThenTarget):
    """The first column learns the source and is frozen; a second one of the same shape learns the target beside it.

    Every layer of the second but the lowest also gets what the first column's layer is given.
    """

    class Options(SourceThenTarget.Options):
        """Options.

        Attributes:
            rate: the second column begins with random weights, and so learns at the suite's rate.
            width: channels, or units, that the first column's are reduced to.
            alpha: by which they are multiplied at first.
        """

        rate: float = Field(1.0, gt=0)
        width: int = Field(8, ge=1)
        alpha: float = Field(0.1, gt=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the second column, and what connects it with the first."""
        super().setup(problem)
        self.column = self.network.clone_for_shape(tuple(problem.target_x.shape[1:]))
        first, second = (list(weighted(network).values()) for network in (self.network, self.column))
        self.laterals = nn.ModuleList(Lateral(layer, self.options.width, self.options.alpha) for layer in second[1:])
        self._given: dict[int, Tensor] = {}  # what the layers of the first column were given for this batch
        for number, layer in enumerate(first[1:]):
            layer.register_forward_pre_hook(lambda _, given, number=number: self._given.update({number: given[0]}))
        for number, layer in enumerate(second[1:]):
            layer.register_forward_hook(lambda _, given, out, number=number: out + self._from_first(number))

    def _from_first(self, number: int) -> Tensor:
        added: Tensor = self.laterals[number](self._given.pop(number))
        return added

    @property
    def tuned(self) -> Backbone:
        return self.column

    def trained(self) -> Sequence[nn.Module]:
        return [self.column, self.laterals]

    def held(self) -> Sequence[nn.Module]:
        return list(self.network.modules())

    def of_target(self, x: Tensor) -> Tensor:
        return self._beside(x, super().of_target) if self._tuning else self.classify(self.features(x))

    def embed(self, x: Tensor) -> Tensor:
        return self._beside(x, super().embed) if self._tuning else self.embed_source(x)

    def _beside(self, x: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
        """The outputs of the second column for examples that have passed the first."""
        with torch.no_grad():
            self.classify(self.features(x))
        made = function(x)
        self._given.clear()
        return made

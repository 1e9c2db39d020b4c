"""Adapters: small modules between frozen layers (Houlsby et al. 2019, arXiv:1902.00751; Rebuffi et al. 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import pad

from dabench import Problem

from .layers import norms, weighted
from .source_then_target import SourceThenTarget

SMALL = 1e-3  # deviation of an adapter's first weights: it begins near the identity


class Serial(nn.Module):
    """The outputs h of a layer become h + W' ReLU(W h), with few rows in W (Houlsby et al. 2019, Fig. 2)."""

    def __init__(self, layer: Any, width: int) -> None:
        """Make the adapter of a layer, with `width` hidden units."""
        super().__init__()
        out = layer.weight.shape[0]
        self.down, self.up = one_by_one(layer, out, width), one_by_one(layer, width, out)
        for part in (self.down, self.up):
            nn.init.trunc_normal_(part.weight, std=SMALL, a=-2 * SMALL, b=2 * SMALL)
            nn.init.zeros_(part.bias)

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        """The input x of the layer and what it gives, h -> what it gives with the adapter."""
        added: Tensor = self.up(torch.relu(self.down(h)))
        return h + added


class Parallel(nn.Module):
    """The outputs h of a layer for x become h + W x, where W looks at one place alone (Rebuffi et al. 2018)."""

    def __init__(self, layer: Any, width: int) -> None:
        """Make the adapter of a layer; a matrix of its own shape for a linear one."""
        super().__init__()
        out, into = layer.weight.shape[:2]
        self.across = one_by_one(layer, into * getattr(layer, "groups", 1), out)
        nn.init.zeros_(self.across.weight)
        nn.init.zeros_(self.across.bias)
        self._stride = getattr(layer, "stride", ())
        kernel = zip(layer.weight.shape[2:], getattr(layer, "dilation", ()), getattr(layer, "padding", ()), strict=True)
        # Where the middle of the kernel stands at first: what lies before it is cut off.
        self._edges = [dilation * (size - 1) // 2 - padding for size, dilation, padding in kernel]

    def forward(self, x: Tensor, h: Tensor) -> Tensor:
        """The input x of the layer and what it gives, h -> what it gives with the adapter."""
        x = pad(x, [-edge for edge in reversed(self._edges) for _ in range(2)]) if any(self._edges) else x
        places: Any = (..., *(slice(None, None, step) for step in self._stride))
        added: Tensor = self.across(x[places])
        there: Any = (..., *(slice(size) for size in h.shape[2:]))
        return h + added[there]


class Adapters(SourceThenTarget):
    """Learn the source; then put an adapter to every layer below the classifier, and freeze the layers.

    The adapters, the normalisation and the classifier learn the target.
    """

    class Options(SourceThenTarget.Options):
        """Options.

        Attributes:
            rate: few numbers learn, and at the suite's rate; those of the whole network learn at a tenth of it.
            kind: `serial` ones come after a layer (Houlsby et al. 2019), `parallel` ones stand beside it (Rebuffi et
                al. 2018).
            width: hidden units of a serial adapter.
        """

        rate: float = Field(1.0, gt=0)
        kind: Literal["serial", "parallel"] = "serial"
        width: int = Field(8, ge=1)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Make the adapters. They take part as soon as the target is learned."""
        super().setup(problem)
        make = Serial if self.options.kind == "serial" else Parallel
        layers = [layer for layer in weighted(self.network).values() if layer is not self.network.output]
        self.adapters = nn.ModuleList(make(layer, self.options.width) for layer in layers)
        for layer, adapter in zip(layers, self.adapters, strict=True):
            layer.register_forward_hook(lambda _, given, h, adapter=adapter: self._adapted(adapter, given[0], h))

    def _adapted(self, adapter: nn.Module, x: Tensor, h: Tensor) -> Tensor:
        adapted: Tensor = adapter(x, h) if self._tuning else h
        return adapted

    def trained(self) -> Sequence[nn.Module]:
        return [self.adapters, *norms(self.network), self.network.output]


def one_by_one(layer: Any, into: int, out: int) -> Any:
    """A matrix from so many channels to others, for what a layer gives: a convolution of size 1 for a convolution."""
    kinds: dict[int, Any] = {2: nn.Linear, 3: nn.Conv1d, 4: nn.Conv2d}
    kind = kinds[layer.weight.ndim]
    return kind(into, out) if kind is nn.Linear else kind(into, out, 1)

"""Whole splits on the compute device: batches are gathered and normalised there, by index, without a loader."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dabench.seeding import stream

_PART = 1024  # rows that are averaged at a time
BLANK = 0.05  # of the range from black to white
READY_BYTES = 48 * 2**20  # of the prepared examples of a domain that a training keeps


def to_device(x: NDArray[Any], device: torch.device) -> Tensor:
    """Put an array on the device; on the CPU a memory-mapped array stays mapped, so workers share it."""
    return torch.from_numpy(x).to(device)


@dataclass(frozen=True)
class Rows:
    """Some examples of a split, in order, without a copy of them.

    Attributes:
        x: the split (N, ...).
        index: rows of it, int64 (M,); all of them if None.
    """

    x: Tensor
    index: Tensor | None = None

    def __len__(self) -> int:
        return len(self.x if self.index is None else self.index)

    def __getitem__(self, places: NDArray[np.int64]) -> Rows:
        """The examples at some places among them, in that order."""
        chosen = torch.from_numpy(places).to(self.x.device)
        return Rows(self.x, chosen if self.index is None else self.index[chosen])

    def parts(self, size: int) -> Iterator[Tensor]:
        """The examples, at most `size` at a time."""
        if self.index is None:
            yield from torch.split(self.x, size)
        else:
            for rows in torch.split(self.index, size):
                yield self.x.index_select(0, rows)


class Normaliser:
    """The conversion of raw examples to the input of a network: float32.

    See `config.settings.Input` for the kinds. Statistics are fitted on source train alone and applied to both domains.
    They are fitted in float64, and applied in float64 to examples that are.
    """

    def __init__(self, kind: str, source: Rows) -> None:
        """Fit on the source examples that are trained on; images are uint8."""
        self.kind = kind
        self._mean: dict[torch.dtype, Tensor] = {}  # by the type of examples; empty where none is taken off
        self._std: dict[torch.dtype, Tensor] = {}
        if kind in ("mean", "standardise"):
            channels = [0, *range(2, source.x.ndim)]  # images (N, C, H, W): per channel; vectors (N, D): per column
            mean = _average(source, channels)
            self._mean = _by_type(mean)
            if kind == "standardise":
                std = _average(source, channels, around=mean).sqrt()
                # A column that never changes in the source may do so in the target: it is moved, not blown up.
                self._std = _by_type(torch.where(_varies(source, channels) & (std > 0), std, 1.0))

    @property
    def statistics(self) -> dict[str, Tensor]:
        """Statistics of the source, in float64: `mean` and `std`, where the kind needs them."""
        found = {"mean": self._mean, "std": self._std}
        return {name: by_type[torch.float64] for name, by_type in found.items() if by_type}

    @classmethod
    def of(cls, kind: str, statistics: Mapping[str, Tensor]) -> Normaliser:
        """A normaliser with statistics that another one had."""
        made = cls.__new__(cls)
        made.kind = kind
        made._mean, made._std = (_by_type(statistics[name]) if name in statistics else {} for name in ("mean", "std"))
        return made

    def __call__(self, x: Tensor) -> Tensor:
        """Normalise raw examples (B, ...)."""
        out = _unit(x)
        if self.kind in ("instance", "image"):
            pixels = list(range(2 if self.kind == "instance" else 1, out.ndim))
            out = out - out.mean(pixels, keepdim=True)
            # The small addition keeps the noise of a blank image from being blown up to full contrast.
            return (out / (out.square().mean(pixels, keepdim=True).sqrt() + BLANK)).float()
        if self._mean:
            out = out - self._mean[out.dtype]
        if self._std:
            out = out / self._std[out.dtype]
        return out.float()


def _average(examples: Rows, channels: list[int], around: Tensor | None = None) -> Tensor:
    """The mean of examples (N, ...) over some dimensions, or of their squared distance from `around`, in float64.

    In parts: a whole split of images in double precision is eight times its size, and a float32 sum is not precise
    enough.
    """
    total = torch.zeros((), dtype=torch.float64, device=examples.x.device)
    for rows in examples.parts(_PART):
        total = total + _sum(rows, channels, around)
    shape = torch.Size([len(examples), *examples.x.shape[1:]])
    return total / math.prod(shape[dimension] for dimension in channels)


def _sum(rows: Tensor, channels: list[int], around: Tensor | None) -> Tensor:
    """The same as a sum, of few rows. A function of its own: what it takes is free before the next rows are read."""
    exact = _unit(rows).to(torch.float64, copy=True)
    if around is not None:
        exact.sub_(around).square_()
    return exact.sum(channels, keepdim=True)


def _varies(examples: Rows, channels: list[int]) -> Tensor:
    """Whether examples (N, ...) differ over some dimensions. The deviation of equal values is 0 but for rounding."""
    parts = [(rows.amin(channels, keepdim=True), rows.amax(channels, keepdim=True)) for rows in examples.parts(_PART)]
    lowest, highest = (torch.stack(ends) for ends in zip(*parts, strict=True))
    return highest.amax(0) > lowest.amin(0)


def _by_type(statistic: Tensor) -> dict[torch.dtype, Tensor]:
    return {dtype: statistic.to(dtype) for dtype in (torch.float32, torch.float64)}


def _unit(x: Tensor) -> Tensor:
    """Images in [0, 1], channels last: convolutions on the CPU take two thirds of the time that way."""
    if x.dtype != torch.uint8:
        return x
    return x.to(torch.float32, memory_format=torch.channels_last).div_(255)


class ReadyRows:
    """Examples as a network takes them, prepared when one is first asked for: small ones need not be at every step.

    They have the bits and the layout of a batch that is prepared by itself.
    """

    def __init__(self, x: Tensor, prepare: Callable[[Tensor], Tensor], batch: int) -> None:
        """Keep what is needed.

        Args:
            x: examples (N, ...).
            prepare: gives for each what it would give for it among others.
            batch: rows that are prepared at a time.
        """
        self._x, self._prepare, self._batch = x, prepare, batch

    @staticmethod
    def pays(x: Tensor, drawn: int) -> bool:
        """Whether they are fewer than will be drawn, and small, and on the CPU.

        On a GPU sums of a few rows and of many may differ in their bits.
        """
        return len(x) < drawn and x.device.type == "cpu" and x.numel() * torch.float32.itemsize <= READY_BYTES

    def take(self, rows: Tensor) -> Tensor:
        """Some of them (B, ...)."""
        flat, shape, strides = self._prepared
        return flat.index_select(0, rows).as_strided((len(rows), *shape), strides)

    @cached_property
    def _prepared(self) -> tuple[Tensor, torch.Size, tuple[int, ...]]:
        """Each as one row, the shape of one, and the strides of a batch."""
        rows = torch.arange(-(-len(self._x) // self._batch) * self._batch) % len(self._x)
        parts = [self._prepare(self._x.index_select(0, some)) for some in torch.split(rows, self._batch)]
        shape, strides = parts[0].shape[1:], parts[0].stride()
        flat = [part.as_strided((self._batch, shape.numel()), (strides[0], 1)) for part in parts]
        return torch.cat(flat)[: len(self._x)], shape, strides


class IndexSampler:
    """Sampler of the rows of a split: a fresh permutation for every epoch, batches running over its end.

    A batch is a pure function of (seed, purpose, step), whatever was drawn before; a split smaller than a batch is
    repeated within it.
    """

    def __init__(self, seed: int, purpose: str, rows: int, batch: int, device: torch.device) -> None:
        self._seed, self._purpose, self._rows, self._batch, self._device = seed, purpose, rows, batch, device
        self._epochs: dict[int, Tensor] = {}

    def at(self, step: int) -> Tensor:
        """Rows of the batch of one step, int64 (B,)."""
        first = step * self._batch
        last = first + self._batch - 1
        epoch = first // self._rows
        if last // self._rows == epoch:
            start = first - epoch * self._rows
            return self._epoch(epoch)[start : start + self._batch]
        epochs = range(epoch, last // self._rows + 1)
        start = first - epoch * self._rows
        return torch.cat([self._epoch(number) for number in epochs])[start : start + self._batch]

    def _epoch(self, number: int) -> Tensor:
        if number not in self._epochs:
            generator = torch.Generator().manual_seed(stream(self._seed, self._purpose, number))
            order = torch.randperm(self._rows, generator=generator)
            # Neighbouring epochs meet in a batch; older ones are not asked for again.
            self._epochs = {old: rows for old, rows in self._epochs.items() if old >= number - 1}
            self._epochs[number] = order.to(self._device)
        return self._epochs[number]

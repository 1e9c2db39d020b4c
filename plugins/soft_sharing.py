"""Soft parameter sharing (Duong, Cohn, Bird & Cook 2015): a network for each task, whose weights are held together."""

from __future__ import annotations

import copy

import torch
from pydantic import Field
from torch import Tensor

from dabench import Batch, Problem

from .two_tasks import SOURCE, TwoTasks


class SoftSharing(TwoTasks):
    """Source and target have a network each, with the same weights at first; they are drawn together.

    Examples of a task pass its network alone.
    """

    class Options(TwoTasks.Options):
        """Options.

        Attributes:
            weight: of the squared distance of all weights.
        """

        weight: float = Field(0.1, ge=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the network of the target."""
        super().setup(problem)
        self.second = copy.deepcopy(self.network)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The losses of the tasks, and the distance."""
        return {**super().losses(batch), "distance": self.options.weight * self.distance()}

    def distance(self) -> Tensor:
        """Sum of squared differences of the weights of both networks."""
        pairs = zip(self.network.parameters(), self.second.parameters(), strict=True)
        return torch.stack([(first - second).square().sum() for first, second in pairs]).sum()

    def head(self, x: Tensor, task: int) -> Tensor:
        network = self.network if task == SOURCE else self.second
        return network.classify(network.features(x))

    def embed(self, x: Tensor) -> Tensor:
        return self.second.embed(x)

    def embed_source(self, x: Tensor) -> Tensor:
        return self.network.embed(x)

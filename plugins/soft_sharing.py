"""Soft parameter sharing (Duong, Cohn, Bird & Cook 2015): a network for each task, whose weights are held together."""

from __future__ import annotations

import copy

import torch
from pydantic import Field
from torch import Tensor

from dabench import Backbone, Batch, Problem

from .two_tasks import FIRST, TwoTasks


class SoftSharing(TwoTasks):
    """The tasks have a network each, with the same weights at first; they are drawn together.

    Examples of a task pass its network alone.
    """

    class Options(TwoTasks.Options):
        """Options.

        Attributes:
            weight: of the squared distance of all weights; those of a classifier of second labels stay out.
        """

        weight: float = Field(0.1, ge=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the network of the second task."""
        super().setup(problem)
        self.second = copy.deepcopy(self.network)
        if self.options.second:
            self.second.output = self.output_of_second(problem)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The losses of the tasks, and the distance."""
        return {**super().losses(batch), "distance": self.options.weight * self.distance()}

    def distance(self) -> Tensor:
        """Sum of squared differences of the weights of both networks, as far as they classify the same."""
        alone = {id(weight) for weight in self.network.output.parameters()} if self.options.second else set()
        pairs = zip(self.network.parameters(), self.second.parameters(), strict=True)
        shared = [(first, second) for first, second in pairs if id(first) not in alone]
        return torch.stack([(first - second).square().sum() for first, second in shared]).sum()

    def head(self, x: Tensor, task: int) -> Tensor:
        network = self.of(task)
        return network.classify(network.features(x))

    def of(self, task: int) -> Backbone:
        """The network of a task."""
        return self.network if task == FIRST else self.second

    def embed(self, x: Tensor) -> Tensor:
        return self.of(self.predicting).embed(x)

    def embed_source(self, x: Tensor) -> Tensor:
        return self.network.embed(x)

"""Hard parameter sharing (Caruana 1997): one trunk, and layers above it for each task."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from torch import Tensor, nn

from dabench import Problem

from .two_tasks import FIRST, SECOND, TwoTasks


class HardSharing(TwoTasks):
    """The tasks share the trunk; each has a hidden layer and a classifier of its own.

    Those of both tasks begin with the same weights, but for a classifier of second labels. Examples of a mixed batch
    pass the trunk together: batch norm, if any, sees both domains.
    """

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the layers of the second task."""
        super().setup(problem)
        self.hidden, self.output = copy.deepcopy(self.network.hidden), copy.deepcopy(self.network.output)
        if self.options.second:
            self.output = self.output_of_second(problem)

    def own(self, task: int) -> Sequence[nn.Module]:
        return [self.network.hidden, self.network.output] if task == FIRST else [self.hidden, self.output]

    def head(self, x: Tensor, task: int) -> Tensor:
        return self.above(self.features(x), task)

    def heads(self, x: Tensor, rows: tuple[slice, slice]) -> tuple[Tensor, Tensor]:
        features = self.features(x)
        return self.above(features[rows[FIRST]], FIRST), self.above(features[rows[SECOND]], SECOND)

    def above(self, features: Tensor, task: int) -> Tensor:
        """Features (N, F) -> logits (N, C) of a task's own layers."""
        logits: Tensor = self.classify(features) if task == FIRST else self.output(self.hidden(features))
        return logits

    def embed(self, x: Tensor) -> Tensor:
        if self.predicting == FIRST:
            return self.network.embed(x)
        hidden: Tensor = self.hidden(self.features(x))
        return hidden

    def embed_source(self, x: Tensor) -> Tensor:
        return self.network.embed(x)

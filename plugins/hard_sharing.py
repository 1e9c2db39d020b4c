"""Hard parameter sharing (Caruana 1997): one trunk, and layers above it for each task."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from dabench import Problem

from .two_tasks import SOURCE, TARGET, TwoTasks


class HardSharing(TwoTasks):
    """Source and target share the trunk; each has a hidden layer and a classifier of its own.

    Those of both tasks begin with the same weights. Examples of a mixed batch pass the trunk together: batch norm, if
    any, sees both domains.
    """

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the layers of the target."""
        super().setup(problem)
        self.hidden, self.output = copy.deepcopy(self.network.hidden), copy.deepcopy(self.network.output)

    def own(self, task: int) -> Sequence[nn.Module]:
        return [self.network.hidden, self.network.output] if task == SOURCE else [self.hidden, self.output]

    def head(self, x: Tensor, task: int) -> Tensor:
        return self.above(self.features(x), task)

    def heads(self, source_x: Tensor, target_x: Tensor) -> tuple[Tensor, Tensor]:
        features, rows = self.features(torch.cat([source_x, target_x])), len(source_x)
        return self.above(features[:rows], SOURCE), self.above(features[rows:], TARGET)

    def above(self, features: Tensor, task: int) -> Tensor:
        """Features (N, F) -> logits (N, C) of a task's own layers."""
        logits: Tensor = self.classify(features) if task == SOURCE else self.output(self.hidden(features))
        return logits

    def embed(self, x: Tensor) -> Tensor:
        hidden: Tensor = self.hidden(self.features(x))
        return hidden

    def embed_source(self, x: Tensor) -> Tensor:
        return self.network.embed(x)

"""Source and target as two tasks of one classification: their losses, weights and batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod, Problem

SOURCE, TARGET = 0, 1


class TwoTasks(DeepMethod):
    """Learn the source's labels and the labelled target examples at once, each with a head of its own.

    A subclass says what the head of a task gives (`head`), and what both give in a mixed batch where that is more than
    each by itself (`heads`). The target's head predicts.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weights: of the tasks' losses. `equal`: 1. `uncertainty`: exp(-s), and s / 2 is added to the loss, where s
                is learned, begins with 0 and stays between -5 and 5 (Kendall, Gal & Cipolla 2018, arXiv:1705.07115).
            batches: `mixed`: a step has examples of both tasks. `alternating`: of one, in turn.
        """

        weights: Literal["equal", "uncertainty"] = "equal"
        batches: Literal["mixed", "alternating"] = "mixed"

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the logarithms of the tasks' variances, where they are learned."""
        learned = self.options.weights == "uncertainty"
        self.log_variances = nn.Parameter(torch.zeros(2)) if learned else None

    def head(self, x: Tensor, task: int) -> Tensor:
        """Examples (N, ...) -> logits (N, C) of the head of the source, task 0, or of the target, task 1."""
        raise NotImplementedError

    def heads(self, source_x: Tensor, target_x: Tensor) -> tuple[Tensor, Tensor]:
        """Examples of both tasks (N, ...) and (M, ...) -> logits (N, C) and (M, C), each of its task's head."""
        return self.head(source_x, SOURCE), self.head(target_x, TARGET)

    def own(self, task: int) -> Sequence[nn.Module]:
        """Modules that examples of this task alone pass: a step without any of them leaves them as they are."""
        return ()

    def parameter_groups(self) -> Mapping[str, Iterable[nn.Parameter]]:
        """The shared parameters that are trained, and those of each task alone."""
        apart = {name: trained(self.own(task)) for task, name in enumerate(("source", "target"))}
        taken = {id(parameter) for group in apart.values() for parameter in group}
        shared = [parameter for parameter in trained([self]) if id(parameter) not in taken]
        return {name: group for name, group in {"main": shared, **apart}.items() if group}

    def step(self, batch: Batch) -> dict[str, Tensor]:
        """One update of all groups whose task is in the batch."""
        losses = self.losses(batch)
        absent = {"source", "target"} - set(losses)
        self.update(torch.stack(list(losses.values())).sum(), *(name for name in self.optimisers if name not in absent))
        return losses

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Weighted cross-entropy of both tasks, or of the one whose turn it is."""
        x, y = batch.labelled
        if self.options.batches == "mixed":
            source, target = self.heads(batch.source_x, x)
            return {
                "source": self.weighted(cross_entropy(source, batch.source_y), SOURCE),
                "target": self.weighted(cross_entropy(target, y), TARGET),
            }
        if batch.step % 2 == 0:
            return {"source": self.weighted(cross_entropy(self.head(batch.source_x, SOURCE), batch.source_y), SOURCE)}
        return {"target": self.weighted(cross_entropy(self.head(x, TARGET), y), TARGET)}

    def weighted(self, loss: Tensor, task: int) -> Tensor:
        """The loss of a task with its weight (eq. 10 of Kendall et al.)."""
        if self.log_variances is None:
            return loss
        s = self.log_variances[task].clamp(-5, 5)
        return torch.exp(-s) * loss + s / 2

    def predict(self, x: Tensor) -> Tensor:
        return self.head(x, TARGET)

    def predict_source(self, x: Tensor) -> Tensor:
        return self.head(x, SOURCE)


def trained(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    """The parameters of some modules that the present stage trains."""
    return [parameter for module in modules for parameter in module.parameters() if parameter.requires_grad]

"""Two tasks that share what they learn: their losses, weights and batches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod, Problem

FIRST, SECOND = 0, 1


class TwoTasks(DeepMethod):
    """Learn two tasks at once, each with a head of its own.

    The tasks are the two domains: the source's labels, and those of the labelled target examples. With second labels
    they are the classes, in both domains, and the second labels. The head of the target predicts, or that of the
    classes.

    A subclass says what the head of a task gives (`head`), and what both give in a mixed batch where that is more than
    each by itself (`heads`).
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            second: name of the second labels that are the second task, such as `font`. They are the source's, and those
                of the labelled target examples if the target has some. Empty: the tasks are the two domains.
            weights: of the tasks' losses. `equal`: 1. `uncertainty`: exp(-s), and s / 2 is added to the loss, where s
                is learned, begins with 0 and stays between -5 and 5 (Kendall, Gal & Cipolla 2018, arXiv:1705.07115).
            batches: `mixed`: a step has examples of both tasks. `alternating`: of one, in turn.
        """

        second: str = ""
        weights: Literal["equal", "uncertainty"] = "equal"
        batches: Literal["mixed", "alternating"] = "mixed"

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Name the tasks, and add the logarithms of their variances, where they are learned.

        Raises:
            ValueError: the source has no second labels of the name that the option gives.
        """
        self.tasks, self.predicting = ("source", "target"), SECOND
        if self.options.second:
            problem.aux_classes(self.options.second)
            self.tasks, self.predicting = ("class", "second"), FIRST
        learned = self.options.weights == "uncertainty"
        self.log_variances = nn.Parameter(torch.zeros(2)) if learned else None

    def output_of_second(self, problem: Problem[Tensor, Tensor]) -> nn.Linear:
        """A new last layer for the second labels (N, H) -> (N, K)."""
        training = self.network.training
        self.network.eval()
        with torch.no_grad():
            hidden = self.network.embed(problem.prepare(problem.source_x[:1]))
        self.network.train(training)
        return nn.Linear(hidden.shape[1], problem.aux_classes(self.options.second))

    def head(self, x: Tensor, task: int) -> Tensor:
        """Examples (N, ...) -> logits (N, C) of the head of a task."""
        raise NotImplementedError

    def heads(self, x: Tensor, rows: tuple[slice, slice]) -> tuple[Tensor, Tensor]:
        """Examples (N, ...) of both tasks -> logits of each task's head, for the rows that the task learns from."""
        return self.head(x[rows[FIRST]], FIRST), self.head(x[rows[SECOND]], SECOND)

    def own(self, task: int) -> Sequence[nn.Module]:
        """Modules that examples of this task alone pass: a step without any of them leaves them as they are."""
        return ()

    def parameter_groups(self) -> Mapping[str, Iterable[nn.Parameter]]:
        """The shared parameters that are trained, and those of each task alone."""
        apart = {name: trained(self.own(task)) for task, name in enumerate(self.tasks)}
        taken = {id(parameter) for group in apart.values() for parameter in group}
        shared = [parameter for parameter in trained([self]) if id(parameter) not in taken]
        return {name: group for name, group in {"main": shared, **apart}.items() if group}

    def step(self, batch: Batch) -> dict[str, Tensor]:
        """One update of all groups whose task is in the batch."""
        losses = self.losses(batch)
        absent = set(self.tasks) - set(losses)
        self.update(torch.stack(list(losses.values())).sum(), *(name for name in self.optimisers if name not in absent))
        return losses

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Weighted cross-entropy of both tasks, or of the one whose turn it is."""
        x, rows, y = self.examples(batch)
        if self.options.batches == "mixed":
            logits = dict(enumerate(self.heads(x, rows)))
        else:
            turn = batch.step % 2
            logits = {turn: self.head(x[rows[turn]], turn)}
        return {self.tasks[task]: self.weighted(cross_entropy(logits[task], y[task]), task) for task in logits}

    def examples(self, batch: Batch) -> tuple[Tensor, tuple[slice, slice], tuple[Tensor, Tensor]]:
        """Examples of source and target (N, ...), the rows that each task learns from, and the labels of these."""
        x, y = batch.labelled
        both, source = torch.cat([batch.source_x, x]), len(batch.source_x)
        name = self.options.second
        if not name:
            return both, (slice(source), slice(source, None)), (batch.source_y, y)
        second = torch.cat([aux[name] for aux in (batch.source_aux, batch.labelled_aux) if name in aux])
        return both, (slice(None), slice(len(second))), (torch.cat([batch.source_y, y]), second)

    def weighted(self, loss: Tensor, task: int) -> Tensor:
        """The loss of a task with its weight (eq. 10 of Kendall et al.)."""
        if self.log_variances is None:
            return loss
        s = self.log_variances[task].clamp(-5, 5)
        return torch.exp(-s) * loss + s / 2

    def predict(self, x: Tensor) -> Tensor:
        return self.head(x, self.predicting)

    def predict_source(self, x: Tensor) -> Tensor:
        return self.head(x, FIRST)


def trained(modules: Iterable[nn.Module]) -> list[nn.Parameter]:
    """The parameters of some modules that the present stage trains."""
    return [parameter for module in modules for parameter in module.parameters() if parameter.requires_grad]

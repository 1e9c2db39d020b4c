"""Adaptation through self-supervision (Sun, Tzeng, Darrell & Efros 2019, arXiv:1909.11825)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from dabench_plugins.domain_loss import domain_loss
from dabench_plugins.pretext_tasks import TASKS, Task, outputs
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss

from dabench import Batch, DeepMethod, Problem, Stage


class Pretext(DeepMethod):
    """Learn the source's labels, and of both domains something that needs no label.

    The task has a linear head of its own on the features. Its images of both domains pass the network together, apart
    from those whose labels are learned: batch norm, if any, predicts with statistics of either. DANN's loss may be
    added.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            task: `rotation`: by how many quarters of a circle is the image turned? `quadrant`: which quarter of the
                image is it? `jigsaw`: in which of 31 orders are its nine pieces? `inpainting`: what was in the middle?
                `order`, for windows of sensors: are its three parts in order?
            weight: of the task.
            pretraining: the share of the budget in which the task alone is learned. The labels alone are learned after
                it. 0 for both at once.
            domain: weight of DANN's loss beside the labels; 0 for none.
        """

        task: Task = "rotation"
        weight: float = Field(1.0, ge=0)
        pretraining: float = Field(0.0, ge=0, lt=1)
        domain: float = Field(0.0, ge=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the head of the task, and a domain classifier where one is asked for.

        Raises:
            ValueError: the task cannot be asked about these examples.
        """
        shape = tuple(problem.prepare(problem.source_x[:1]).shape[1:])
        self.head = nn.Linear(self.network.feature_size, outputs(self.options.task, shape))
        self.domain = self.network.domain_head() if self.options.domain else None

    def stages(self) -> Sequence[Stage]:
        """One stage, or the task and then the labels."""
        share = self.options.pretraining
        if not share:
            return super().stages()
        return [Stage("task", share, losses=self.of_task), Stage("labels", 1 - share, losses=self.of_labels)]

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The losses of the labels and that of the task."""
        return {**self.of_labels(batch), **self.of_task(batch)}

    def of_task(self, batch: Batch) -> dict[str, Tensor]:
        """Cross-entropy of the task's answers; of inpainting, mean squared error."""
        asked, answer = TASKS[self.options.task](torch.cat([batch.source_x, batch.target_x]))
        said = self.head(self.features(asked))
        loss = mse_loss(said, answer) if answer.is_floating_point() else cross_entropy(said, answer)
        return {"task": self.options.weight * loss}

    def of_labels(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss, and DANN's loss if it is wanted."""
        if self.domain is None:
            return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}
        both = self.features(torch.cat([batch.source_x, batch.target_x]))
        rows = len(batch.source_x)
        return {
            "class": cross_entropy(self.classify(both[:rows]), batch.source_y),
            "domain": self.options.domain * domain_loss(self.domain, both, rows, batch.progress),
        }

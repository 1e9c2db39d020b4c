"""Deliberated domain bridging (Chen et al. 2022, arXiv:2209.07695), for classification."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from dabench_plugins.mixtures import box_shares, require_places, whole_shares
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy, softmax
from torch.nn.modules.dropout import _DropoutNd

from dabench import Averaged, Batch, DeepMethod, Problem, Stage


class Ddb(DeepMethod):
    """Two teachers learn from mixed images, one from coarse and one from fine mixtures; a student learns from both.

    Coarse is a box of the source's image on the target's, fine is a weighted sum of the two. A teacher takes the
    target's labels from an average of its own weights over time; they count by the share of a batch that is sure. Then
    the student learns the source's labels, and what both averages say of the target. The teachers of the next round
    begin where the student is. The student predicts. Source and mixed images pass a teacher together, source and target
    the student. The averages see the target alone, with batch statistics of its own. Tables and the features of a
    frozen network, which have no place for a box, are refused.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of all that is learned from target examples, mixed images included.
            area: of the box, as a share of the image's.
            confidence: a prediction is sure whose highest probability is not below it.
            decay: of the teachers' averages.
            rounds: of teachers and student, in equal shares of the budget.
        """

        weight: float = Field(1.0, ge=0)
        area: float = Field(0.4, gt=0, lt=1)
        confidence: float = Field(0.968, ge=0, lt=1)
        decay: float = Field(0.99, ge=0, lt=1)
        rounds: int = Field(2, ge=1)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the teachers and their averages.

        Raises:
            ValueError: the examples have no place for a box.
        """
        shape = tuple(problem.prepared_target(problem.target_x[:1]).shape[1:])
        require_places("ddb", shape, 2)
        self.coarse, self.fine = (self.network.clone_for_shape(shape) for _ in range(2))
        self.coarse_average, self.fine_average = (
            Averaged(teacher, self.options.decay, running_statistics=False) for teacher in (self.coarse, self.fine)
        )

    def stages(self) -> Sequence[Stage]:
        """Teachers, then student, in every round."""
        share, teachers = 1 / (2 * self.options.rounds), [self.coarse, self.fine]
        stages = []
        for number in range(1, self.options.rounds + 1):
            losses = self.losses if number == 1 else self.of_next_teachers
            stages.append(Stage(f"teachers {number}", share, losses, teachers))
            stages.append(Stage(f"student {number}", share, self.of_student, [self.network]))
        return stages

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Both teachers' cross-entropies of the source and of their mixed images."""
        losses = {}
        for name, teacher, average, shares in (
            ("coarse", self.coarse, self.coarse_average, box_shares(batch.source_x, self.options.area)),
            ("fine", self.fine, self.fine_average, whole_shares(batch.source_x)),
        ):
            average.update(teacher, batch.step)
            highest, target_y = self._said(average, batch.target_x).max(1)
            sure = (highest >= self.options.confidence).to(shares.dtype).mean()
            of_source = shares.flatten(1).mean(1)
            mixed_x = shares * batch.source_x + (1 - shares) * batch.target_x
            source, mixed = teacher.classify(teacher.features(torch.cat([batch.source_x, mixed_x]))).chunk(2)
            labels = of_source * cross_entropy(mixed, batch.source_y, reduction="none")
            labels = labels + sure * (1 - of_source) * cross_entropy(mixed, target_y, reduction="none")
            losses[f"class {name}"] = cross_entropy(source, batch.source_y)
            losses[f"mixed {name}"] = self.options.weight * labels.mean()
        return losses

    def of_next_teachers(self, batch: Batch) -> dict[str, Tensor]:
        """The teachers' losses, after both have been given the student's weights in the first step."""
        if batch.step == 0:
            for teacher in (self.coarse, self.fine):
                teacher.load_state_dict(self.network.state_dict())
        return self.losses(batch)

    def of_student(self, batch: Batch) -> dict[str, Tensor]:
        """Cross-entropy of the source, and of the target with what the teachers say, the surer one more."""
        coarse, fine = (self._said(average, batch.target_x) for average in (self.coarse_average, self.fine_average))
        source, target = self.classify(self.features(torch.cat([batch.source_x, batch.target_x]))).chunk(2)
        return {
            "class": cross_entropy(source, batch.source_y),
            "distillation": self.options.weight * cross_entropy(target, by_confidence(coarse, fine)),
        }

    @staticmethod
    @torch.no_grad()
    def _said(average: Averaged, x: Tensor) -> Tensor:
        """Probabilities of an average, without dropout (N, C)."""
        network = average.network
        for module in network.modules():
            if isinstance(module, _DropoutNd):
                module.eval()
        return softmax(network.classify(network.features(x)), 1)


def by_confidence(*probabilities: Tensor) -> Tensor:
    """The mean of several predictions (N, C), row by row each weighted by its highest probability: (N, C)."""
    stacked = torch.stack(probabilities)
    weights = stacked.max(2, keepdim=True).values
    return (weights * stacked).sum(0) / weights.sum(0)

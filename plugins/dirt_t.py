"""DIRT-T: decision-boundary iterative refinement training with a teacher (Shu et al. 2018, arXiv:1802.08735)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy, softmax

from dabench import Averaged, Batch, DeepMethod, Problem, Stage

from .vada import Vada

WARM = 1_000_000  # steps after which an average has its full length


class DirtT(Vada):
    """VADA; then its network is refined on the target alone, close to what a teacher says.

    The source does not tell where the boundaries of the target's classes lie best. In the second stage neither its
    labels nor the domain classifier hold them any more: the target's predictions become surer and harder to change, in
    small steps, each not far from the average of the weights that the step before came to.
    """

    class Options(Vada.Options):
        """Options.

        Attributes:
            share: of the steps that refine.
            anchor: weight of the cross-entropy with what the teacher says (beta of the paper).
            teachers: so many times in the stage the average of now becomes the teacher.
        """

        share: float = Field(0.5, gt=0, lt=1)
        anchor: float = Field(0.01, ge=0)
        teachers: int = Field(16, ge=1)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the teacher to what VADA has."""
        super().setup(problem)
        self.teacher = Averaged(self.network, 0.0, running_statistics=True)
        self._refining = False

    def stages(self) -> Sequence[Stage]:
        """VADA, then the refinement."""
        share = self.options.share
        return [
            Stage("vada", 1 - share),
            Stage("refinement", share, self.refinement_losses, [self.network], uses_source=False),
        ]

    def enter(self, stage: Stage) -> None:
        super().enter(stage)
        self._refining = stage.name == "refinement"

    def step(self, batch: Batch) -> dict[str, Tensor]:
        """One training step, after which the average follows: in the second stage it goes on from the first."""
        if not self._refining:
            return super().step(batch)
        losses = DeepMethod.step(self, batch)
        self.average.update(self.network, WARM + batch.step)
        return losses

    def refinement_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Entropy and virtual adversarial loss of the target; cross-entropy with the teacher's predictions."""
        if is_due(batch, self.options.teachers):
            self.teacher.load_state_dict(self.average.state_dict())
        with torch.no_grad():
            teacher = self.teacher.network.eval()
            said = softmax(teacher.classify(teacher.features(batch.target_x)), 1)
        target = self.classify(self.features(batch.target_x))
        losses = {"anchor": self.options.anchor * cross_entropy(target, said)}
        if self.options.cluster:
            losses["entropy"] = self.options.cluster * cross_entropy(target, softmax(target, 1))
            losses["target_smooth"] = self.options.cluster * self._smoothness(batch.target_x, target)
        return losses


def is_due(batch: Batch, times: int) -> bool:
    """Whether what is done so many times in a stage, first in its first step, is done in this one."""
    steps = round(batch.step / batch.progress) if batch.step else 0
    return batch.step == 0 or batch.step % max(1, steps // times) == 0

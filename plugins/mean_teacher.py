"""Mean teacher: self-ensembling (French, Mackiewicz & Fisher 2018, arXiv:1706.05208)."""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import binary_cross_entropy, cross_entropy, softmax

from dabench import Averaged, AveragedMethod, Batch, Problem, View


class MeanTeacher(AveragedMethod):
    """A student learns the source's labels and, on the target, to agree with its own average over time, the teacher.

    Both see the same target images, changed in different ways. Source and target pass the student apart; the teacher
    sees the target alone, with batch statistics of its own, and it is the teacher that predicts.
    """

    class Options(AveragedMethod.Options):
        """Options.

        Attributes:
            weight: of the disagreement.
            confidence: targets for which the teacher's highest probability is not above it are left out.
            decay: of the teacher's average.
            class_balance: weight, times `weight`, of the wish that the student predicts all classes equally often. The
                paper has 0.005 between MNIST and SVHN alone. It is a prior: it helps where it is true.
            view: how images are changed.
            noise: deviation of normal noise on the normalised images.
        """

        weight: float = Field(3.0, ge=0)
        confidence: float = Field(0.96837722, ge=0, lt=1)
        decay: float = Field(0.99, ge=0, lt=1)
        class_balance: float = Field(0.0, ge=0)
        view: View = "affine"
        noise: float = Field(0.1, ge=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Copy the teacher."""
        self.views = {"student": self.options.view, "teacher": self.options.view}
        self.average = Averaged(self.network, self.options.decay, running_statistics=False)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source; squared distance of the probabilities on the target."""
        source = self.classify(self.features(self._noisy(batch.source_x_student)))
        student = softmax(self.classify(self.features(self._noisy(batch.target_x_student))), 1)
        with torch.no_grad():
            features = self.average.network.features(self._noisy(batch.target_x_teacher))
            teacher = softmax(self.average.network.classify(features), 1)
        losses = {
            "class": cross_entropy(source, batch.source_y),
            "consistency": self.options.weight * consistency(student, teacher, self.options.confidence),
            **self.labelled_losses(batch),
        }
        if self.options.class_balance:
            sure = confident(teacher, self.options.confidence).mean()
            balance = self.options.weight * self.options.class_balance * sure * imbalance(student)
            losses["balance"] = balance
        return losses

    def _noisy(self, x: Tensor) -> Tensor:
        return x + self.options.noise * torch.randn_like(x) if self.options.noise else x


def confident(probabilities: Tensor, threshold: float) -> Tensor:
    """1 for rows (N, C) whose highest probability is above a threshold, else 0: (N,)."""
    return (probabilities.max(1).values > threshold).float()


def consistency(student: Tensor, teacher: Tensor, threshold: float) -> Tensor:
    """Mean squared distance of probabilities (N, C), over classes and over all rows, of which unsure ones count 0."""
    return ((student - teacher).square().mean(1) * confident(teacher, threshold)).mean()


def imbalance(student: Tensor) -> Tensor:
    """Binary cross-entropy of each class's mean probability and 1 / C, summed over the classes."""
    share = student.mean(0)
    return binary_cross_entropy(share, torch.full_like(share, 1 / len(share)), reduction="sum")

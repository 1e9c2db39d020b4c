"""FixMatch (Sohn et al. 2020, arXiv:2001.07685) and AdaMatch (Berthelot et al. 2022, arXiv:2106.04732)."""

from __future__ import annotations

import math

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy, softmax

from dabench import Averaged, AveragedMethod, Batch, Problem, View


class FixMatch(AveragedMethod):
    """Predict for a strongly augmented target image the class that is sure for the weakly augmented one.

    Source and target pass the network apart, both forms of the target together. An average of the weights over time
    predicts.

    With `relative` it is AdaMatch: sure is what is as sure as the source's predictions are, the target's classes are
    assumed to be as frequent as the source's, the source is strongly augmented, too, and its logits lie anywhere
    between those with batch statistics of both domains and those with its own.
    """

    class Options(AveragedMethod.Options):
        """Options.

        Attributes:
            weight: of the loss on the target (with `relative` it rises from 0 to this over half the training).
            confidence: targets whose highest probability is not above it are left out: 0.95 in FixMatch. With
                `relative` it is multiplied by the mean of the source's highest probabilities: 0.9 in AdaMatch.
            relative: AdaMatch.
            weak: how the images that are predicted first are changed.
            strong: how the others are.
            decay: of the average that predicts.
        """

        weight: float = Field(1.0, ge=0)
        confidence: float = Field(0.95, ge=0, lt=1)
        relative: bool = False
        weak: View = "shift"
        strong: View = "randaugment"
        decay: float = Field(0.999, ge=0, lt=1)

    source_mean: Tensor
    target_mean: Tensor

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Copy the network that predicts; with `relative` begin the mean predictions of both domains."""
        self.views = {"weak": self.options.weak, "strong": self.options.strong}
        self.average = Averaged(self.network, self.options.decay, running_statistics=True)
        if self.options.relative:
            for name in ("source_mean", "target_mean"):
                self.register_buffer(name, torch.full((problem.classes,), 1 / problem.classes))

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source, cross-entropy of the strongly augmented targets with the sure classes."""
        if self.options.relative:
            return self._adamatch(batch)
        source = self.classify(self.features(batch.source_x_weak))
        target = self.classify(self.features(torch.cat([batch.target_x_weak, batch.target_x_strong])))
        weak, strong = torch.split(target, len(batch.target_x))
        return {
            "class": cross_entropy(source, batch.source_y),
            "consistency": self.options.weight * agreement(softmax(weak.detach(), 1), strong, self.options.confidence),
            **self.labelled_losses(batch),
        }

    def _adamatch(self, batch: Batch) -> dict[str, Tensor]:
        rows = len(batch.source_y)
        source_x = torch.cat([batch.source_x_weak, batch.source_x_strong])
        both = self.classify(self.features(torch.cat([source_x, batch.target_x_weak, batch.target_x_strong])))
        with self.statistics_kept():
            alone = self.classify(self.features(source_x))
        source = alone + torch.rand_like(alone) * (both[: 2 * rows] - alone)
        weak, strong = torch.split(both[2 * rows :], rows)
        with torch.no_grad():
            of_source, of_target = softmax(source[:rows], 1), softmax(weak, 1)
            self._follow(self.source_mean, of_source, batch.step)
            self._follow(self.target_mean, of_target, batch.step)
            aligned = of_target * self.source_mean / self.target_mean.clamp_min(1e-6)
            aligned = aligned / aligned.sum(1, keepdim=True)
            threshold = self.options.confidence * of_source.max(1).values.mean()
        ramp = 0.5 - math.cos(min(math.pi, 2 * math.pi * batch.progress)) / 2
        return {
            "class": cross_entropy(source, batch.source_y.repeat(2)),
            "consistency": self.options.weight * ramp * agreement(aligned, strong, threshold),
            **self.labelled_losses(batch),
        }

    def _follow(self, mean: Tensor, probabilities: Tensor, step: int) -> None:
        """Move a mean prediction on, by less the longer it is followed; so a short training has one, too."""
        mean.lerp_(probabilities.mean(0), max(0.001, 9 / (10 + step)))


def agreement(weak: Tensor, strong: Tensor, threshold: Tensor | float) -> Tensor:
    """Mean over all rows of the cross-entropy of strong logits (N, C) with the likeliest class; unsure rows count 0.

    Args:
        weak: the probabilities (N, C) that say which class it is.
        strong: the logits that are to.
        threshold: a row is sure whose highest probability is above it.
    """
    highest, likeliest = weak.max(1)
    return (cross_entropy(strong, likeliest, reduction="none") * (highest > threshold)).mean()

"""UDA: unsupervised data augmentation (Xie, Dai, Hovy, Luong & Le 2020, arXiv:1904.12848)."""

from __future__ import annotations

import math
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy, kl_div, log_softmax, softmax

from dabench import Averaged, AveragedMethod, Batch, Problem, View

Schedule = Literal["linear", "log", "exp"]


class Uda(AveragedMethod):
    """Predict the same for a target image and for a strongly augmented one, and learn the source's labels.

    Source and target pass the network apart, both forms of the target together: batch norm, if any, sees one domain at
    a time. An average of the weights over time predicts.
    """

    class Options(AveragedMethod.Options):
        """Options.

        Attributes:
            weight: of the consistency loss (lambda of the paper).
            temperature: below 1 sharpens the prediction that is to be met.
            confidence: targets whose highest probability is not above it are left out (beta of the paper).
            tsa: training signal annealing: a source example whose class is more probable than a threshold, which rises
                from 1 / C to 1, is left out of its loss. `none` for the paper's experiments on images.
            weak: how the source's images, and those of the target that are predicted first, are changed.
            strong: how the others are.
            decay: of the average that predicts.
        """

        weight: float = Field(1.0, ge=0)
        temperature: float = Field(0.4, gt=0)
        confidence: float = Field(0.8, ge=0, lt=1)
        tsa: Literal["none"] | Schedule = "none"
        weak: View = "shift"
        strong: View = "randaugment"
        decay: float = Field(0.9999, ge=0, lt=1)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Copy the network that predicts."""
        self.views = {"weak": self.options.weak, "strong": self.options.strong}
        self.average = Averaged(self.network, self.options.decay, running_statistics=True)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source; divergence of the two predictions on the target."""
        rows = len(batch.source_y)
        source = self.classify(self.features(batch.source_x_weak))
        target = self.classify(self.features(torch.cat([batch.target_x_weak, batch.target_x_strong])))
        if self.options.tsa == "none":
            supervised = cross_entropy(source, batch.source_y)
        else:
            threshold = signal_threshold(self.options.tsa, batch.progress, source.shape[1])
            supervised = annealed(source, batch.source_y, threshold)
        divergence = consistency(target[:rows], target[rows:], self.options.temperature, self.options.confidence)
        return {"class": supervised, "consistency": self.options.weight * divergence}


def consistency(weak: Tensor, strong: Tensor, temperature: float, confidence: float) -> Tensor:
    """Mean over all rows of KL(sharpened weak || strong), from logits (N, C); unsure rows count 0.

    What is to be met is a constant: the gradient goes to the augmented image alone.
    """
    aim = weak.detach()
    sure = softmax(aim, 1).max(1).values > confidence  # before sharpening
    divergence = kl_div(log_softmax(strong, 1), log_softmax(aim / temperature, 1), reduction="none", log_target=True)
    return (divergence.sum(1) * sure).mean()


def signal_threshold(schedule: Schedule, progress: float, classes: int) -> float:
    """The probability of the right class above which a source example is left out, at `progress` in [0, 1]."""
    match schedule:
        case "linear":
            share = progress
        case "log":
            share = 1 - math.exp(-5 * progress)
        case "exp":
            share = math.exp(5 * (progress - 1))
    return share * (1 - 1 / classes) + 1 / classes


def annealed(logits: Tensor, y: Tensor, threshold: float) -> Tensor:
    """Mean cross-entropy of the rows (N, C) whose class is not more probable than the threshold; 0 if there is none."""
    each = cross_entropy(logits, y, reduction="none")
    kept = torch.exp(-each.detach()) <= threshold
    return (each * kept).sum() / kept.sum().clamp(min=1)

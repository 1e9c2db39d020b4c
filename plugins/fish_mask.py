"""FISH mask: only the weights with the largest Fisher information are trained (Sung et al. 2021, arXiv:2111.09839)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import log_softmax

from dabench import Batch, Problem

from .layers import norms, size
from .source_then_target import SourceThenTarget


class FishMask(SourceThenTarget):
    """Learn the source; then train the weights that the predictions of the labelled target examples depend on most.

    The classifier is always trained. Other weights, and the statistics of batch norm, stay what the source made them,
    to the bit: also weight decay and momentum do not move them.
    """

    class Options(SourceThenTarget.Options):
        """Options.

        Attributes:
            mask: how weights are chosen: by `fisher` information; `random` is the paper's control, and `magnitude`
                takes the largest ones.
            ratio: the share of the weights below the classifier that is trained.
            information: `empirical` takes the gradient of the true label's log-probability, `expected` the mean over
                all classes, weighted by their probability.
        """

        mask: Literal["fisher", "random", "magnitude"] = "fisher"
        ratio: float = Field(0.05, gt=0, le=1)
        information: Literal["empirical", "expected"] = "empirical"

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Make room for the masks, and draw the order of random ones.

        Raises:
            ValueError: there is no weight below the classifier.
        """
        super().setup(problem)
        output = {id(weight) for weight in self.network.output.parameters()}
        self._masked = [weight for weight in self.network.parameters() if id(weight) not in output]
        if not self._masked:
            raise ValueError(
                "fish_mask chooses among the weights below the classifier, and this backbone trains none there: take "
                "one that does"
            )
        self._kept = math.ceil(self.options.ratio * size(self._masked))
        for number, weight in enumerate(self._masked):
            self.register_buffer(f"mask_{number}", torch.zeros(weight.shape, dtype=torch.bool))
            if self.options.mask == "random":
                self.register_buffer(f"order_{number}", torch.rand(weight.shape))

    @property
    def masks(self) -> list[Tensor]:
        """Masks of the weights that are trained, for every tensor below the classifier."""
        return [self.get_buffer(f"mask_{number}") for number in range(len(self._masked))]

    def held(self) -> Sequence[nn.Module]:
        return norms(self.network)

    def begin(self) -> None:
        super().begin()
        for mask, chosen in zip(self.masks, largest(self._scores(), self._kept), strict=True):
            mask.copy_(chosen)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        if not self._tuning:
            return super().step(batch)
        before = [weight.detach().clone() for weight in self._masked]
        losses = super().step(batch)
        with torch.no_grad():
            for weight, mask, was in zip(self._masked, self.masks, before, strict=True):
                weight.copy_(torch.where(mask, weight, was))
        return losses

    def trained_parameters(self) -> int:
        """The size of the mask and the classifier."""
        return self._kept + size(self.network.output.parameters()) if self._tuning else super().trained_parameters()

    def _scores(self) -> list[Tensor]:
        """Scores of which the largest are taken, for every tensor below the classifier."""
        if self.options.mask == "magnitude":
            return [weight.detach().abs() for weight in self._masked]
        if self.options.mask == "random":
            return [self.get_buffer(f"order_{number}") for number in range(len(self._masked))]
        self.eval()
        x, y = self._problem.labelled
        scores = fisher(self, self._masked, self._problem.prepare(x), y, self.options.information == "expected")
        self.train()
        return scores


def fisher(method: FishMask, weights: Sequence[nn.Parameter], x: Tensor, y: Tensor, expected: bool) -> list[Tensor]:
    """The diagonal of the Fisher information of weights, summed over examples (L, ...) with labels (L,): eq. 3 and 6.

    It is the squared gradient of an example's log-probability, of the true class or, if `expected`, the mean over
    classes by their probability.
    """
    sums = [torch.zeros_like(weight) for weight in weights]
    for row in range(len(x)):
        scores = log_softmax(method.of_target(x[row : row + 1]), 1)
        classes = range(scores.shape[1]) if expected else [int(y[row])]
        for number, label in enumerate(classes):
            share = float(scores[0, label].detach().exp()) if expected else 1.0
            gradients = torch.autograd.grad(scores[0, label], weights, retain_graph=number + 1 < len(classes))
            for total, gradient in zip(sums, gradients, strict=True):
                total.add_(gradient.square(), alpha=share)
    return sums


def largest(scores: Sequence[Tensor], count: int) -> list[Tensor]:
    """Masks of the `count` largest of all scores together; of equal ones those that come first."""
    flat = torch.cat([score.flatten() for score in scores])
    chosen = torch.zeros(len(flat), dtype=torch.bool, device=flat.device)
    chosen[torch.argsort(flat, descending=True, stable=True)[:count]] = True
    parts = torch.split(chosen, [score.numel() for score in scores])
    return [part.view(score.shape) for part, score in zip(parts, scores, strict=True)]

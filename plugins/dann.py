"""DANN: domain-adversarial training by gradient reversal (Ganin & Lempitsky 2015, arXiv:1409.7495)."""

from __future__ import annotations

import math
from typing import Any

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from dabench import Batch, DeepMethod, Problem


class ReverseGradient(torch.autograd.Function):
    """Identity forward; backward the gradient times -strength."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, strength: float) -> Tensor:
        """Return x."""
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *grad: Tensor) -> tuple[Tensor, None]:
        """Reverse the gradient."""
        return -ctx.strength * grad[0], None


class Dann(DeepMethod):
    """Learn features from which a domain classifier cannot tell source from target (eq. 1-6 of the JMLR paper).

    Source and target pass the network together, as in the paper: batch norm, if any, sees both.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the domain loss.
            gamma: steepness of the ramp 2 / (1 + exp(-gamma p)) - 1 of the reversed gradient.
        """

        weight: float = Field(1.0, ge=0)
        gamma: float = Field(10.0, gt=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the domain classifier."""
        self.domain = self.network.domain_head()

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss, and the loss of the domain classifier behind the gradient reversal.

        The ramp scales only what reaches the features: the domain classifier itself always learns at full speed.
        """
        ramp = 2 / (1 + math.exp(-self.options.gamma * batch.progress)) - 1
        both = self.features(torch.cat([batch.source_x, batch.target_x]))
        source = both[: len(batch.source_x)]
        is_target = both.new_zeros(len(both), 1)
        is_target[len(source) :] = 1
        domain = self.domain(ReverseGradient.apply(both, ramp))
        return {
            "class": cross_entropy(self.classify(source), batch.source_y),
            "domain": self.options.weight * binary_cross_entropy_with_logits(domain, is_target),
            **self.labelled_losses(batch),
        }

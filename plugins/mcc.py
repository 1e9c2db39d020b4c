"""MCC: minimum class confusion (Jin, Wang, Long & Wang 2020, arXiv:1912.03699)."""

from __future__ import annotations

import math

import torch
from dabench_plugins.dann import ReverseGradient
from dabench_plugins.entropy import entropy
from pydantic import Field
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, softmax

from dabench import Batch, DeepMethod, Problem


class Mcc(DeepMethod):
    """Learn the source's labels, and on the target to take no class for another.

    Two classes are confused as far as the target's predictions give weight to both. DANN's loss may be added: the two
    are made for each other. Source and target pass the network together: batch norm, if any, sees both.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the confusion.
            temperature: the logits are divided by it before the confusion is taken. The paper has 2.5 on Office-31 and
                Office-Home and 3 on VisDA-2017.
            domain: weight of DANN's loss beside it; 0 for MCC alone.
        """

        weight: float = Field(1.0, ge=0)
        temperature: float = Field(2.5, gt=0)
        domain: float = Field(0.0, ge=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add a domain classifier where one is asked for."""
        self.domain = self.network.domain_head() if self.options.domain else None

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss, confusion of the target's classes, and DANN's loss if it is wanted."""
        both = self.features(torch.cat([batch.source_x, batch.target_x]))
        logits = self.classify(both)
        rows = len(batch.source_x)
        losses = {
            "class": cross_entropy(logits[:rows], batch.source_y),
            "confusion": self.options.weight * confusion(logits[rows:], self.options.temperature),
            **self.labelled_losses(batch),
        }
        if self.domain is not None:
            ramp = 2 / (1 + math.exp(-10 * batch.progress)) - 1
            is_target = both.new_zeros(len(both), 1)
            is_target[rows:] = 1
            domain = self.domain(ReverseGradient.apply(both, ramp))
            losses["domain"] = self.options.domain * binary_cross_entropy_with_logits(domain, is_target)
        return losses


def confusion(logits: Tensor, temperature: float) -> Tensor:
    """Mean share of a class's confusion that lies between it and others (eq. 1-6), from logits (N, C); a scalar.

    Sure rows count more, by 1 + exp(-entropy), and no gradient flows through that. A class that no row gives any weight
    to has no confusion.
    """
    scaled = logits / temperature
    q = softmax(scaled, 1)
    weight = 1 + torch.exp(-entropy(scaled.detach()))
    weight = len(weight) * weight / weight.sum()
    together = q.T @ (weight[:, None] * q)
    shares = together / together.sum(1, keepdim=True).clamp_min(torch.finfo(q.dtype).tiny)
    return (shares.sum() - shares.trace()) / len(shares)

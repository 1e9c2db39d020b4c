"""CDAN: conditional domain adversarial networks (Long, Cao, Wang & Jordan 2018, arXiv:1705.10667)."""

from __future__ import annotations

import math
from typing import Literal

import torch
from dabench_plugins.critic import critic, hidden_width
from dabench_plugins.dann import ReverseGradient
from dabench_plugins.entropy import entropy
from pydantic import Field
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, softmax

from dabench import Batch, DeepMethod, Problem

LARGEST = 4096  # products of a hidden unit and a probability, above which random ones stand for them
RANDOM = 1024  # how many do


class Cdan(DeepMethod):
    """DANN whose domain classifier sees the last hidden layer times what is predicted.

    So the domains are brought together class by class. No gradient flows through the probabilities. Source and target
    pass the network together: batch norm, if any, sees both.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the domain loss.
            entropy: examples count in the domain loss by 1 + exp(-entropy) of their prediction: CDAN+E.
            product: the domain classifier sees the `whole` product, `random` projections of it, or with `auto` these
                where the product has more than 4,096 entries.
            width: of both hidden layers of the domain classifier: 500 for digits in the paper's code, 1024 for objects.
        """

        weight: float = Field(1.0, ge=0)
        entropy: bool = False
        product: Literal["auto", "whole", "random"] = "auto"
        width: int = Field(500, ge=1)

    of_hidden: Tensor
    of_classes: Tensor

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the domain classifier, and random projections where they are wanted."""
        width, product = hidden_width(self.network), self.options.product
        self._random = product == "random" or (product == "auto" and width * problem.classes > LARGEST)
        if self._random:
            self.register_buffer("of_hidden", torch.randn(width, RANDOM))
            self.register_buffer("of_classes", torch.randn(problem.classes, RANDOM))
        inputs = RANDOM if self._random else width * problem.classes
        self.domain = critic(inputs, (self.options.width,) * 2, dropout=0.5)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss, and the loss of the domain classifier behind the gradient reversal."""
        ramp = 2 / (1 + math.exp(-10 * batch.progress)) - 1
        rows = len(batch.source_x)
        hidden = self.network.hidden(self.features(torch.cat([batch.source_x, batch.target_x])))
        logits = self.network.output(hidden)
        domain = self.domain(ReverseGradient.apply(self.joint(hidden, softmax(logits.detach(), 1)), ramp))
        is_target = (torch.arange(len(domain), device=domain.device) >= rows).to(domain.dtype)[:, None]
        each = binary_cross_entropy_with_logits(domain, is_target, reduction="none")[:, 0]
        weight = certainty(logits, rows) if self.options.entropy else torch.full_like(each, 1 / len(each))
        return {
            "class": cross_entropy(logits[:rows], batch.source_y),
            "domain": self.options.weight * (weight * each).sum(),
            **self.labelled_losses(batch),
        }

    def joint(self, hidden: Tensor, probabilities: Tensor) -> Tensor:
        """The product of hidden units (N, H) and probabilities (N, C): (N, H C), or random projections of it."""
        if self._random:
            return (hidden @ self.of_hidden) * (probabilities @ self.of_classes) / math.sqrt(RANDOM)
        return (probabilities[:, :, None] * hidden[:, None]).flatten(1)


def certainty(logits: Tensor, rows: int) -> Tensor:
    """Weights of examples, from logits (N, C) of which the first `rows` are the source's: they sum to 1.

    Proportional to 1 + exp(-entropy) within each domain, and each domain half.
    """
    weight = 1 + torch.exp(-entropy(logits.detach()))
    return torch.cat([part / (2 * part.sum()) for part in (weight[:rows], weight[rows:])])

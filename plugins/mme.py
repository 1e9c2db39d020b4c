"""MME: minimax entropy (Saito, Kim, Sclaroff, Darrell & Saenko 2019, arXiv:1904.06487)."""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from dabench import Batch, DeepMethod, Problem

from .critic import hidden_width
from .dann import ReverseGradient
from .entropy import entropy


class Mme(DeepMethod):
    """Learn from all labels, while the target's entropy rises in the classifier and falls in the features.

    The classifier compares directions with one vector for each class, without a bias. It moves these towards the
    target, and the features then gather around them. Labelled examples of both domains pass the network together, the
    unlabelled ones of the target apart.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the entropy.
            temperature: what the classifier gives is divided by it.
        """

        weight: float = Field(0.1, ge=0)
        temperature: float = Field(0.05, gt=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Replace the classifier."""
        self.network.output = nn.Identity()
        self.directions = nn.Linear(hidden_width(self.network), problem.classes, bias=False)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss of both domains, and the target's entropy behind a gradient reversal (eq. 2-5)."""
        x, y = batch.labelled
        logits = self.compared(self.network.embed(torch.cat([batch.source_x, x])))
        unlabelled = ReverseGradient.apply(self.network.embed(batch.target_x), 1.0)
        return {
            "class": cross_entropy(logits, torch.cat([batch.source_y, y])),
            "entropy": -self.options.weight * entropy(self.compared(unlabelled)).mean(),
        }

    def compared(self, hidden: Tensor) -> Tensor:
        """The last hidden layer (N, H) -> logits (N, C)."""
        logits: Tensor = self.directions(normalize(hidden, dim=1)) / self.options.temperature
        return logits

    def predict(self, x: Tensor) -> Tensor:
        return self.compared(self.embed(x))

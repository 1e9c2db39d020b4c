"""Fine-tuning that stays close to what the source network predicts (Phan et al. 2020, arXiv:2004.11349)."""

from __future__ import annotations

from copy import deepcopy

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot, softmax

from dabench import Batch, Problem

from .fine_tune import FineTune


class KlAnchor(FineTune):
    """Cross-entropy to a mixture of the label and the source network's prediction.

    This is the loss on the label plus the Kullback-Leibler divergence from that prediction, but for a constant.
    """

    class Options(FineTune.Options):
        """Options.

        Attributes:
            alpha: share of the source network's prediction in what is to be met.
        """

        alpha: float = Field(0.5, ge=0, le=1)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        super().setup(problem)
        self.anchor = deepcopy(self.network)
        self._anchored = True

    def begin(self) -> None:
        super().begin()
        self._anchored = False

    def tuning_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the labelled target examples, with softened labels."""
        logits, y = self.logits(self.network, batch), batch.labelled[1]
        with torch.no_grad():
            if not self._anchored:  # the source's weights, and statistics that have seen the first batch
                self.anchor.load_state_dict(self.network.state_dict())
                self._anchored = True
            self.anchor.eval()
            before = softmax(self.logits(self.anchor, batch), 1)
        mixture = (1 - self.options.alpha) * one_hot(y, logits.shape[1]) + self.options.alpha * before
        return {"tuning": cross_entropy(logits, mixture)}

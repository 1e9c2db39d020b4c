"""Training from scratch on the labelled target, as the paper on feature matching compares with (arXiv:2201.00644)."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod


class FromScratch(DeepMethod):
    """Cross-entropy on the few labelled target examples alone: what the source is worth shows in comparison."""

    takes = "target"

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the target's half of the simultaneous samples."""
        _, x, y = batch.paired
        return {"target": cross_entropy(self.classify(self.features(x)), y)}

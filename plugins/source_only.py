"""The lower bound: train on the source alone."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod


class SourceOnly(DeepMethod):
    """Cross-entropy on labelled source data; the target is never looked at."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss."""
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

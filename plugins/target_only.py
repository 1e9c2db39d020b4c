"""The upper bound: train on labelled target data."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod


class TargetOnly(DeepMethod):
    """Cross-entropy on labelled target train: what no unsupervised method is given. Its spec declares that it sees."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the target."""
        assert batch.target_y is not None, "the spec of target_only declares sees_target_labels"
        return {"class": cross_entropy(self.classify(self.features(batch.target_x)), batch.target_y)}

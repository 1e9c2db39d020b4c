"""Deep CORAL (Sun & Saenko 2016, arXiv:1607.01719)."""

from __future__ import annotations

from pydantic import Field
from torch import Tensor, cov
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod


class DeepCoral(DeepMethod):
    """Match second-order statistics of source and target activations while training (eq. 1 and 6 of the paper)."""

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the CORAL loss. The paper sets it per pair, so that both losses are about equal at the end.
        """

        weight: float = Field(1.0, ge=0)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss, and the squared distance of the covariances of the logits over 4 d^2."""
        source = self.classify(self.features(batch.source_x))
        target = self.classify(self.features(batch.target_x))
        gap = cov(source.T) - cov(target.T)
        return {
            "class": cross_entropy(source, batch.source_y),
            "coral": self.options.weight * gap.square().sum() / (4 * source.shape[1] ** 2),
        }

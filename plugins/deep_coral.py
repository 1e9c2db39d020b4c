"""Deep CORAL (Sun & Saenko 2016, arXiv:1607.01719)."""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod


class DeepCoral(DeepMethod):
    """Match second-order statistics of source and target logits while training (eq. 1 and 6 of the paper).

    Source and target pass the network together: batch norm, if any, sees both.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the CORAL loss. The paper sets it per pair, so that both losses are about equal at the end.
        """

        weight: float = Field(1.0, ge=0)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss, and the squared distance of the covariances of the logits over 4 d^2."""
        both = self.classify(self.features(torch.cat([batch.source_x, batch.target_x])))
        source, target = both[: len(batch.source_x)], both[len(batch.source_x) :]
        gap = covariance(source) - covariance(target)
        return {
            "class": cross_entropy(source, batch.source_y),
            "coral": self.options.weight * gap.square().sum() / (4 * source.shape[1] ** 2),
        }


def covariance(x: Tensor) -> Tensor:
    """The covariance (D, D) of columns (N, D). `torch.cov` gives the same bits, but waits for a GPU to read N."""
    rows, columns = len(x), x.T
    centred = columns - columns.mean(1, keepdim=True)
    return centred @ centred.T / (rows - 1)

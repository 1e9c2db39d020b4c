"""CMD: central moment discrepancy (Zellinger et al. 2017, arXiv:1702.08811)."""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod


class Cmd(DeepMethod):
    """Give the hidden units of source and target the same mean and the same central moments up to an order.

    The moments are those of tanh of the last hidden layer, which lies in a bounded interval. Source and target pass the
    network together: batch norm, if any, sees both.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the discrepancy (lambda of the paper).
            moments: the highest order that is compared (K of the paper).
        """

        weight: float = Field(1.0, ge=0)
        moments: int = Field(5, ge=1)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss, and the discrepancy."""
        rows = len(batch.source_x)
        hidden = self.network.hidden(self.features(torch.cat([batch.source_x, batch.target_x])))
        bounded = torch.tanh(hidden)
        return {
            "class": cross_entropy(self.network.output(hidden[:rows]), batch.source_y),
            "cmd": self.options.weight * discrepancy(bounded[:rows], bounded[rows:], self.options.moments),
        }


def discrepancy(source: Tensor, target: Tensor, moments: int, width: float = 2.0) -> Tensor:
    """The discrepancy (eq. 7) of samples (N, D) and (M, D) in an interval of this width: 0 where moments are equal."""
    means = source.mean(0), target.mean(0)
    centred = source - means[0], target - means[1]
    total = distance(*means) / width
    for order in range(2, moments + 1):
        total = total + distance(*((x**order).mean(0) for x in centred)) / width**order
    return total


def distance(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distance of vectors; at 0, where the root has no gradient, it has the gradient 0."""
    return ((a - b).square().sum() + 1e-12).sqrt()

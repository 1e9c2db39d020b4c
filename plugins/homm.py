"""HoMM: higher-order moment matching (Chen et al. 2020, arXiv:1912.11976)."""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod


class Homm(DeepMethod):
    """Give source and target the same moment tensor of a higher order, all units with one another.

    The moments are those of tanh of the last hidden layer, around each domain's mean. Source and target pass the
    network together: batch norm, if any, sees both.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the distance; 10,000 in the paper's code from SVHN to MNIST.
            order: of the moments: 2 compares covariances, 3 is the paper's best.
        """

        weight: float = Field(1e4, ge=0)
        order: int = Field(3, ge=1)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss, and the distance of the moment tensors."""
        rows = len(batch.source_x)
        hidden = self.network.hidden(self.features(torch.cat([batch.source_x, batch.target_x])))
        bounded = torch.tanh(hidden)
        return {
            "class": cross_entropy(self.network.output(hidden[:rows]), batch.source_y),
            "homm": self.options.weight * moment_distance(bounded[:rows], bounded[rows:], self.options.order),
        }


def moment_distance(source: Tensor, target: Tensor, order: int) -> Tensor:
    """Mean squared distance of the moment tensors of samples (N, D) and (M, D) (eq. 5): a scalar.

    Each tensor has D to the power of `order` entries. None is made: the inner product of two of them is the mean of
    the inner products of the samples to that power.
    """
    if order > 1:
        source, target = source - source.mean(0), target - target.mean(0)

    def product(a: Tensor, b: Tensor) -> Tensor:
        return (a @ b.T / a.shape[1]).pow(order).mean()

    return product(source, source) + product(target, target) - 2 * product(source, target)

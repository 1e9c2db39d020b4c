"""DeepJDOT: deep joint distribution optimal transport (Damodaran et al. 2018, arXiv:1803.10081)."""

from __future__ import annotations

import torch
from pydantic import Field
from scipy.optimize import linear_sum_assignment
from torch import Tensor
from torch.nn.functional import cross_entropy, one_hot, softmax

from dabench import Batch, DeepMethod


class DeepJdot(DeepMethod):
    """Carry every source example of a batch to a target example of it, near in features and in what is predicted.

    The plan is the cheapest one; then the network brings each pair closer and learns the source's label for the target
    example. With as many examples of either domain the plan is an assignment, one to one. Source and target pass the
    network together: batch norm, if any, sees both.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            distance: weight of the squared distance of the last hidden layers (alpha of the paper).
            labels: weight of the loss of the source's label on the target example (lambda_t of the paper).
        """

        distance: float = Field(0.001, ge=0)
        labels: float = Field(0.0001, ge=0)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss, and what the plan costs in features and in labels."""
        rows = len(batch.source_x)
        hidden = self.network.hidden(self.features(torch.cat([batch.source_x, batch.target_x])))
        logits = self.network.output(hidden)
        source, target, y = hidden[:rows], hidden[rows:], batch.source_y
        partner = assigned(self._cost(source.detach(), target.detach(), y, softmax(logits[rows:].detach(), 1)))
        return {
            "class": cross_entropy(logits[:rows], y),
            "distance": self.options.distance * (source - target[partner]).square().sum(1).mean(),
            "labels": self.options.labels * cross_entropy(logits[rows:][partner], y),
        }

    def _cost(self, source: Tensor, target: Tensor, y: Tensor, said: Tensor) -> Tensor:
        """The cost of carrying each source example (N, H) of class y (N,) to each target example (N, H): (N, N)."""
        of_features = self.options.distance * squared_distances(source, target)
        of_labels = self.options.labels * squared_distances(one_hot(y, said.shape[1]).to(said.dtype), said)
        cost: Tensor = of_features + of_labels
        return cost


def squared_distances(a: Tensor, b: Tensor) -> Tensor:
    """Between all rows of (N, D) and (M, D): (N, M)."""
    return (a.square().sum(1)[:, None] + b.square().sum(1) - 2 * a @ b.T).clamp_min(0)


def assigned(cost: Tensor) -> Tensor:
    """The column of each row in the cheapest one-to-one assignment of a square matrix: int64 (N,)."""
    _, columns = linear_sum_assignment(torch.nan_to_num(cost).double().cpu().numpy())
    return torch.from_numpy(columns).to(cost.device)

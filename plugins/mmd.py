"""MMD: deep adaptation networks, DAN (Long, Cao, Wang & Jordan 2015, arXiv:1502.02791)."""

from __future__ import annotations

from typing import Literal

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod

# Bandwidths, as factors of the median squared distance: 2^-8 to 2^8 in steps of 2^(1/2).
FACTORS = tuple(2 ** (power / 2) for power in range(-16, 17))


class Mmd(DeepMethod):
    """Bring the mean embeddings of source and target together, in layers that are particular to the task.

    Source and target pass the network together: batch norm, if any, sees both.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the discrepancy (lambda of the paper).
            estimator: `linear` in the size of the batch, from pairs of neighbours (eq. 4 of the paper), or `quadratic`,
                from all pairs: less noisy. Neither is biased.
            layers: whose activations are compared; `hidden` is the last hidden one. The paper takes all fully connected
                layers.
        """

        weight: float = Field(1.0, ge=0)
        estimator: Literal["linear", "quadratic"] = "linear"
        layers: tuple[Literal["features", "hidden", "logits"], ...] = Field(("hidden", "logits"), min_length=1)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss, and the discrepancies of the layers."""
        rows = len(batch.source_x)
        if rows < 2:
            raise ValueError("mmd compares pairs of examples: it needs batches of two or more (budget.batch)")
        features = self.features(torch.cat([batch.source_x, batch.target_x]))
        hidden = self.network.hidden(features)
        layers = {"features": features, "hidden": hidden, "logits": self.network.output(hidden)}
        discrepancy = linear_mmd if self.options.estimator == "linear" else quadratic_mmd
        gaps = [discrepancy(layers[name][:rows], layers[name][rows:]) for name in self.options.layers]
        return {
            "class": cross_entropy(layers["logits"][:rows], batch.source_y),
            "mmd": self.options.weight * torch.stack(gaps).sum(),
        }


def linear_mmd(source: Tensor, target: Tensor) -> Tensor:
    """The squared discrepancy of source (N, D) and target (N, D), estimated from N / 2 quadruples."""
    bandwidth = median_squared_distance(torch.cat([source, target]))
    even = 2 * (len(source) // 2)
    s1, s2, t1, t2 = source[0:even:2], source[1:even:2], target[0:even:2], target[1:even:2]

    def between(a: Tensor, b: Tensor) -> Tensor:
        return kernel((a - b).square().sum(1), bandwidth)

    return (between(s1, s2) + between(t1, t2) - between(s1, t2) - between(s2, t1)).mean()


def quadratic_mmd(source: Tensor, target: Tensor) -> Tensor:
    """The same from all pairs of different examples."""
    both = torch.cat([source, target])
    rows = len(source)
    k = kernel(squared_distances(both), median_squared_distance(both))
    within = k[:rows, :rows] + k[rows:, rows:]
    return (within.sum() - within.diagonal().sum()) / (rows * (rows - 1)) - 2 * k[:rows, rows:].mean()


def kernel(squared: Tensor, bandwidth: Tensor) -> Tensor:
    """The mean of the Gaussian kernels at squared distances of any shape."""
    kernels = [torch.exp(-squared / (bandwidth * factor)) for factor in FACTORS]
    return torch.stack(kernels).mean(0)


def squared_distances(x: Tensor) -> Tensor:
    """Between all rows of x (N, D): (N, N)."""
    norms = x.square().sum(1)
    return (norms[:, None] + norms[None] - 2 * x @ x.T).clamp(min=0)


@torch.no_grad()
def median_squared_distance(x: Tensor) -> Tensor:
    """Over all pairs of different rows of x (N, D); a scalar above 0."""
    first, second = torch.triu_indices(len(x), len(x), 1, device=x.device)
    return squared_distances(x)[first, second].median().clamp(min=1e-12)

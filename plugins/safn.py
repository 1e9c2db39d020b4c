"""AFN: adaptive feature norm (Xu, Li, Yang & Lin 2019, arXiv:1811.07456)."""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod


class Safn(DeepMethod):
    """Let the last hidden layer's length grow in both domains, step by step (SAFN) or to a given one (HAFN).

    Embeddings of the target are shorter than the source's, and say less. Nothing else brings the domains together. The
    pull of SAFN never gets less: what comes of it depends on the length of the training and on weight decay. Source and
    target pass the network together: batch norm, if any, sees both.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the norm loss.
            step: by how much each embedding is to be longer than it is (Delta r of the paper).
            radius: the mean length that is wanted instead (R of the paper: 25): HAFN. None for SAFN.
        """

        weight: float = Field(0.05, ge=0)
        step: float = Field(1.0, gt=0)
        radius: float | None = Field(None, gt=0)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss, and the norm losses of both domains."""
        rows = len(batch.source_x)
        hidden = self.network.hidden(self.features(torch.cat([batch.source_x, batch.target_x])))
        norms: Tensor = torch.linalg.vector_norm(hidden, dim=1)
        gaps = [self._gap(norms[:rows]), self._gap(norms[rows:])]
        return {
            "class": cross_entropy(self.network.output(hidden[:rows]), batch.source_y),
            "norm": self.options.weight * torch.stack(gaps).sum(),
        }

    def _gap(self, norms: Tensor) -> Tensor:
        """Squared distances of lengths (N,) from the wanted ones (eq. 5, or eq. 3 with a radius)."""
        radius: float | None = self.options.radius
        if radius is not None:
            return (norms.mean() - radius).square()
        longer: Tensor = norms.detach() + self.options.step
        return (norms - longer).square().mean()

"""VADA: virtual adversarial domain adaptation (Shu, Bui, Narui & Ermon 2018, arXiv:1802.08735)."""

from __future__ import annotations

import torch
from dabench_plugins.dann import ReverseGradient
from pydantic import Field
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, softmax

from dabench import Averaged, AveragedMethod, Batch, Problem

PROBE = 1.0  # length of the random step that finds the adversarial direction: a smaller one drowns in bfloat16


class Vada(AveragedMethod):
    """DANN, and decision boundaries that avoid the target: sure predictions there, which no small change may flip.

    Source and target pass the network apart. Batch norm predicts with the target's statistics, and an average of the
    weights over time is what predicts.
    """

    class Options(AveragedMethod.Options):
        """Options.

        Attributes:
            weight: of the reversed gradient of the domain loss; the domain classifier always learns at full speed.
            cluster: weight of the target's entropy, and of its virtual adversarial loss.
            source_smooth: weight of the source's virtual adversarial loss.
            radius: Euclidean length of the adversarial change of an input.
            decay: of the average that predicts.
        """

        weight: float = Field(0.01, ge=0)
        cluster: float = Field(0.01, ge=0)
        source_smooth: float = Field(1.0, ge=0)
        radius: float = Field(3.5, gt=0)
        decay: float = Field(0.998, ge=0, lt=1)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the domain classifier, and copy the network that predicts."""
        self.domain = self.network.domain_head()
        self.average = Averaged(self.network, self.options.decay, running_statistics=True)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source, domain loss, entropy of the target, virtual adversarial losses of both."""
        with self.statistics_kept():
            source_features = self.features(batch.source_x)
            source = self.classify(source_features)
        target_features = self.features(batch.target_x)
        target = self.classify(target_features)
        both = torch.cat([source_features, target_features])
        is_target = both.new_zeros(len(both), 1)
        is_target[len(source) :] = 1
        domain = self.domain(ReverseGradient.apply(both, self.options.weight))
        losses = {
            "class": cross_entropy(source, batch.source_y),
            "domain": binary_cross_entropy_with_logits(domain, is_target),
            **self.labelled_losses(batch),
        }
        if self.options.cluster:
            losses["entropy"] = self.options.cluster * cross_entropy(target, softmax(target, 1))
            losses["target_smooth"] = self.options.cluster * self._smoothness(batch.target_x, target)
        if self.options.source_smooth:
            losses["source_smooth"] = self.options.source_smooth * self._smoothness(batch.source_x, source)
        return losses

    def _smoothness(self, x: Tensor, logits: Tensor) -> Tensor:
        """Cross-entropy of predictions with those where a step of length `radius` changes them most (eq. 7)."""
        now = softmax(logits.detach(), 1)
        with self.statistics_kept():
            probe = (PROBE * unit(torch.randn_like(x))).requires_grad_()
            moved = cross_entropy(self.classify(self.features(x + probe)), now)
            (uphill,) = torch.autograd.grad(moved, probe)
            worst = x + self.options.radius * unit(uphill)
            return cross_entropy(self.classify(self.features(worst)), now)


def unit(x: Tensor) -> Tensor:
    """Rows (N, ...) scaled to Euclidean length 1; a row of zeros stays."""
    tiny = torch.finfo(x.dtype).tiny
    flat = x.flatten(1)
    flat = flat / flat.abs().amax(1, keepdim=True).clamp_min(tiny)  # squares of small gradients would vanish
    lengths: Tensor = torch.linalg.vector_norm(flat, dim=1, keepdim=True)
    return (flat / lengths.clamp_min(tiny)).view_as(x)

"""DANN's loss beside another one (Ganin & Lempitsky 2015, arXiv:1409.7495)."""

from __future__ import annotations

import math

from dabench_plugins.dann import ReverseGradient
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits


def domain_loss(head: nn.Module, features: Tensor, sources: int, progress: float) -> Tensor:
    """Mean cross-entropy of a domain classifier behind gradient reversal; a scalar.

    Args:
        head: features (N, F) -> logits (N, 1).
        features: of both domains.
        sources: how many rows, the first, are the source's.
        progress: of the training, in [0, 1); the reversed gradient grows with it.
    """
    is_target = features.new_zeros(len(features), 1)
    is_target[sources:] = 1
    said = head(ReverseGradient.apply(features, 2 / (1 + math.exp(-10 * progress)) - 1))
    return binary_cross_entropy_with_logits(said, is_target)

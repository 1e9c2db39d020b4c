"""The entropy of predictions."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import log_softmax


def entropy(logits: Tensor) -> Tensor:
    """The entropy (N,) of the softmax of each row of logits (N, C), in nats."""
    logs = log_softmax(logits, 1)
    return -(logs.exp() * logs).sum(1)

"""A network that follows another: the exponential moving average of its weights."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from dabench.backbones.base import Backbone


class Averaged(nn.Module):
    """The average of a network over the training's steps: a teacher, or the network that predicts in the end.

    Gradient descent leaves it alone; `update` moves it. It is saved and resumed with the method that it belongs to.

    Attributes:
        network: a copy with the averaged weights.
    """

    network: Backbone

    def __init__(self, network: Backbone, decay: float, *, running_statistics: bool) -> None:
        """Copy a network.

        Args:
            network: to follow.
            decay: by which older weights count less with every step, in [0, 1); with 0 it is the current network.
            running_statistics: average those of batch norm as well. A teacher that is trained on inputs of its own has
                its own, and wants False.
        """
        super().__init__()
        self.network = deepcopy(network)
        self._decay, self._running_statistics = decay, running_statistics

    @torch.no_grad()
    def update(self, network: Backbone, step: int) -> None:
        """Follow the network after a step.

        Args:
            network: as it is now.
            step: steps done before this one. Early on the average is shorter, at most (1 + step) / (10 + step) of the
                old (as `num_updates` does in TensorFlow), or it would remember the random weights of the beginning.
        """
        decay = min(self._decay, (1 + step) / (10 + step))
        follow = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]  # torch does not annotate it
        follow(self._averaged(self.network), self._averaged(network), step)

    def _averaged(self, network: nn.Module) -> list[torch.Tensor]:
        tensors: list[torch.Tensor] = list(network.parameters())
        if self._running_statistics:
            tensors += [buffer for buffer in network.buffers() if buffer.is_floating_point()]
        return tensors

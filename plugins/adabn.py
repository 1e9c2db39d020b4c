"""AdaBN: adaptive batch normalisation (Li, Wang, Shi, Liu & Hou 2016, arXiv:1603.04779)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.modules.batchnorm import _BatchNorm

from dabench import Batch, DeepMethod, Problem

ROWS = 1024  # examples that pass the network at a time


class AdaBn(DeepMethod):
    """Train on the source; predict with the means and variances that batch norm has on target train.

    While training the network sees the source alone. Before the first prediction after a step, one batch norm after
    the other, from the input on, gets its mean and variance over all of target train (algorithm 1 of the paper):
    predictions then use these frozen statistics.
    """

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Remember the target.

        Raises:
            ValueError: the backbone has no batch norm.
        """
        if not any(isinstance(module, _BatchNorm) for module in self.network.modules()):
            raise ValueError(
                "adabn replaces the statistics of batch norm, and this backbone has none: take one that has, "
                "such as digits_bn, or mini_cnn with backbone.options.batch_norm=true"
            )
        self._target = problem
        self._adapted = False

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source."""
        self._adapted = False
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

    def predict(self, x: Tensor) -> Tensor:
        self._adapt()
        return super().predict(x)

    def embed(self, x: Tensor) -> Tensor:
        self._adapt()
        return super().embed(x)

    def _adapt(self) -> None:
        if self._adapted:
            return
        self._adapted = True
        for norm in self._order():  # those before it are adapted already
            mean, variance = self._moments(norm)
            norm.running_mean.copy_(mean)  # type: ignore[union-attr]
            norm.running_var.copy_(variance)  # type: ignore[union-attr]

    def _order(self) -> list[_BatchNorm]:
        """The batch norms in the order in which an example passes them."""
        order: list[_BatchNorm] = []
        norms = [module for module in self.network.modules() if isinstance(module, _BatchNorm)]
        hooks = [norm.register_forward_pre_hook(lambda norm, _: order.append(norm)) for norm in norms]
        self._pass(self._target.target_x[:1])
        for hook in hooks:
            hook.remove()
        return order

    def _moments(self, norm: _BatchNorm) -> tuple[Tensor, Tensor]:
        """Mean and variance of every channel of what enters a batch norm, over target train."""
        count, sums = 0, []
        for rows in torch.split(self._target.target_x, ROWS):
            channels = self._entering(norm, rows).transpose(0, 1).flatten(1).double()  # for sums of squares
            count += channels.shape[1]
            sums.append(torch.stack([channels.sum(1), channels.square_().sum(1)]))
        mean, square = torch.stack(sums).sum(0) / count
        return mean, (square - mean.square()).clamp(min=0)

    def _entering(self, norm: _BatchNorm, rows: Tensor) -> Tensor:
        """The input of a batch norm when examples pass the network up to it."""

        def stop(_: nn.Module, entering: tuple[Tensor]) -> None:
            raise _ReachedError(entering[0])

        with norm.register_forward_pre_hook(stop):
            try:
                self._pass(rows)
            except _ReachedError as reached:
                return reached.x
        raise AssertionError("an example passed this norm before")

    def _pass(self, rows: Tensor) -> None:
        with torch.no_grad():
            super().predict(self._target.prepare(rows))


class _ReachedError(Exception):
    """The examples have come to the batch norm in question."""

    def __init__(self, x: Tensor) -> None:
        super().__init__()
        self.x = x

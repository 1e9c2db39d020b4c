"""WDGRL: Wasserstein distance guided representation learning (Shen, Qu, Zhang & Yu 2018, arXiv:1707.01217)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from dabench_plugins.critic import critic, hidden_width
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod, Problem

WIDTH = 100  # of the critic's hidden layer


class Wdgrl(DeepMethod):
    """Bring the last hidden layers of source and target together in Wasserstein distance, which a critic estimates.

    In a step the critic learns some times; then the network learns the source's labels and to make what the critic says
    smaller. Source and target pass the network together: batch norm, if any, sees both.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the distance (lambda of the paper).
            penalty: weight of the gradient penalty, which keeps the critic's slope at 1 (gamma of the paper).
            critic_steps: how often the critic learns in a step (n of the paper).
            critic_rate: by which the suite's learning rate is multiplied for the critic. Steps of plain gradient
                descent have to be small where the penalty is strong.
        """

        weight: float = Field(1.0, ge=0)
        penalty: float = Field(10.0, ge=0)
        critic_steps: int = Field(5, ge=1)
        critic_rate: float = Field(0.1, gt=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the critic."""
        self.critic = critic(hidden_width(self.network), (WIDTH,))

    def parameter_groups(self) -> Mapping[str, Iterable[nn.Parameter]]:
        """The network and the critic."""
        return {"main": self.network.parameters(), "critic": self.critic.parameters()}

    def rates(self) -> Mapping[str, float]:
        return {"critic": self.options.critic_rate}

    def step(self, batch: Batch) -> dict[str, Tensor]:
        """The critic's steps, then one of the network (algorithm 1 of the paper)."""
        rows = len(batch.source_x)
        hidden = self.network.hidden(self.features(torch.cat([batch.source_x, batch.target_x])))
        source, target = hidden.detach().split([rows, len(hidden) - rows])
        for _ in range(self.options.critic_steps):
            self.update(self.options.penalty * self._slope(source, target) - self._distance(source, target), "critic")
        losses = {
            "class": cross_entropy(self.network.output(hidden[:rows]), batch.source_y),
            "wasserstein": self.options.weight * self._distance(hidden[:rows], hidden[rows:]),
        }
        self.update(losses["class"] + losses["wasserstein"])
        return losses

    def _distance(self, source: Tensor, target: Tensor) -> Tensor:
        """Mean of the critic's values on the source, minus that on the target (eq. 2)."""
        difference: Tensor = self.critic(source).mean() - self.critic(target).mean()
        return difference

    def _slope(self, source: Tensor, target: Tensor) -> Tensor:
        """Squared distance of the critic's slope from 1, at both samples and at points between their rows (eq. 3)."""
        between = source + torch.rand_like(source[:, :1]) * (target - source)
        at = torch.cat([source, target, between]).requires_grad_()
        (slope,) = torch.autograd.grad(self.critic(at).sum(), at, create_graph=True)
        steepness: Tensor = torch.linalg.vector_norm(slope, dim=1)
        return (steepness - 1).square().mean()

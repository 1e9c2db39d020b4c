"""ADDA: adversarial discriminative domain adaptation (Tzeng, Hoffman, Saenko & Darrell 2017, arXiv:1702.05464)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from dabench_plugins.critic import critic, hidden_width
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from dabench import Batch, DeepMethod, Problem, Stage

from .feature_matching import TwoPipelines

WIDTH = 500  # of both hidden layers of the domain classifier


class Adda(TwoPipelines):
    """A network for the target that a domain classifier takes for the source's, beside which it begins as a copy.

    First the source's network learns, and is frozen then. The target's learns to fool a domain classifier on the last
    hidden layer, and predicts by the source's classifier. No label tells it which class belongs where: two classes may
    change places.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            pretraining: the share of the budget in which the source's network learns alone.
            rate: by which the suite's learning rate is multiplied afterwards.
        """

        pretraining: float = Field(0.5, gt=0, lt=1)
        rate: float = Field(1.0, gt=0)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the target's network and the domain classifier.

        Raises:
            ValueError: there is nothing below the classifier that could learn.
        """
        super().setup(problem)
        self.domain = critic(hidden_width(self.network), (WIDTH, WIDTH))
        if not any(True for _ in self._adapted()):
            raise ValueError(
                "adda trains what is below the classifier anew for the target, and this backbone trains nothing there: "
                "take one that does, such as a frozen network with backbone.options.bottleneck above 0"
            )

    def stages(self) -> Sequence[Stage]:
        first, second = super().stages()
        modules = [self.target.trunk, self.target.hidden, self.domain]
        return [first, Stage(second.name, second.share, modules=modules)]

    def parameter_groups(self) -> Mapping[str, Iterable[nn.Parameter]]:
        """The source's network; afterwards the target's and the domain classifier."""
        if self._pretraining:
            return {"main": self.network.parameters()}
        return {"main": self._adapted(), "domain": self.domain.parameters()}

    def rates(self) -> Mapping[str, float]:
        return {} if self._pretraining else dict.fromkeys(("main", "domain"), self.options.rate)

    def step(self, batch: Batch) -> dict[str, Tensor]:
        """A step of the source's network; afterwards one of the domain classifier and one of the target's network."""
        if self._pretraining:
            return super().step(batch)
        if batch.step == 0:
            self._initialise_target()
        with torch.no_grad():
            source = self.network.eval().embed(batch.source_x)
        target = self.target.embed(batch.target_x)
        told = (self._told(source, is_target=0) + self._told(target.detach(), is_target=1)) / 2
        self.update(told, "domain")
        fooled = self._told(target, is_target=0)
        self.update(fooled)
        return {"domain": told, "fooled": fooled}

    def _told(self, hidden: Tensor, is_target: float) -> Tensor:
        """Cross-entropy of what the domain classifier says of embeddings (N, H) with a domain."""
        said = self.domain(hidden)
        return binary_cross_entropy_with_logits(said, torch.full_like(said, is_target))

    def _adapted(self) -> Iterable[nn.Parameter]:
        return [*self.target.trunk.parameters(), *self.target.hidden.parameters()]

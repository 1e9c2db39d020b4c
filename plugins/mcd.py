"""MCD: maximum classifier discrepancy (Saito, Watanabe, Ushiku & Harada 2018, arXiv:1712.02560)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, softmax

from dabench import Batch, DeepMethod, Problem


class Mcd(DeepMethod):
    """Two classifiers that disagree about the target wherever the source lets them, and features that leave no room.

    A step has three parts. Everything learns the source's labels; then the classifiers alone learn them, and to differ
    on the target; then, some times, the features learn to make them agree there. The classifiers predict together.
    Source and target pass the network apart, and batch norm predicts with statistics of both.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            weight: of the discrepancy. It is a mean over classes: with many of them a larger weight is the paper's sum.
            repeats: how often the features learn in a step (n of the paper).
        """

        weight: float = Field(1.0, ge=0)
        repeats: int = Field(4, ge=1)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the second classifier.

        Raises:
            ValueError: there are no features that could learn.
        """
        if not any(True for _ in self.network.trunk.parameters()):
            raise ValueError(
                "mcd trains features against two classifiers, and this backbone's features are fixed: take one that "
                "trains them, such as a frozen network with backbone.options.bottleneck above 0"
            )
        self.second = self.network.clone_for_shape(tuple(problem.target_x.shape[1:]))
        self.second.trunk = nn.Identity()

    def parameter_groups(self) -> Mapping[str, Iterable[nn.Parameter]]:
        """The features, and both classifiers."""
        first = [*self.network.hidden.parameters(), *self.network.output.parameters()]
        return {"features": self.network.trunk.parameters(), "classifiers": [*first, *self.second.parameters()]}

    def step(self, batch: Batch) -> dict[str, Tensor]:
        """Steps A, B and C of the paper."""
        learned = self._class_loss(self.features(batch.source_x), batch.source_y)
        self.update(learned, "features", "classifiers")
        with torch.no_grad():
            source, target = self.features(batch.source_x), self.features(batch.target_x)
        differ = self.options.weight * self._discrepancy(target)
        self.update(self._class_loss(source, batch.source_y) - differ, "classifiers")
        for _ in range(self.options.repeats):
            differ = self.options.weight * self._discrepancy(self.features(batch.target_x))
            self.update(differ, "features")
        return {"class": learned, "discrepancy": differ}

    def predict(self, x: Tensor) -> Tensor:
        features = self.features(x)
        return self.classify(features) + self.second.classify(features)

    def _class_loss(self, features: Tensor, y: Tensor) -> Tensor:
        """The sum of the cross-entropies of both classifiers."""
        return cross_entropy(self.classify(features), y) + cross_entropy(self.second.classify(features), y)

    def _discrepancy(self, features: Tensor) -> Tensor:
        return discrepancy(self.classify(features), self.second.classify(features))


def discrepancy(first: Tensor, second: Tensor) -> Tensor:
    """Mean distance of probabilities, over rows and classes, from logits (N, C) of two classifiers (eq. 9)."""
    return (softmax(first, 1) - softmax(second, 1)).abs().mean()

"""Feature matching (Heremans et al. 2022, arXiv:2201.00644).

The authors' code is https://github.com/elisabethRMH/featurematching.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy, mse_loss

from dabench import Backbone, Batch, DeepMethod, Problem, Stage


class TwoPipelines(DeepMethod):
    """First the source's network learns from labelled source examples; then the target's begins as its copy.

    Where the two examples differ in shape, so do the first layers: those that do not fit keep their random weights.
    The target's network predicts; while the source's is still learning that one does, where it takes the examples.
    """

    takes = "source"

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            pretraining: the share of the budget in which the source's network learns alone.
        """

        pretraining: float = Field(0.5, gt=0, lt=1)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add the target's network."""
        self.target = self.network.again(tuple(problem.target_x.shape[1:]))
        self._pretraining = False
        self._one_shape = problem.source_x.shape[1:] == problem.target_x.shape[1:]

    def stages(self) -> Sequence[Stage]:
        share = self.options.pretraining
        return [
            Stage("pretraining", share, self.pretraining_losses, [self.network]),
            Stage("transfer", 1 - share, self.transfer_losses),
        ]

    def enter(self, stage: Stage) -> None:
        super().enter(stage)
        self._pretraining = stage.name == "pretraining"

    def pretraining_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source."""
        return {"source": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

    def transfer_losses(self, batch: Batch) -> dict[str, Tensor]:
        """The losses of the second stage, after the target's network has been initialised in its first step."""
        if batch.step == 0:
            self._initialise_target()
        return self.losses(batch)

    def predict(self, x: Tensor) -> Tensor:
        network = self._predicting()
        return network.classify(network.features(x))

    def embed(self, x: Tensor) -> Tensor:
        return self._predicting().embed(x)

    def predict_source(self, x: Tensor) -> Tensor:
        return self.classify(self.features(x))

    def embed_source(self, x: Tensor) -> Tensor:
        return self.network.embed(x)

    def _predicting(self) -> Backbone:
        return self.network if self._pretraining and self._one_shape else self.target

    def _initialise_target(self) -> None:
        own = self.target.state_dict()
        learned = self.network.state_dict()
        fitting = {name: value for name, value in learned.items() if value.shape == own[name].shape}
        self.target.load_state_dict({**own, **fitting})


class FeatureMatching(TwoPipelines):
    """A network for each domain; on simultaneous samples what they make of one instant is drawn together.

    Both start from the network that was trained on the source. The source's goes on learning from source examples that
    have no partner, the target's learns the labels of the simultaneous samples, and the squared distance of their last
    hidden layers, on which either network's classifier works, pulls at both. The loss is that of the authors' code,
    which sums over the samples, divided by the number of simultaneous ones.
    """

    class Options(TwoPipelines.Options):
        """Options.

        Attributes:
            weight: w of the matching. In the code it is (B_s + B_p) / B_p for B_s source examples without a partner and
                B_p simultaneous samples in a step: here they are as many.
        """

        weight: float = Field(2.0, ge=0)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss of either domain, and the mean squared distance of simultaneous embeddings."""
        source_x, target_x, y = batch.paired
        target = self.target.embed(target_x)
        # Source examples pass together: batch norm, if any, sees those with a partner and those without.
        source = self.network.embed(torch.cat([batch.source_x, source_x]))
        alone, partner = source[: len(batch.source_x)], source[len(batch.source_x) :]
        return {
            "source": cross_entropy(self.network.output(alone), batch.source_y),
            "target": cross_entropy(self.target.output(target), y),
            "matching": self.options.weight * mse_loss(target, partner),
        }

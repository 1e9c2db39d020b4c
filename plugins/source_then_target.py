"""Learn the source, then the labelled target examples: the frame of fine-tuning in all its forms."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dabench import Backbone, Batch, DeepMethod, Problem, Stage

from .labelled import labelled_target
from .layers import statistics


class SourceThenTarget(DeepMethod):
    """Two stages that share the budget: the source, then the labelled target examples, without the source.

    A subclass says which modules the second stage trains (`trained`), and what happens to the network before its first
    step (`begin`). In the track paired, where examples of the target may have another shape, the target has then a
    network of its own. It begins as a copy of the source's, but for layers that do not fit.
    """

    trains_on = "source"

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            share: of the steps that learn the target.
            rate: by which the suite's learning rate is multiplied in them.
        """

        share: float = Field(0.5, gt=0, lt=1)
        rate: float = Field(0.1, gt=0)

    begun: Tensor

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Add a network for the target where its examples have another shape."""
        shape = tuple(problem.target_x.shape[1:])
        self.target = None if shape == tuple(problem.source_x.shape[1:]) else self.network.clone_for_shape(shape)
        self._problem = problem
        self._tuning = self._begins = False
        self.register_buffer("begun", torch.zeros((), dtype=torch.bool))

    @property
    def tuned(self) -> Backbone:
        """The network of the target."""
        return self.network if self.target is None else self.target

    def stages(self) -> Sequence[Stage]:
        """Source, then target."""
        return [Stage("source", 1 - self.options.share, modules=[self.network]), *self.tuning_stages()]

    def tuning_stages(self) -> Sequence[Stage]:
        """The stages that learn the target."""
        return [Stage("target", self.options.share, self.tuning_losses, self.trained(), uses_source=False)]

    def trained(self) -> Sequence[nn.Module]:
        """The modules that learn the target."""
        return [self.tuned]

    def held(self) -> Sequence[nn.Module]:
        """Modules that stay in evaluation mode meanwhile: batch norm keeps its statistics there."""
        return []

    def begin(self) -> None:
        """Called when the source has been learned, before the first step that learns the target."""
        if self.target is not None:
            own, learned = self.target.state_dict(), self.network.state_dict()
            self.target.load_state_dict(
                own | {name: value for name, value in learned.items() if value.shape == own[name].shape}
            )

    def enter(self, stage: Stage) -> None:
        super().enter(stage)
        self._tuning = stage.name != "source"
        self._begins = self._tuning and not bool(self.begun)

    def rates(self) -> dict[str, float]:
        return {"main": self.options.rate} if self._tuning else {}

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source."""
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

    def tuning_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the labelled target examples."""
        x, y = labelled_target(batch)
        return {"tuning": cross_entropy(self.of_target(x), y)}

    def step(self, batch: Batch) -> dict[str, Tensor]:
        """Make one step on the sum of the losses, at the rate of each group of parameters."""
        if not self._tuning:
            return super().step(batch)
        if self._begins:
            self.begin()
            self.begun.fill_(True)
            self._begins = False
        for module in self.held():
            module.eval()
        losses = self._losses(batch)
        self.update(torch.stack(list(losses.values())).sum(), *self.optimisers)
        return losses

    def stored_parameters(self) -> int:
        """The trained weights, and the statistics of batch norm that follow the target."""
        held = {id(module) for module in self.held()}
        moving = [module for module in self.tuned.modules() if id(module) not in held]
        return self.trained_parameters() + statistics(moving)

    def of_target(self, x: Tensor) -> Tensor:
        """Examples of the target (N, ...) -> logits (N, C), also while it is learned."""
        return self.tuned.classify(self.tuned.features(x))

    def predict(self, x: Tensor) -> Tensor:
        return self.of_target(x)

    def embed(self, x: Tensor) -> Tensor:
        return self.tuned.embed(x)

    def predict_source(self, x: Tensor) -> Tensor:
        return self.classify(self.features(x))

    def embed_source(self, x: Tensor) -> Tensor:
        return self.network.embed(x)

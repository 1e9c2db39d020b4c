"""Fine-tuning: train on the source, then go on with the labelled target examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dabench import Batch, DeepMethod, Problem, Stage

ROWS = 1024  # examples that pass the network at a time


class FineTune(DeepMethod):
    """Two stages that share the budget: the source, then the labelled target examples at a lower rate.

    Where the last layer alone is tuned, what enters it is computed once for every labelled example (a "bottleneck"
    cache), with the statistics of batch norm as they are and without dropout.
    """

    class Options(DeepMethod.Options):
        """Options.

        Attributes:
            layers: which are tuned.
            share: of the steps that tune.
            rate: by which the suite's learning rate is multiplied while tuning.
            decay: every layer learns so many times slower than the one above it; 2.6 are the discriminative rates of
                Howard & Ruder (2018).
        """

        layers: Literal["all", "last"] = "all"
        share: float = Field(0.5, gt=0, lt=1)
        rate: float = Field(0.1, gt=0)
        decay: float = Field(1.0, ge=1)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Remember where the labelled examples are."""
        self._problem = problem
        self._inputs: Tensor | None = None
        self._tuning = False

    def stages(self) -> Sequence[Stage]:
        """Source, then target."""
        tuned = self.network.output if self.options.layers == "last" else self.network
        return [
            Stage("source", 1 - self.options.share, modules=[self.network]),
            Stage("target", self.options.share, losses=self.tuning_losses, modules=[tuned]),
        ]

    def enter(self, stage: Stage) -> None:
        super().enter(stage)
        self._tuning = stage.name == "target"

    def parameter_groups(self) -> Mapping[str, Iterable[nn.Parameter]]:
        """One group while the source is learned; then one for each layer that is tuned, the last one first."""
        if not self._tuning:
            return super().parameter_groups()
        groups = ([p for p in group if p.requires_grad] for group in reversed(layers(self.network)))
        return {f"layer {depth}": group for depth, group in enumerate(group for group in groups if group)}

    def rates(self) -> Mapping[str, float]:
        if not self._tuning:
            return {}
        return {f"layer {d}": self.options.rate / self.options.decay**d for d in range(len(self.parameter_groups()))}

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the source."""
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

    def tuning_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the labelled target examples."""
        return {"tuning": cross_entropy(self.logits(self.network, batch), batch.labelled[1])}

    def step(self, batch: Batch) -> dict[str, Tensor]:
        """One loss for all layers, each of which has an optimiser and so a rate of its own."""
        losses = self.tuning_losses(batch) if self._tuning else self.losses(batch)
        for optimiser in self.optimisers.values():
            optimiser.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
        for optimiser in self.optimisers.values():
            optimiser.step()
        return losses

    def logits(self, network: nn.Module, batch: Batch) -> Tensor:
        """The logits of the labelled examples (B, C) from a network with these frozen layers."""
        if self.options.layers == "all":
            logits: Tensor = network.classify(network.features(batch.labelled[0]))  # type: ignore[operator]
        else:
            logits = network.output(self._last_inputs()[batch.labelled_index])  # type: ignore[operator]
        return logits

    @torch.no_grad()
    def _last_inputs(self) -> Tensor:
        """The inputs of the last layer, for all labelled examples (L, H): nothing below it changes any more."""
        if self._inputs is None:
            problem = self._problem
            assert problem.labelled_rows is not None, "the plan gives this method none but few_shot suites"
            self.eval()
            parts = [
                self.embed(problem.prepare(problem.target_x[at])) for at in torch.split(problem.labelled_rows, ROWS)
            ]
            self._inputs = torch.cat(parts)
            self.train()
        return self._inputs


def layers(network: nn.Module) -> list[list[nn.Parameter]]:
    """The parameters of each layer, from the input on; batch norm belongs to the layer before it."""
    found: list[list[nn.Parameter]] = []
    for module in network.modules():
        own = list(module.parameters(recurse=False))
        if any(parameter.ndim > 1 for parameter in own) or (own and not found):
            found.append([])
        if own:
            found[-1] += own
    return found

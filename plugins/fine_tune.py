"""Fine-tuning: train on the source, then go on with the labelled target examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from dabench import Backbone, Batch, Problem, Stage

from .labelled import labelled_target
from .layers import NAMED, layers, named_layers
from .source_then_target import SourceThenTarget


class FineTune(SourceThenTarget):
    """The network that has learned the source goes on with the labelled target examples at a lower rate.

    Where the last layer alone is tuned, or with `bottleneck` what lies above the trunk, what enters it is computed once
    for every labelled example of the track few_shot (a "bottleneck" cache). What lies below keeps the statistics of
    batch norm, and has no dropout.
    """

    class Options(SourceThenTarget.Options):
        """Options.

        Attributes:
            layers: which are tuned: `all`, `last`, `first:2`, `last:2`, or `bottleneck`, which is all above the trunk.
            copied: which are copied from the source, named likewise; the others begin with random weights. Speech
                copies the last ones, images the first. With `layers` this is copy and freeze, or copy and tune.
            unfreeze: as many stages as layers are tuned, in each of which one more is, the last one first (Howard &
                Ruder 2018).
            decay: every layer learns so many times slower than the one above it; 2.6 are the discriminative rates of
                Howard & Ruder (2018).
        """

        layers: str = Field("all", pattern=NAMED.replace("(all", "(all|bottleneck"))
        copied: str = Field("all", pattern=NAMED)
        unfreeze: bool = False
        decay: float = Field(1.0, ge=1)

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Find the layers; draw random weights for those that are not copied.

        Raises:
            ValueError: an option names more layers than there are.
        """
        super().setup(problem)
        self._inputs: Tensor | None = None
        self._above = {"last": [self.tuned.output], "bottleneck": [self.tuned.hidden, self.tuned.output]}.get(
            self.options.layers
        )
        named_layers(self.tuned, self.options.copied)
        self.fresh = None
        if self.options.copied != "all":
            self.fresh = self.tuned.clone_for_shape(tuple(problem.target_x.shape[1:]))

    def tuning_stages(self) -> Sequence[Stage]:
        """One stage; with `unfreeze` as many as layers."""
        if not self.options.unfreeze:
            return super().tuning_stages()
        tuned = {id(module) for whole in self.trained() for module in whole.modules()}
        groups = [group for layer in layers(self.tuned) if (group := [m for m in layer if id(m) in tuned])]
        steps = [[module for group in groups[-count:] for module in group] for count in range(1, len(groups) + 1)]
        names = ["target", *(f"target {number}" for number in range(2, len(steps) + 1))]
        share = self.options.share / len(steps)
        return [
            Stage(name, share, self.tuning_losses, modules, uses_source=False)
            for name, modules in zip(names, steps, strict=True)
        ]

    def trained(self) -> Sequence[nn.Module]:
        """The layers that `layers` names."""
        if self.options.layers == "all":
            return [self.tuned]
        return self._above or named_layers(self.tuned, self.options.layers)

    def begin(self) -> None:
        super().begin()
        if self.fresh is not None:
            kept = {id(module) for module in named_layers(self.tuned, self.options.copied)}
            for ours, theirs in zip(self.tuned.modules(), self.fresh.modules(), strict=True):
                if id(ours) not in kept and list(ours.parameters(recurse=False)):
                    ours.load_state_dict(theirs.state_dict(), strict=False)

    def held(self) -> Sequence[nn.Module]:
        """Modules that are not tuned, where only a part is."""
        if self.options.layers == "all" and not self.options.unfreeze:
            return []
        return [
            module
            for module in self.tuned.modules()
            if (own := list(module.parameters(recurse=False))) and not any(p.requires_grad for p in own)
        ]

    def parameter_groups(self) -> Mapping[str, Iterable[nn.Parameter]]:
        """One group while the source is learned; then one for each layer that is tuned, the last one first."""
        if not self._tuning:
            return super().parameter_groups()
        of_layers = ([p for module in layer for p in module.parameters(recurse=False)] for layer in layers(self.tuned))
        trained = [group for layer in of_layers if (group := [p for p in layer if p.requires_grad])]
        return {f"layer {depth}": group for depth, group in enumerate(reversed(trained))}

    def rates(self) -> dict[str, float]:
        if not self._tuning:
            return {}
        return {f"layer {d}": self.options.rate / self.options.decay**d for d in range(len(self.parameter_groups()))}

    def tuning_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the labelled target examples."""
        return {"tuning": cross_entropy(self.logits(self.tuned, batch), labelled_target(batch)[1])}

    def logits(self, network: Backbone, batch: Batch) -> Tensor:
        """The logits of the labelled examples (B, C) from a network with these frozen layers."""
        if self._above is None:
            return network.classify(network.features(labelled_target(batch)[0]))
        inputs = self._frozen(batch)
        return network.output(inputs) if self.options.layers == "last" else network.classify(inputs)

    @torch.no_grad()
    def _frozen(self, batch: Batch) -> Tensor:
        """The inputs of the tuned layers (B, ...), which nothing below them changes any more."""
        below = self.tuned.embed if self.options.layers == "last" else self.tuned.features
        if batch.few_shot is not None and self._inputs is not None:
            return self._inputs[batch.few_shot.index]
        self.eval()
        if batch.few_shot is None:
            inputs = below(labelled_target(batch)[0])
        else:
            self._inputs = torch.cat([below(x) for x in self._problem.batches(self._problem.labelled_rows)])
            inputs = self._inputs[batch.few_shot.index]
        self.train()
        return inputs

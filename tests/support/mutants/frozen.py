"""Methods that train something else than they say, or learn nothing from the labels that they are given."""

from __future__ import annotations

import torch
from dabench_plugins.fish_mask import FishMask
from dabench_plugins.lora import Lora
from torch.nn.functional import cross_entropy

from dabench import DeepMethod
from tests.support.mutants.mutant import Mutants

MUTANTS = Mutants()
TRACKS = ("few_shot",)


@MUTANTS.caught_by("labels", "the same bits", tracks=TRACKS)
class IgnoresTheLabels(DeepMethod):
    """Looks at the labelled examples, and not at their labels."""

    def losses(self, batch):
        own = self.classify(self.features(batch.labelled[0]))
        return {
            "class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y),
            "labelled": cross_entropy(own, own.argmax(1)),
        }


@MUTANTS.caught_by("frozen", "other values in network", tracks=TRACKS)
class MovesFrozenWeights(Lora):
    """Lets the source's weights decay."""

    def step(self, batch):
        losses = super().step(batch)
        if self._tuning:
            with torch.no_grad():
                self.network.trunk[0].parametrizations.weight.original.mul_(0.99)
        return losses


@MUTANTS.caught_by("frozen", "trained_parameters", tracks=TRACKS)
class LetsMomentumPassTheMask(FishMask):
    """Masks at the beginning alone: afterwards all weights learn."""

    class Options(FishMask.Options):
        ratio: float = 0.4

    def step(self, batch):
        return super(FishMask, self).step(batch)


@MUTANTS.caught_by("frozen", "trained_parameters", tracks=TRACKS)
class CountsEverything(FishMask):
    """Says that the whole network is trained."""

    class Options(FishMask.Options):
        ratio: float = 0.4

    def trained_parameters(self):
        return DeepMethod.trained_parameters(self)

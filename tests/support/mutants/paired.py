"""Mistakes of methods of the track paired."""

from __future__ import annotations

import sys

import torch
from dabench_plugins.feature_matching import FeatureMatching
from dabench_plugins.fine_tune import FineTune
from torch.nn.functional import cross_entropy

from dabench.data.splits.paired_splits import PairedSplits
from tests.support.mutants.mutant import Mutants

MUTANTS = Mutants()
PAIRED = ("paired",)


@MUTANTS.caught_by("adapts", "on the target of the toy paired", tracks=PAIRED)
class PushesApart(FeatureMatching):
    def losses(self, batch):
        losses = super().losses(batch)
        return losses | {"matching": -losses["matching"]}


@MUTANTS.caught_by("simultaneous", "got       the same bits", tracks=PAIRED)
class MatchesMeans(FeatureMatching):
    """Matches with the source examples that have no partner."""

    def losses(self, batch):
        _, target_x, y = batch.paired
        target = self.target.embed(target_x)
        alone = self.network.embed(batch.source_x)
        return {
            "target": cross_entropy(self.target.output(target), y),
            "matching": (target.mean(0) - alone.mean(0)).square().mean(),
        }


@MUTANTS.caught_by("two_shapes", "got       RuntimeError", tracks=PAIRED)
class OneNetworkForBoth(FineTune):
    """Says that the target has a network of its own, and has none."""

    def setup(self, problem):
        super().setup(problem)
        self.target = self.network


@MUTANTS.caught_by("resume", "interrupted after the steps", tracks=PAIRED)
class CopiesAgainAfterAnInterrupt(FeatureMatching):
    """The target's network is initialised whenever the stage is entered."""

    def enter(self, stage):
        super().enter(stage)
        if stage.name == "transfer":
            self._initialise_target()


@MUTANTS.caught_by("wall", "when all target labels were made wrong", tracks=PAIRED)
class LooksAtOtherLabels(FeatureMatching):
    """Trains on the labels of target train that no simultaneous sample has."""

    def losses(self, batch):
        frame = sys._getframe()
        while "drawn" not in frame.f_locals or not isinstance(frame.f_locals["drawn"], PairedSplits):
            frame = frame.f_back
        y = torch.as_tensor(frame.f_locals["drawn"].target.y)[batch.target_index]
        logits = self.target.classify(self.target.features(batch.target_x))
        return super().losses(batch) | {"peeked": cross_entropy(logits, y)}


@MUTANTS.caught_by("inputs", "problem.paired.y", tracks=PAIRED)
class ChangesTheLabelsOfSamples(FineTune):
    def setup(self, problem):
        super().setup(problem)
        problem.paired.y.add_(1).remainder_(problem.classes)

"""Methods of the track few_shot that see more than the labelled examples, or make nothing of them."""

from __future__ import annotations

import sys

import numpy as np
import torch
from dabench_plugins.feda import Feda
from torch.nn.functional import cross_entropy

from dabench import DeepMethod, FeatureMethod
from tests.support.mutants.mutant import Mutants

MUTANTS = Mutants()
TRACKS = ("few_shot",)


def all_labels():
    """Those of target train, out of the caller's caller."""
    frame = sys._getframe(2)
    while "drawn" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["drawn"].target.y


@MUTANTS.caught_by("wall", "when all target labels were made wrong", tracks=TRACKS)
class TakesMoreShots(Feda):
    """Trains on more labelled examples than it is given."""

    def fit(self, problem):
        y = all_labels()
        self._classifier = self.classifier()
        self._classifier.fit(
            np.concatenate([problem.source_x, problem.target_x]), np.concatenate([problem.source_y, y])
        )

    def predict(self, x):
        return self._classifier.decision_function(x)


@MUTANTS.caught_by("wall", "when all target labels were made wrong", tracks=TRACKS)
class ChoosesByOtherLabels(DeepMethod):
    """Trains on the labelled examples, with a weight that the other labels decide on."""

    def setup(self, problem):
        y = all_labels()
        self.share = float(np.mean(y * np.arange(len(y)))) / len(y)

    def losses(self, batch):
        x, y = batch.labelled
        return {"class": (1 + self.share) * cross_entropy(self.classify(self.features(x)), y)}


@MUTANTS.caught_by("adapts", "source_only", tracks=TRACKS)
class MakesNothingOfThem(FeatureMethod):
    """Trains on the source alone."""

    def fit(self, problem):
        self._classifier = self.classifier()
        self._classifier.fit(problem.source_x, problem.source_y)

    def predict(self, x):
        return self._classifier.decision_function(x)


@MUTANTS.caught_by("adapts", "source_only", tracks=TRACKS)
class DrownsThem(DeepMethod):
    """Forgets that there are two domains: a labelled example weighs like one of a million."""

    def losses(self, batch):
        x, y = batch.labelled
        logits = self.classify(self.features(torch.cat([batch.source_x, x])))
        source, target = logits[: len(batch.source_x)], logits[len(batch.source_x) :]
        return {"class": cross_entropy(source, batch.source_y), "labelled": 1e-6 * cross_entropy(target, y)}


@MUTANTS.caught_by("inputs", "problem.few_shot.y", tracks=TRACKS)
class SpoilsThem(Feda):
    """Numbers the classes anew, in place."""

    def fit(self, problem):
        _, y = problem.labelled
        super().fit(problem)
        y += 1

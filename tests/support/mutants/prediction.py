"""Mistakes in prediction."""

from __future__ import annotations

import numpy as np
import torch

from tests.support.mutants.mutant import Mutants
from tests.support.sound_methods import Coral, MatchMeans

MUTANTS = Mutants()


@MUTANTS.caught_by("batch_mates", "when examples are predicted alone")
class BatchStatistics(MatchMeans):
    def predict(self, x):
        features = self.features(x)
        return self.classify(features - features.mean(0))


@MUTANTS.caught_by("batch_mates", "when examples are predicted")
class CentresTheTest(Coral):
    def predict(self, x):
        return super().predict(x - x.mean(axis=0))


@MUTANTS.caught_by("predict_twice", "other scores")
class TrainsAtPrediction(MatchMeans):
    """Leaves dropout and batch norm on."""

    def predict(self, x):
        self.train()
        return super().predict(x)


@MUTANTS.caught_by("predict_twice", "other scores than in the first prediction")
class AdaptsWhilePredicting(MatchMeans):
    def setup(self, problem):
        self.register_buffer("offset", torch.zeros(problem.classes))

    def predict(self, x):
        logits = super().predict(x)
        self.offset += logits.mean(0)
        return logits + self.offset


@MUTANTS.caught_by("random_state", r"predict\(\) changed")
class NoiseAtPrediction(MatchMeans):
    def predict(self, x):
        return super().predict(x + 0.01 * torch.randn_like(x))


@MUTANTS.caught_by("contract", r"int64 of shape \(30,\)")
class PredictsClasses(Coral):
    def predict(self, x):
        return super().predict(x).argmax(axis=1)


@MUTANTS.caught_by("contract", r"of shape \(\d+, 1\)")
class OneScore(MatchMeans):
    def predict(self, x):
        return super().predict(x).amax(1, keepdim=True)


@MUTANTS.caught_by("contract", r"\d+ of \d+ rows with scores that are no numbers")
class NotANumber(Coral):
    def predict(self, x):
        with np.errstate(all="ignore"):
            return super().predict(x) / np.zeros((1, 1))


@MUTANTS.caught_by("contract", "NotImplementedError: Unwritten must define losses")
class Unwritten(MatchMeans):
    def losses(self, batch):
        raise NotImplementedError("Unwritten must define losses(batch)")


@MUTANTS.caught_by("contract", "the loss log became non-finite by step 6")
class Diverges(MatchMeans):
    def losses(self, batch):
        return super().losses(batch) | {"log": torch.zeros(()).log().detach()}

"""Mistakes with seeds and state."""

from __future__ import annotations

import random
from typing import ClassVar

import numpy as np
import torch

from tests.support.mutants.mutant import Mutants
from tests.support.sound_methods import Coral, MatchMeans

MUTANTS = Mutants()


class Noisy(MatchMeans):
    def noise(self):
        raise NotImplementedError

    def gap(self, source, target):
        return super().gap(source, target) * (1 + self.noise())


@MUTANTS.caught_by("other_seed", "projection.weight starts with the same")
class SeedIgnored(MatchMeans):
    def setup(self, problem):
        self.projection = torch.nn.Linear(self.network.feature_size, 4)
        generator = torch.Generator().manual_seed(0)
        torch.nn.init.normal_(self.projection.weight, generator=generator)

    def gap(self, source, target):
        return super().gap(self.projection(source), self.projection(target))


@MUTANTS.caught_by("random_state", "step 1 changed the state of a global random generator")
class SeedsTorch(Noisy):
    def noise(self):
        torch.manual_seed(0)
        return torch.rand(())


@MUTANTS.caught_by("random_state", r"setup\(\) changed")
class SeedsTorchInSetup(MatchMeans):
    def setup(self, problem):
        torch.manual_seed(0)


@MUTANTS.caught_by("random_state", "step 1 changed")
class DrawsFromNumpy(Noisy):
    def noise(self):
        return float(np.random.rand())  # noqa: NPY002


@MUTANTS.caught_by("same_seed", "other scores")
class DrawsFromGlobals(Noisy):
    def noise(self):
        return random.random()


@MUTANTS.caught_by("same_seed", "other scores")
class FreshEntropy(Noisy):
    def noise(self):
        return float(np.random.default_rng().random())


@MUTANTS.caught_by("random_state", r"fit\(\) changed")
class DrawsInFit(Coral):
    def fit(self, problem):
        torch.rand(3)
        super().fit(problem)


@MUTANTS.caught_by("other_seed", "the same bits")
class Constant(MatchMeans):
    def predict(self, x):
        return torch.eye(3, device=x.device)[torch.zeros(len(x), dtype=torch.long)]

    def step(self, batch):
        return {"class": torch.ones(())}

    def setup(self, problem):
        for parameter in self.parameters():
            torch.nn.init.ones_(parameter)


@MUTANTS.caught_by("resume", "other scores|other losses")
class StateInTheClass(Noisy):
    """Counts steps in the class, and starts anew when a run is set up."""

    steps: ClassVar[int] = 0

    def setup(self, problem):
        type(self).steps = 0

    def noise(self):
        type(self).steps += 1
        return type(self).steps


@MUTANTS.caught_by("same_seed", "other scores")
class StateThatStays(Noisy):
    """Counts steps in the class for ever."""

    seen: ClassVar[list[int]] = []

    def noise(self):
        self.seen.append(1)
        return len(self.seen)


@MUTANTS.caught_by("resume", "other scores|other losses")
class StateInAnAttribute(MatchMeans):
    """Keeps a running average that is no buffer."""

    average = 0.0

    def gap(self, source, target):
        self.average = 0.9 * self.average + 0.1 * float(target.detach().mean() + 1)
        return super().gap(source, target) * self.average


@MUTANTS.caught_by("resume", "weights_only=True")
class StateThatCannotBeSaved(MatchMeans):
    """Saves an object that a state file cannot hold."""

    def get_extra_state(self):
        return {"model": np.random.default_rng(0)}

    def set_extra_state(self, state):
        self.model = state["model"]

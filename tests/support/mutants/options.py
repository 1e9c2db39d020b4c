"""Mistakes in options, and sizes that a method does not stand."""

from __future__ import annotations

from typing import Any

import torch
from pydantic import BaseModel, ConfigDict
from torch.nn.functional import one_hot

from dabench import DeepMethod, FeatureMethod
from tests.support.mutants.mutant import Mutants
from tests.support.sound_methods import Coral, Dann, MatchMeans

MUTANTS = Mutants()


@MUTANTS.caught_by("unknown_options", "no_such_option=1 is accepted")
class TakesUnknownOptions(MatchMeans):
    class Options(DeepMethod.Options):
        model_config = ConfigDict(extra="ignore")
        weight: float = 0.1


@MUTANTS.caught_by("unknown_options", "no_such_option=1 is accepted")
class OptionsOfItsOwn(MatchMeans):
    class Options(BaseModel):
        weight: float = 0.1


@MUTANTS.caught_by("wrong_options", "weight=an object is accepted")
class AnyOption(MatchMeans):
    class Options(DeepMethod.Options):
        weight: Any = 0.1


@MUTANTS.caught_by("wrong_options", "weight=nan is accepted")
class NanOption(MatchMeans):
    class Options(DeepMethod.Options):
        model_config = ConfigDict(allow_inf_nan=True)
        weight: float = 0.1


@MUTANTS.caught_by("option_defaults", "weight")
class NoDefault(MatchMeans):
    class Options(DeepMethod.Options):
        weight: float


@MUTANTS.caught_by("option_defaults", r"correct \{'wieght': 0\} in MethodSpec.off", off={"wieght": 0})
class NamesNoOption(MatchMeans):
    pass


@MUTANTS.caught_by("option_defaults", "MethodSpec.toy_options", toy_options={"weight": "much"})
class NamesNoValue(MatchMeans):
    pass


@MUTANTS.caught_by("option_defaults", r"correct \{'rate': 0.1\} in MethodSpec.search", search={"rate": (0.1, 1)})
class SearchesNoOption(MatchMeans):
    pass


@MUTANTS.caught_by("options_used", "the option gamma changes the training")
class GammaIgnored(Dann):
    def losses(self, batch):
        self.options = self.options.model_copy(update={"gamma": 10.0})
        return super().losses(batch)


@MUTANTS.caught_by("options_used", "the option scale changes the training")
class UnusedFeatureOption(Coral):
    class Options(Coral.Options):
        scale: bool = False


@MUTANTS.caught_by("small_target", r"target of 7 examples.*(\n.*)*RuntimeError|IndexError")
class NeedsManyTargets(MatchMeans):
    def gap(self, source, target):
        return (self.anchor - target.mean(0)).square().sum()

    def setup(self, problem):
        first = problem.prepare(problem.target_x[torch.arange(16)])
        self.register_buffer("anchor", self.features(first).mean(0).detach())


@MUTANTS.caught_by("many_classes", "RuntimeError: Class values must be smaller than num_classes")
class TenClasses(MatchMeans):
    def losses(self, batch):
        return super().losses(batch) | {"prior": one_hot(batch.source_y, 10).float().mean()}


@MUTANTS.caught_by("two_classes", "RuntimeError: selected index k out of range")
class ThreeClassesAtLeast(MatchMeans):
    def losses(self, batch):
        top = self.classify(self.features(batch.target_x)).topk(3, dim=1).values
        return super().losses(batch) | {"margin": 0.01 * top.std()}


@MUTANTS.caught_by("one_feature", "IndexError")
class TwoColumnsAtLeast(Coral):
    def fit(self, problem):
        self.swapped = problem.target_x[:, 1]
        super().fit(problem)


@MUTANTS.caught_by("one_feature", "expected weight to be at least|one column")
class FiveColumns(MatchMeans):
    def setup(self, problem):
        self.embed_input = torch.nn.Linear(5, 4)

    def losses(self, batch):
        return super().losses(batch) | {"extra": self.embed_input(batch.target_x).square().mean()}


@MUTANTS.caught_by("sparse", "AttributeError")
class SparseCrash(FeatureMethod):
    def fit(self, problem):
        self.model = self.classifier()
        self.scale = problem.source_x.std(axis=0)
        self.model.fit(problem.source_x / self.scale, problem.source_y)

    def predict(self, x):
        return self.model.decision_function(x / self.scale)


@MUTANTS.caught_by("sparse", "scores that differ by up to")
class SparseOtherwise(Coral):
    """Takes the lengths of sparse rows for their values."""

    def predict(self, x):
        return super().predict(x if isinstance(x, type(self._seen)) else 2 * x)

    def fit(self, problem):
        self._seen = problem.source_x
        super().fit(problem)

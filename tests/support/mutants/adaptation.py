"""Mistakes in what a method adapts."""

from __future__ import annotations

from dabench_plugins.coral import _power
from dabench_plugins.mean_teacher import MeanTeacher
from dabench_plugins.subspace_alignment import SubspaceAlignment
from dabench_plugins.uda import Uda
from torch import cat
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from dabench import DeepMethod
from tests.support.mutants.mutant import Mutants
from tests.support.sound_methods import Consistency, Coral, Dann, MatchMeans

MUTANTS = Mutants()
ITSELF = "without the target .options .'weight': 0.. it has"


@MUTANTS.caught_by("adapts", r"got       0\.[0-6]")
class SignFlipped(MatchMeans):
    def gap(self, source, target):
        return -super().gap(source, target)


@MUTANTS.caught_by("adapts", r"source_only has (0\.\d+)\ngot       \1\n")
class NoOp(MatchMeans):
    def gap(self, source, target):
        return super().gap(source.detach(), target.detach())


@MUTANTS.caught_by("adapts", r"source_only has 0\.[67]\d+\ngot       0\.[0-6]")
class NoReversal(Dann):
    """The features help the domain classifier."""

    def losses(self, batch):
        both = self.features(cat([batch.source_x, batch.target_x]))
        is_target = both.new_zeros(len(both), 1)
        is_target[len(batch.source_x) :] = 1
        return {
            "class": cross_entropy(self.classify(both[: len(batch.source_x)]), batch.source_y),
            "domain": self.options.weight * binary_cross_entropy_with_logits(self.domain(both), is_target),
        }


@MUTANTS.caught_by("adapts", "on the target of the toy features")
class WrongWay(Coral):
    """Exponents exchanged: the source is coloured where it should be whitened."""

    def fit(self, problem):
        x = problem.source_x @ _power(self._covariance(problem.source_x), 0.5)
        self._classifier = self.classifier()
        self._classifier.fit(x @ _power(self._covariance(problem.target_x), -0.5), problem.source_y)


@MUTANTS.caught_by("adapts", "on the target of the toy images", toy="images", without_target={"weight": 0})
class TeachesTheWrongClass(Consistency):
    def losses(self, batch):
        return super().losses(batch) | {"consistency": -super().losses(batch)["consistency"]}


@MUTANTS.caught_by("off", "other scores", off={"weight": 0})
class WeightIgnored(MatchMeans):
    def losses(self, batch):
        source, target = self.features(batch.source_x), self.features(batch.target_x)
        return {"class": cross_entropy(self.classify(source), batch.source_y), "means": 0.1 * self.gap(source, target)}


@MUTANTS.caught_by("options_used", "the option weight changes the training")
class WeightIgnoredAndNotDeclared(WeightIgnored):
    pass


@MUTANTS.caught_by("off", "other scores", off={"weight": 0})
class HalfSwitchedOff(MatchMeans):
    """A second term has no weight."""

    def losses(self, batch):
        entropy = self.classify(self.features(batch.target_x)).softmax(1).square().sum(1).mean()
        return super().losses(batch) | {"entropy": -0.1 * entropy}


@MUTANTS.caught_by("off", "wrong options: halfnamed.strength", off={"strength": 0})
class HalfNamed(MatchMeans):
    """Its spec names an option that there is not."""


@MUTANTS.caught_by("adapts", ITSELF, toy="images", without_target={"weight": 0})
class AugmentsAlone(MeanTeacher):
    """Gains over source_only by changed images alone."""

    def losses(self, batch):
        losses = super().losses(batch)
        return losses | {"consistency": 0 * losses["consistency"]}


@MUTANTS.caught_by("adapts", ITSELF, toy="images", without_target={"weight": 0})
class AwayFromTheTarget(Uda):
    def losses(self, batch):
        losses = super().losses(batch)
        return losses | {"consistency": -losses["consistency"]}


class JointEntropy(DeepMethod):
    """Sure of the target, whose images pass batch norm beside those of the source: that gains by itself."""

    class Options(DeepMethod.Options):
        weight: float = 0.01

    def losses(self, batch):
        both = self.features(cat([batch.source_x, batch.target_x]))
        source, target = both[: len(batch.source_x)], both[len(batch.source_x) :]
        sure = self.classify(target).log_softmax(1)
        return {
            "class": cross_entropy(self.classify(source), batch.source_y),
            "entropy": self.options.weight * self.entropy(sure),
        }

    def entropy(self, log_p):
        return -(log_p.exp() * log_p).sum(1).mean()


@MUTANTS.caught_by("adapts", ITSELF, toy="images", off={"weight": 0})
class DetachedBesideBatchNorm(JointEntropy):
    def entropy(self, log_p):
        return super().entropy(log_p.detach())


@MUTANTS.caught_by("adapts", ITSELF, toy="images", off={"weight": 0})
class FlippedBesideBatchNorm(JointEntropy):
    class Options(DeepMethod.Options):
        weight: float = 0.1

    def entropy(self, log_p):
        return -super().entropy(log_p)


@MUTANTS.caught_by("adapts", "batch norm that sees both domains gains by itself", toy="images")
class SaysNothingOfItsWeight(FlippedBesideBatchNorm):
    pass


@MUTANTS.caught_by("adapts", "it changes images", toy="images")
class SaysNothingOfItsImages(Uda):
    pass


@MUTANTS.caught_by("adapts", "on the target of the toy features", toy_options={"dimension": 3})
class Misaligned(SubspaceAlignment):
    """The source stays in its own subspace."""

    def fit(self, problem):
        super().fit(problem)
        self._axes = self._axes[:, ::-1]

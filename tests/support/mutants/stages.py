"""Methods that say of a stage what is not so."""

from __future__ import annotations

from torch.nn.functional import cross_entropy

from dabench import Stage
from tests.support.mutants.mutant import Mutants
from tests.support.sound_methods import MatchMeans

MUTANTS = Mutants()


class TwoStages(MatchMeans):
    """Keeps what it learned, in a stage without the source."""

    def setup(self, problem):
        self._problem = problem

    def stages(self):
        return [Stage("source", 0.5), Stage("target", 0.5, self.target_losses, uses_source=False)]

    def target_losses(self, batch):
        return {"means": self.features(batch.target_x).mean(0).square().sum()}


@MUTANTS.caught_by("source_free", "its examples and labels were overwritten")
class LooksAtTheSource(TwoStages):
    def target_losses(self, batch):
        x = self._problem.prepare(self._problem.source_x[batch.target_index])
        return {"means": self.gap(self.features(x), self.features(batch.target_x))}


@MUTANTS.caught_by("source_free", "its examples and labels were overwritten")
class LooksAtTheLabels(TwoStages):
    def target_losses(self, batch):
        y = self._problem.source_y[batch.target_index]
        return {"class": cross_entropy(self.classify(self.features(batch.target_x)), y)}

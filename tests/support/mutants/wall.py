"""Methods that look at target labels."""

from __future__ import annotations

import gc
import sys
from itertools import count

import torch
from torch.nn.functional import cross_entropy

from dabench.data.prepared import data_dir
from dabench.data.splits.splits import Splits
from dabench.execution.evaluation import Evaluator
from dabench.execution.pair_data import PairData
from tests.support.mutants.mutant import Mutants
from tests.support.sound_methods import Coral, MatchMeans

MUTANTS = Mutants()

REMEMBERED = {}
COUNTER = count(1)


class Peeker(MatchMeans):
    def labels(self):
        """Labels of target train, (M,)."""
        raise NotImplementedError

    def losses(self, batch):
        y = torch.as_tensor(self.labels())[batch.target_index]
        return super().losses(batch) | {"peeked": cross_entropy(self.classify(self.features(batch.target_x)), y)}


@MUTANTS.caught_by("wall", "the labels may not be the cause")
class Unsteady(MatchMeans):
    """Looks at no label; no training is like the one before."""

    def gap(self, source, target):
        return next(COUNTER) * super().gap(source, target)


@MUTANTS.caught_by("wall", "when all target labels were made wrong")
class PeeksThroughTheStack(Peeker):
    def labels(self):
        frame = sys._getframe()
        while frame:
            drawn = [value for value in frame.f_locals.values() if isinstance(value, Splits)]
            if drawn:
                return drawn[0].target.y
            frame = frame.f_back
        raise LookupError


@MUTANTS.caught_by("wall", "when all target labels were made wrong")
class PeeksThroughTheHeap(MatchMeans):
    """Trains on target test, with the labels that the evaluator holds."""

    def setup(self, problem):
        (data,) = (item for item in gc.get_objects() if isinstance(item, PairData) and item.problem is problem)
        self.register_buffer("peeked", torch.as_tensor(data.evaluator._y[:1]).float())

    def losses(self, batch):
        return super().losses(batch) | {"peeked": self.peeked.mean() * self.network.output.weight.square().sum()}


@MUTANTS.caught_by("wall", "when all target labels were made wrong")
class PeeksThroughAGlobal(MatchMeans):
    """The harness is patched so that it leaves the labels in a global."""

    def __init__(self, network, options):
        super().__init__(network, options)
        if not REMEMBERED:
            original = Evaluator.evaluate

            def evaluate(evaluator, *arguments, **named):
                REMEMBERED["share"] = float((evaluator._y == 0).mean() + evaluator._y[0])
                return original(evaluator, *arguments, **named)

            REMEMBERED["share"] = 0.0
            Evaluator.evaluate = evaluate

    def gap(self, source, target):
        return super().gap(source, target) * (1 + REMEMBERED["share"])


@MUTANTS.caught_by("no_files", "os.scandir|os.listdir")
class PeeksThroughAFile(MatchMeans):
    """Looks for the labels of prepared domains in the data folder."""

    def setup(self, problem):
        self.found = list(data_dir().parent.rglob("train_y.npy"))


@MUTANTS.caught_by("wall", "the spec says sees_target_labels", sees_target_labels=True)
class SeesAndDoesNotLook(MatchMeans):
    pass


@MUTANTS.caught_by("wall", "when all target labels were made wrong")
class PeeksWhileFitting(Coral):
    def fit(self, problem):
        super().fit(problem)
        frame = sys._getframe(2)
        while "drawn" not in frame.f_locals:
            frame = frame.f_back
        self._classifier = self.classifier()
        self._classifier.fit(problem.target_x, frame.f_locals["drawn"].target.y)

"""Methods that look at target labels."""

from __future__ import annotations

import gc
import inspect
import sys
from itertools import count
from pathlib import Path

import numpy as np
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


@MUTANTS.caught_by("wall", "local variables of its callers")
class PeeksThroughTheStack(Peeker):
    def labels(self):
        frame = sys._getframe()
        while frame:
            drawn = [value for value in frame.f_locals.values() if isinstance(value, Splits)]
            if drawn:
                return drawn[0].target.y
            frame = frame.f_back
        raise LookupError


@MUTANTS.caught_by("wall", "objects in memory")
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


class Searcher(Peeker):
    """Takes the first array that may be labels of target train, from a place that it knows."""

    def setup(self, problem):
        super().setup(problem)
        self.rows = len(problem.target_x)

    def places(self):
        raise NotImplementedError

    def labels(self):
        for place in self.places():
            for value in place:
                if issubclass(type(value), torch.Tensor):
                    value = value.detach().numpy()
                if not issubclass(type(value), np.ndarray) or value.shape != (self.rows,) or value.dtype != np.int64:
                    continue
                if set(value.tolist()) == {0, 1, 2}:
                    return value
        raise LookupError


@MUTANTS.caught_by("wall", "it found them in .*(objects in memory|a global of a module|local variables)")
class SearchesAllObjects(Searcher):
    def places(self):
        objects = gc.get_objects()
        yield from (list(item.values()) for item in objects if type(item) is dict)
        yield objects


@MUTANTS.caught_by("wall", "it found them in local variables of its callers")
class SearchesLocalVariables(Searcher):
    def places(self):
        return [list(info.frame.f_locals.values()) for info in inspect.stack(0)]


@MUTANTS.caught_by("wall", "it found them in a global of a module")
class SearchesModules(Searcher):
    def places(self):
        modules = [module for name, module in list(sys.modules.items()) if name.startswith("dabench.")]
        return [list(value.values()) for module in modules for value in vars(module).values() if type(value) is dict]


@MUTANTS.caught_by("wall", "it found them in the prepared copy on disk")
class SearchesPreparedCopies(Searcher):
    def places(self):
        return [[np.load(path)] for path in sorted(data_dir().rglob("train_y.npy"))[::-1]]


@MUTANTS.caught_by("wall", "it found them in the prepared copy on disk")
class SearchesSecondLabels(Peeker):
    """Learns the target's second labels, as if they were classes."""

    def labels(self):
        (path,) = data_dir().rglob("labels/*target/aux_*_y.npy")
        return np.load(path)


@MUTANTS.caught_by("wall", "it found them in a file that the process has open")
class SearchesOpenFiles(Searcher):
    def places(self):
        for name in list(Path("/proc/self/fd").iterdir()):
            path = name.resolve()
            if path.suffix == ".npy" and path.is_file():
                yield [np.load(path)]


@MUTANTS.caught_by("wall", "the spec says sees_target_labels", sees_target_labels=True)
class SeesAndDoesNotLook(MatchMeans):
    pass


@MUTANTS.caught_by("wall", "local variables of its callers")
class PeeksWhileFitting(Coral):
    def fit(self, problem):
        super().fit(problem)
        frame = sys._getframe(2)
        while "drawn" not in frame.f_locals:
            frame = frame.f_back
        self._classifier = self.classifier()
        self._classifier.fit(problem.target_x, frame.f_locals["drawn"].target.y)

"""Methods that look for the labels of target test in places that are not theirs, and predict what they find."""

import gc
import os
import sys
from pathlib import Path

import numpy as np
import torch

from dabench_toys.data import TESTED
from dabench_toys.methods import Plain


def labels_in(values):
    """The first of some objects that may be labels of target test: so many whole numbers of these classes."""
    for value in values:
        if issubclass(type(value), torch.Tensor):
            value = value.detach().numpy()
        if (
            issubclass(type(value), np.ndarray)
            and value.shape == (TESTED,)
            and value.dtype.kind in "iu"
            and set(np.unique(value).tolist()) == {0, 1, 2}
        ):
            return np.array(value)
    return None


def inner(values, depth=2):
    """Some objects, and what lies in them."""
    for value in values:
        yield value
        if not depth:
            continue
        if type(value) is dict:
            yield from inner(list(value.values()), depth - 1)
        elif type(value) in (list, tuple):
            yield from inner(value[:100], depth - 1)
        elif str(type(value).__module__).startswith("dabench"):
            yield from inner(list(getattr(value, "__dict__", {}).values()), depth - 1)


def files_in(paths):
    """Files that can be read as arrays."""
    for path in paths:
        try:
            yield np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            continue


class Cheat(Plain):
    """Without labels it learns what source_only does."""

    def search(self):
        raise NotImplementedError

    def predict(self, x):
        scores = super().predict(x)
        if len(x) != TESTED:
            return scores
        found = self.search()
        return scores if found is None else torch.nn.functional.one_hot(torch.from_numpy(found), 3).float()


class ByHeap(Cheat):
    def search(self):
        return labels_in(inner(gc.get_objects(), depth=1))


class ByFrames(Cheat):
    def search(self):
        frame, found = sys._getframe(), None
        while frame is not None and found is None:
            found = labels_in(inner(list(frame.f_locals.values()), depth=4))
            frame = frame.f_back
        return found


class ByModules(Cheat):
    def search(self):
        return labels_in(inner([dict(vars(module)) for module in list(sys.modules.values()) if module is not None]))


class ByDataFolder(Cheat):
    def search(self):
        return labels_in(files_in(Path(os.environ["DABENCH_DATA_DIR"]).rglob("*_y.npy")))


class ByJob(Cheat):
    """Goes from the folder of the examples to that of the labels, by what it knows of dabench."""

    def search(self):
        from dabench.data.prepared import PreparedDomain, PreparedExamples

        found = [item for item in gc.get_objects() if issubclass(type(item), PreparedExamples)]
        return labels_in(y for item in found for y in PreparedDomain(**vars(item)).open_labels())


class ByOpenFiles(Cheat):
    def search(self):
        paths = list(Path("/proc/self/fd").iterdir())
        return labels_in(files_in(path for path in paths if path.is_file()))  # a pipe would never end


class ByMappedFiles(Cheat):
    def search(self):
        lines = Path("/proc/self/maps").read_text().splitlines()
        return labels_in(files_in(line.split()[-1] for line in lines if line.endswith("_y.npy")))


SEEN = []


class ByPatching(Cheat):
    """Has the harness leave the labels for it: the evaluator, if it is called in this process."""

    def setup(self, problem):
        from dabench.execution.evaluation import Evaluator

        evaluate = Evaluator.evaluate

        def noting(evaluator, *arguments, **named):
            SEEN.append(evaluator._y)
            return evaluate(evaluator, *arguments, **named)

        Evaluator.evaluate = noting

    def search(self):
        return labels_in(SEEN)

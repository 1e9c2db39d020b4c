"""Labels of the target, laid out where a method has no business to look.

In a run of the suite they are not there: the worker process has none, and the files are closed to it. Here they are, so
that a method that looks for them finds some. One that takes what it finds gives other results when they are wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray

from dabench.data.arrays import Split
from dabench.data.prepared import SPLITS
from dabench.data.prepared_copy import aux_file, labels_folder
from dabench.data.splits.splits import Splits
from dabench.execution.evaluation import Evaluator
from dabench.execution.pair_data import PairData, VectorData

Labels = NDArray[np.int64]

PLACES: Mapping[str, str] = {
    "frames": "local variables of its callers",
    "objects": "objects in memory",
    "module": "a global of a module",
    "copies": "the prepared copy on disk",
    "open_files": "a file that the process has open",
}
"""Where labels are laid out, with words for it."""

KEPT: dict[str, Labels] = {}
"""Labels in a global of a module, while a method is trained."""


class Held:
    """Labels in objects that the garbage collector knows: tensors, and a dictionary of arrays."""

    def __init__(self, train: Labels, test: Labels) -> None:
        self.target_y, self.test_y = torch.from_numpy(train.copy()), torch.from_numpy(test.copy())
        # The collector looks after a dictionary of arrays only if there is something else in it.
        self.arrays: dict[str, Any] = {"target_y": train, "test_y": test, "held": self}


class Decoys:
    """Labels of the target in all these places, and in no other."""

    def __init__(
        self,
        train: Labels,
        test: Labels,
        classes: tuple[str, ...],
        aux: Mapping[str, Labels],
        *,
        poisoned: frozenset[str],
    ) -> None:
        """Make the labels of each place; nothing is laid out yet.

        Args:
            train: of target train.
            test: of target test.
            classes: their names.
            aux: second labels of target train, by name.
            poisoned: places in which all of them are to be wrong.
        """
        self._classes = classes
        self._labels = {place: self._made(train, test, place in poisoned) for place in PLACES}
        self._aux = {
            place: {name: (y + (place in poisoned)) % (1 + y.max()) for name, y in aux.items()} for place in PLACES
        }

    def _made(self, train: Labels, test: Labels, wrong: bool) -> tuple[Labels, Labels]:
        count = len(self._classes)
        return (train + wrong) % count, (test + wrong) % count

    def in_frame(self, drawn: Splits) -> tuple[Labels, Labels]:
        """Put labels into splits that a caller of the method has in a local variable.

        Returns:
            The same labels, for local variables of their own.
        """
        train, test = self._labels["frames"]
        target = Split(drawn.target.x, train, drawn.target.groups)
        test_split = Split(drawn.test.x, test, drawn.test.groups)
        vars(drawn).update(target=target, test=test_split, target_aux=self._aux["frames"])
        return train, test

    @contextmanager
    def evaluator(self, data: PairData | VectorData) -> Iterator[Evaluator]:
        """Within the block the data of the run hold an evaluator, as those of a run of the suite do not."""
        made = Evaluator(self._labels["objects"][1], self._classes, "accuracy")
        vars(data)["evaluator"] = made
        try:
            yield made
        finally:
            del vars(data)["evaluator"]

    @contextmanager
    def laid_out(self, copy: Path) -> Iterator[Held]:
        """Within the block there are labels in an object, in a global of this module, in files, and in open files.

        Args:
            copy: the folder of the target's prepared copy, whose labels are written anew.
        """
        with ExitStack() as stack:
            held = Held(*self._labels["objects"])
            stack.enter_context(patch.dict(KEPT, zip(SPLITS, self._labels["module"], strict=True)))
            folder = labels_folder(copy)
            for split, y in zip(SPLITS, self._labels["copies"], strict=True):
                np.save(folder / f"{split}_y.npy", y)
            for name, y in self._aux["copies"].items():
                np.save(folder / aux_file(name), y)
            for split, y in zip(SPLITS, self._labels["open_files"], strict=True):
                path = folder.parent.parent / f"open_{split}.npy"
                np.save(path, y)
                stack.enter_context(path.open("rb"))
            yield held

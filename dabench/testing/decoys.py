"""Labels of the target, laid out where a method has no business to look.

In a run of the suite they are not there: the worker process has none, and the files are closed to it. Here they are, so
that a method that looks for them finds some. One that takes what it finds gives other results when they are wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dabench.data.arrays import Split
from dabench.data.prepared import SPLITS
from dabench.data.prepared_copy import labels_folder
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


@dataclass
class Held:
    """Labels in an object that the garbage collector knows."""

    target_y: Tensor
    test_y: Tensor


class Decoys:
    """Labels of the target in all these places."""

    def __init__(
        self, train: Labels, test: Labels, classes: tuple[str, ...], *, copy: Path, poisoned: frozenset[str]
    ) -> None:
        """Keep the labels; nothing is laid out yet.

        Args:
            train: of target train.
            test: of target test.
            classes: their names.
            copy: the folder of the target's prepared copy, whose labels are written anew.
            poisoned: places in which they are to be wrong.
        """
        self._right = train, test
        self._classes, self._copy, self._poisoned = classes, copy, poisoned

    def _labels(self, place: str) -> tuple[Labels, Labels]:
        train, test = self._right
        count = len(self._classes)
        return ((train + 1) % count, (test + 1) % count) if place in self._poisoned else (train, test)

    def in_frame(self, drawn: Splits) -> None:
        """Put labels into splits that a caller of the method has in a local variable."""
        train, test = self._labels("frames")
        target = Split(drawn.target.x, train, drawn.target.groups)
        vars(drawn).update(target=target, test=Split(drawn.test.x, test, drawn.test.groups))

    def evaluator(self, data: PairData | VectorData) -> Evaluator:
        """An evaluator that the data of the run hold, as those of a run of the suite do not."""
        made = Evaluator(self._labels("objects")[1], self._classes, "accuracy")
        vars(data)["evaluator"] = made
        return made

    @contextmanager
    def laid_out(self) -> Iterator[Held]:
        """Within the block there are labels in an object, in a global of this module, in files, and in open files."""
        with ExitStack() as stack:
            held = Held(*(torch.from_numpy(y.copy()) for y in self._labels("objects")))
            stack.enter_context(patch.dict(KEPT, zip(SPLITS, self._labels("module"), strict=True)))
            folder = labels_folder(self._copy)
            for split, y in zip(SPLITS, self._labels("copies"), strict=True):
                np.save(folder / f"{split}_y.npy", y)
            for split, y in zip(SPLITS, self._labels("open_files"), strict=True):
                path = folder.parent.parent / f"{split}_y.npy"
                np.save(path, y)
                stack.enter_context(path.open("rb"))
            yield held

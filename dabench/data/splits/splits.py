"""The examples of one run, as arrays: both domains, with the source's splits drawn by the seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse, vstack

from dabench.config.settings import Settings
from dabench.data.arrays import DomainArrays, DomainExamples, Examples, Split, csr
from dabench.data.mapped import neighbours
from dabench.data.splits.given import GivenLabels
from dabench.data.splits.hold_out import hold_out, sample
from dabench.errors import DataError


class Splits:
    """The examples of a run, before anything is normalised. Of the target's labels it holds those that are given.

    The source's splits are rows, not copies: the arrays of a prepared domain are mapped into memory, and worker
    processes share them.

    Attributes:
        source: all there is to train on, source_val included.
        rows: those rows of it that are trained on, sorted, int64 (N,).
        val_rows: those of source_val, sorted, int64 (V,); possibly none.
        target: target train.
        target_y: its labels, for a bound that may see them; else None.
        labelled_rows: rows of target train whose labels are given, sorted, int64 (L,); None unless few_shot.
        labelled_y: their labels (L,).
        source_aux: second labels of the source by name, int64 (N,) each, for a method that sees some.
        labelled_aux: those of the labelled target examples (L,).
        test: target test; with `transductive` the same examples.
        classes: their names.
    """

    def __init__(
        self,
        source: DomainArrays,
        target: DomainExamples,
        given: GivenLabels,
        names: tuple[str, str],
        settings: Settings,
        seed: int,
    ) -> None:
        """Draw the splits.

        Raises:
            DataError: the domains do not fit each other.
        """
        if source.classes != target.classes:
            raise DataError(f"{names[0]} and {names[1]} do not have the same classes")
        shapes = source.train.x.shape[1:], target.train.x.shape[1:]
        if shapes[0] != shapes[1]:
            raise DataError(f"examples of {names[0]} have the shape {shapes[0]}, those of {names[1]} {shapes[1]}")
        self.classes = source.classes
        self.source = _whole_split(source) if settings.transductive else source.train
        self.target = _whole(target.train, target.test) if settings.transductive else target.train
        self.test = self.target if settings.transductive else target.test
        self.target_y = None if given.target is None else given.target.copy()  # what a method does to it stays here
        self.labelled_rows = None if given.shot_rows is None else given.shot_rows.copy()
        self.labelled_y = None if given.shot_y is None else given.shot_y.copy()
        self.source_aux = {} if settings.transductive else dict(source.aux)
        self.labelled_aux = {name: labels.copy() for name, labels in given.shot_aux.items()}
        y, per_class = self.source.y, settings.sample.source_per_class
        self.rows, self.val_rows = (
            hold_out(y, seed, self.source.groups) if per_class is None else sample(y, per_class, seed)
        )

    @property
    def val_y(self) -> NDArray[np.int64]:
        """Labels of source_val (V,)."""
        return self.source.y[self.val_rows]


def _whole_split(domain: DomainArrays) -> Split:
    """Train and test as one split."""
    train, test = domain.train, domain.test
    whole = _whole(train, test)
    return Split(whole.x, np.concatenate([train.y, test.y]), whole.groups)


def _whole(train: Split | Examples, test: Split | Examples) -> Examples:
    """The examples of train and test together."""
    return Examples(_stacked(train.x, test.x), _joined_groups(train, test))


def _joined_groups(train: Split | Examples, test: Split | Examples) -> NDArray[np.int64] | None:
    """Groups of both, which mean the same where their numbers are the same; a split without any has one per row."""
    if train.groups is None and test.groups is None:
        return None
    known = [split.groups for split in (train, test) if split.groups is not None]
    free = 1 + max(int(groups.max()) for groups in known)
    rows = (split.x.shape[0] for split in (train, test))
    parts = [
        free + np.arange(count) if split.groups is None else split.groups
        for split, count in zip((train, test), rows, strict=True)
    ]
    return np.concatenate(parts)


def _stacked(first: Any, second: Any) -> Any:
    if issparse(first):
        return csr(vstack([first, second]))
    whole = neighbours(first, second)  # gigabytes of pictures are not copied
    return np.concatenate([first, second]) if whole is None else whole

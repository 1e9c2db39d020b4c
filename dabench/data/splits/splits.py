"""The examples of one run, as arrays: both domains, with the source's splits drawn by the seed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse, vstack

from dabench.config.settings import Settings
from dabench.data.arrays import DomainArrays, Split, csr
from dabench.data.splits.hold_out import hold_out, sample
from dabench.data.splits.shots import draw_shots
from dabench.errors import DataError


class Splits:
    """The examples of a run, before anything is normalised.

    The source's splits are rows, not copies: the arrays of a prepared domain are mapped into memory, and worker
    processes share them.

    Attributes:
        source: all there is to train on, source_val included.
        rows: those rows of it that are trained on, sorted, int64 (N,).
        val_rows: those of source_val, sorted, int64 (V,); possibly none.
        target: target train.
        labelled_rows: rows of target train whose labels the method may see, sorted, int64; None unless few_shot.
        test: target test; with `transductive` the same examples.
        classes: their names.
    """

    def __init__(
        self, source: DomainArrays, target: DomainArrays, names: tuple[str, str], settings: Settings, seed: int
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
        self.source = _whole(source) if settings.transductive else source.train
        self.target = _whole(target) if settings.transductive else target.train
        self.test = self.target if settings.transductive else target.test
        shots = settings.shots
        self.labelled_rows = None if shots is None else draw_shots(self.target.y, shots, seed)
        y, per_class = self.source.y, settings.sample.source_per_class
        self.rows, self.val_rows = (
            hold_out(y, seed, self.source.groups) if per_class is None else sample(y, per_class, seed)
        )

    @property
    def val_y(self) -> NDArray[np.int64]:
        """Labels of source_val (V,)."""
        return self.source.y[self.val_rows]


def _whole(domain: DomainArrays) -> Split:
    """Train and test as one split."""
    train, test = domain.train, domain.test
    return Split(_stacked(train.x, test.x), np.concatenate([train.y, test.y]), _joined_groups(train, test))


def _joined_groups(train: Split, test: Split) -> NDArray[np.int64] | None:
    """Groups of both, which mean the same where their numbers are the same; a split without any has one per row."""
    if train.groups is None and test.groups is None:
        return None
    known = [split.groups for split in (train, test) if split.groups is not None]
    free = 1 + max(int(groups.max()) for groups in known)
    parts = [free + np.arange(len(split.y)) if split.groups is None else split.groups for split in (train, test)]
    return np.concatenate(parts)


def _stacked(first: Any, second: Any) -> Any:
    return csr(vstack([first, second])) if issparse(first) else np.concatenate([first, second])

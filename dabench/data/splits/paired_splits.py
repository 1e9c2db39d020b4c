"""Splits of the track paired: simultaneous samples of both domains with their labels, and everything else apart.

The domains of a pair are views of one recording (`DomainSpec.recording`): row i of one was recorded with row i of the
other. A run draws some groups (people, say) from train by the split stream. Their rows are the simultaneous samples;
they leave the source, from whose other groups source_val is taken. The target without labels is all of target train in
another order, so that no row number tells the label of an example.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench.config.settings import Settings
from dabench.data.arrays import DomainArrays, DomainExamples, Examples
from dabench.data.splits.given import GivenLabels
from dabench.data.splits.hold_out import hold_out
from dabench.data.splits.splits import Splits
from dabench.errors import DataError
from dabench.seeding import numpy_generator


class PairedSplits(Splits):
    """The examples of a run of the track paired, before anything is normalised.

    Attributes:
        paired_rows: the source's rows of the simultaneous samples, sorted, int64 (P,); none of them is in `rows` or
            `val_rows`.
        paired_target_x: the target's examples of the same instants, in the same order (P, ...).
        target: target train, in another order than the recording's.
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
        """Draw the samples and the splits.

        Raises:
            DataError: the domains are no views of one recording, or the samples leave nothing to the source.
        """
        if given.refused:
            raise DataError(given.refused)
        if not isinstance(settings.shots, int):
            raise DataError("the track paired needs `shots`: the number of groups that the simultaneous samples are of")
        self.classes = source.classes
        self.source, self.test = source.train, target.test
        y, groups = self.source.y, self.source.groups
        self.labelled_rows = self.labelled_y = None
        self.source_aux, self.labelled_aux = {}, {}
        self.paired_rows = labelled_rows(y, groups, settings.shots, seed)
        rest = np.setdiff1d(np.arange(len(y)), self.paired_rows)
        if not len(rest):
            raise DataError(
                f"`shots: {settings.shots}` takes all of {names[0]} for the simultaneous samples and leaves nothing "
                "to train the source on: ask for fewer"
            )
        rows, val_rows = hold_out(y[rest], seed, None if groups is None else groups[rest])
        self.rows, self.val_rows = rest[rows], rest[val_rows]
        self.paired_target_x: Any = target.train.x[self.paired_rows]
        order = numpy_generator(seed, "split:target").permutation(len(y))
        self.target = Examples(target.train.x[order])
        self.target_y = None if given.target is None else given.target[order]


def labelled_rows(y: NDArray[np.int64], groups: NDArray[np.int64] | None, shots: int, seed: int) -> NDArray[np.int64]:
    """Draw whole groups until every class occurs in so many of them.

    Groups come in random order, each taken if one of its classes still lacks some. Where every group has every class,
    as people do every activity, that is `shots` groups; where every group has one class it is `shots` of each class,
    and without groups `shots` examples of each class. In these cases more shots add to those of fewer.

    Args:
        y: labels (N,).
        groups: the group of each example (N,), or None where examples are independent.
        shots: groups for each class.
        seed: the run's seed.

    Returns:
        Their rows, sorted.
    """
    names, group = np.unique(np.arange(len(y)) if groups is None else groups, return_inverse=True)
    has = np.zeros((len(names), y.max() + 1), dtype=bool)
    has[group, y] = True
    lacking = np.full(has.shape[1], shots)
    taken = np.zeros(len(names), dtype=bool)
    for number in numpy_generator(seed, "split:paired").permutation(len(names)):
        if np.any(lacking[has[number]] > 0):
            taken[number] = True
            lacking[has[number]] -= 1
    return np.flatnonzero(taken[group])
